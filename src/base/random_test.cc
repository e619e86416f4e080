#include "base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>

namespace bifrost {
namespace {

TEST(Random, OneSeedGivesOneSequence) {
  Random a(7);
  Random b(7);
  Random c(8);
  const std::uint64_t first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Random, UnitStaysBelowOneAndFillsItsRange) {
  Random random(1);
  double sum = 0;
  double low = 1;
  double high = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double value = random.unit();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  EXPECT_NEAR(sum / 10'000, 0.5, 0.02);
  EXPECT_LT(low, 0.01);
  EXPECT_GT(high, 0.99);
}

TEST(Random, UuidHasVersionAndVariant) {
  Random random(3);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = random.uuid();
    ASSERT_EQ(uuid.size(), 36U);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) ASSERT_EQ(uuid[dash], '-');
    ASSERT_EQ(uuid[14], '4');
    ASSERT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
    ASSERT_TRUE(seen.insert(uuid).second);
  }
}

TEST(Random, AlphanumericHasItsLengthAndAlphabet) {
  Random random(5);
  EXPECT_EQ(random.alphanumeric(0), "");
  const std::string text = random.alphanumeric(500);
  ASSERT_EQ(text.size(), 500U);
  for (const char c : text) EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)));
  EXPECT_GT(std::set<char>(text.begin(), text.end()).size(), 50U);
}

TEST(SecretBytesTest, AreAsManyAndNeverTheSame) {
  EXPECT_EQ(secret_bytes(32).size(), 32U);
  EXPECT_NE(secret_bytes(32), secret_bytes(32));
}

TEST(SecretUuidTest, IsAUuidAndNeverTheSame) {
  const std::string uuid = secret_uuid();
  EXPECT_THAT(uuid, testing::MatchesRegex(
                        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(secret_uuid(), uuid);
}

}  // namespace
}  // namespace bifrost
