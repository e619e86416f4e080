// Amounts of limits at the ends of their range, and beyond.
#include "app/load_config_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace bifrost::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> problems_of_limit(std::string_view list, std::string_view members) {
  return problems_of(R"({"governance": {")" + std::string(list) + R"(": [{"id": "x", )" +
                     std::string(members) + "}]}}");
}

std::vector<std::string> of_budget(std::string_view amount) {
  return problems_of_limit("budgets",
                           R"("reset_duration": "1d", "max_limit": )" + std::string(amount));
}

std::vector<std::string> of_tokens(std::string_view amount) {
  return problems_of_limit(
      "rate_limits", R"("token_reset_duration": "1d", "token_max_limit": )" + std::string(amount));
}

TEST(Amounts, MayBeNothingAndAsMuchAsIsCounted) {
  for (const std::string_view amount : {"0", "0.000000001", "9000000"}) {
    EXPECT_THAT(of_budget(amount), IsEmpty()) << amount;
  }
  for (const std::string_view amount : {"0", "1", "1000000000000000"}) {
    EXPECT_THAT(of_tokens(amount), IsEmpty()) << amount;
  }
}

TEST(Amounts, AreNotNegative) {
  EXPECT_THAT(of_budget("-0.01"),
              ElementsAre("governance.budgets[0].max_limit: -0.01 is out of bounds: it must be "
                          "between 0 and 9000000"));
  EXPECT_THAT(of_tokens("-1"),
              ElementsAre("governance.rate_limits[0].token_max_limit: -1 is out of bounds: it must "
                          "be between 0 and 1000000000000000"));
}

TEST(Amounts, AreNoMoreThanCanBeCounted) {
  EXPECT_THAT(of_budget("9000000.01"), testing::SizeIs(1));
  EXPECT_THAT(of_budget("1e300"), testing::SizeIs(1));
  EXPECT_THAT(of_budget("1e999"), testing::SizeIs(1));
  EXPECT_THAT(of_tokens("1000000000000001"), testing::SizeIs(1));
  for (const std::string_view amount : {"9223372036854775807", "9223372036854775808", "1e30"}) {
    EXPECT_THAT(of_tokens(amount),
                ElementsAre(testing::StartsWith("governance.rate_limits[0].token_max_limit: ")))
        << amount;
  }
}

TEST(Amounts, OfTokensAreWhole) {
  EXPECT_THAT(of_tokens("1.5"),
              ElementsAre("governance.rate_limits[0].token_max_limit: expected a whole number, got "
                          "1.5"));
}

}  // namespace
}  // namespace bifrost::app
