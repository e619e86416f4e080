#include "base/flat_set.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace bifrost {
namespace {

TEST(FlatSet, KnowsWhatWasPutInAndNothingElse) {
  FlatSet<std::string_view> set;
  EXPECT_FALSE(set.contains("a"));
  EXPECT_FALSE(set.contains(""));
  EXPECT_TRUE(set.insert("a"));
  EXPECT_TRUE(set.insert(""));
  EXPECT_FALSE(set.insert("a"));
  EXPECT_TRUE(set.contains("a"));
  EXPECT_TRUE(set.contains(""));
  EXPECT_FALSE(set.contains("b"));
  EXPECT_EQ(set.size(), 2U);
}

// As std::unordered_set does it, whether room was made before or not.
TEST(FlatSet, IsASetOfWhateverNumbersThereAre) {
  Random random(7);
  for (const std::size_t reserved : {std::size_t{0}, std::size_t{100}, std::size_t{5000}}) {
    FlatSet<std::int64_t> set;
    set.reserve(reserved);
    std::unordered_set<std::int64_t> model;
    for (int i = 0; i < 5000; ++i) {
      // Neighbours, multiples of a power of two, and anything.
      const auto number = static_cast<std::int64_t>(random.next() % 1000);
      const std::int64_t value = i % 3 == 0 ? number : i % 3 == 1 ? number << 40 : -number * 977;
      EXPECT_EQ(set.contains(value), model.contains(value));
      EXPECT_EQ(set.insert(value), model.insert(value).second);
      EXPECT_EQ(set.size(), model.size());
    }
  }
}

}  // namespace
}  // namespace bifrost
