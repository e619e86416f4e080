#include "ledger/verify.h"

#include <gtest/gtest.h>

#include <vector>

namespace bifrost::ledger {
namespace {

store::Recount recount(std::int64_t window, std::int64_t stored, std::int64_t counted) {
  return {.counter = {.limit = "budget b",
                      .window = {.start = window, .end = window + 10},
                      .used = stored},
          .used = counted};
}

TEST(Verify, FindsNothingWhereAllAddsUp) {
  EXPECT_TRUE(differences({}).empty());
  EXPECT_TRUE(differences(std::vector{recount(10, 7, 7), recount(20, 8, 8)}).empty());
}

TEST(Verify, FindsACounterThatIsWrong) {
  const auto found = differences(std::vector{recount(20, 7, 8), recount(10, 8, 8)});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().counter.used, 7);
  EXPECT_EQ(found.front().used, 8);
}

TEST(Verify, DoesNotAskForWindowsThatWereForgotten) {
  EXPECT_TRUE(differences(std::vector{recount(10, 1, 8), recount(20, 8, 8)}).empty());
}

}  // namespace
}  // namespace bifrost::ledger
