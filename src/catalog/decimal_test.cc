#include "catalog/decimal.h"

#include <gtest/gtest.h>

namespace bifrost::catalog {
namespace {

struct Case {
  std::string_view text;
  int power;
  std::int64_t value;
  bool exact = true;
};

TEST(Decimal, IsScaledToTheNearestInteger) {
  for (const Case& each :
       {Case{"2.5e-06", 15, 2'500'000'000}, Case{"0.0000025", 15, 2'500'000'000},
        Case{"0.01", 9, 10'000'000}, Case{"1E+3", 0, 1'000}, Case{"12", 0, 12}, Case{"0", 15, 0},
        Case{"0.000e9", 15, 0}, Case{"000000000000000000000001.5", 1, 15},
        Case{"1.5000000000000002e-07", 15, 150'000'000, false}, Case{"1.25e-16", 15, 0, false},
        Case{"4.9e-16", 15, 0, false}, Case{"5e-16", 15, 1, false}, Case{"9.6e-16", 15, 1, false},
        Case{"1.45e-15", 15, 1, false}, Case{"1e-900", 15, 0, false}}) {
    const auto got = scaled(each.text, each.power);
    ASSERT_TRUE(got) << each.text;
    EXPECT_EQ(got->value, each.value) << each.text;
    EXPECT_EQ(got->exact, each.exact) << each.text;
  }
}

TEST(Decimal, IsNoneOfThese) {
  for (const std::string_view text :
       {"", "-1", "+1", ".5", "1.", "1e", "1e+", "1e1.5", "e5", "1 ", " 1", "nan", "0x1", "1,5",
        "1e99999999999999999999", "1e1001", "1.2.3", "1e-+5"}) {
    EXPECT_FALSE(scaled(text, 15)) << text;
  }
  EXPECT_TRUE(scaled("9e3", 15));
  EXPECT_FALSE(scaled("1e4", 15)) << "does not fit";
  EXPECT_FALSE(scaled("1234567890123456789", 0)) << "more digits than surely fit";
}

}  // namespace
}  // namespace bifrost::catalog
