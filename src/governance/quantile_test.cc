#include "governance/quantile.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace bifrost::governance {
namespace {

TEST(Quantile, SaysNothingOfAFew) {
  Quantile quantile;
  for (std::uint32_t i = 1; i < Quantile::kSamplesMin; ++i) {
    quantile.add(5);
    EXPECT_EQ(quantile.at(95), std::nullopt);
  }
  quantile.add(5);
  EXPECT_EQ(quantile.at(95), 5);
}

TEST(Quantile, IsNeverTooSmallAndAQuarterTooLargeAtMost) {
  for (std::int64_t value = 0; value <= Quantile::kValueMax; value = value * 9 / 8 + 1) {
    Quantile quantile;
    for (std::uint32_t i = 0; i < Quantile::kSamplesMin; ++i) quantile.add(value);
    const auto said = quantile.at(95);
    ASSERT_TRUE(said);
    EXPECT_GE(*said, value);
    EXPECT_LE(*said, value + value / 4);
  }
}

TEST(Quantile, HasSoManyPercentBelowIt) {
  Quantile quantile;
  for (std::int64_t value = 1; value <= 100; ++value) quantile.add(value);
  EXPECT_EQ(quantile.at(50), 55) << "of the bucket that 50 is in";
  EXPECT_EQ(quantile.at(95), 95);
  EXPECT_EQ(quantile.at(100), 111);
}

TEST(Quantile, TakesWhatIsBeyondItsBoundsForTheBounds) {
  Quantile quantile;
  for (std::uint32_t i = 0; i < Quantile::kSamplesMin; ++i) quantile.add(-1);
  EXPECT_EQ(quantile.at(100), 0);
  quantile.clear();
  EXPECT_EQ(quantile.at(100), std::nullopt);
  for (std::uint32_t i = 0; i < Quantile::kSamplesMin; ++i) quantile.add(INT64_MAX);
  EXPECT_EQ(quantile.at(100), Quantile::kValueMax);
}

TEST(Quantile, ForgetsWhatWas) {
  Quantile quantile;
  for (std::uint32_t i = 0; i < Quantile::kSamplesMax; ++i) quantile.add(1000);
  int taken = 0;
  while (*quantile.at(95) > 100 && taken < 10'000) {
    quantile.add(10);
    ++taken;
  }
  EXPECT_LT(taken, 3 * static_cast<int>(Quantile::kSamplesMax));
}

}  // namespace
}  // namespace bifrost::governance
