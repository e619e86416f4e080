#include "overload/leased_text.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::overload {
namespace {

TEST(LeasedText, GrowsByHalfSoThatLittleIsCopied) {
  Refusals refusals;
  ByteBudget budget(refusals);
  BytePurse purse(budget);
  ByteLease lease(purse);
  std::string text;
  int grown = 0;
  for (std::size_t bytes = 1000; bytes <= 1'000'000; bytes += 1000) {
    const std::size_t before = text.capacity();
    ASSERT_TRUE(make_room(text, bytes, 1'000'000, lease));
    text.resize(bytes, 'x');
    if (text.capacity() != before) ++grown;
    ASSERT_GE(lease.bytes(), text.capacity());
    ASSERT_LE(text.capacity(), bytes + bytes / 2 + 64);
  }
  EXPECT_LT(grown, 25);
  EXPECT_EQ(text.capacity(), 1'000'000U);
  EXPECT_EQ(text, std::string(1'000'000, 'x'));
}

TEST(LeasedText, StaysAsItIsWhereTheLeaseIsRefused) {
  Refusals refusals;
  ByteBudget budget(refusals, 100'000);
  BytePurse purse(budget);
  ByteLease lease(purse);
  std::string text;
  ASSERT_TRUE(make_room(text, 50'000, 1'000'000, lease));
  text.assign(50'000, 'x');
  const auto refused = make_room(text, 200'000, 1'000'000, lease);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLargeForMemory);
  EXPECT_EQ(text, std::string(50'000, 'x'));
  EXPECT_GE(lease.bytes(), 50'000U);
}

}  // namespace
}  // namespace bifrost::overload
