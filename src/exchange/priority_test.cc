#include "exchange/priority.h"

#include <gtest/gtest.h>

namespace bifrost::exchange {
namespace {

using overload::Priority;

TEST(Priority, IsThatOfTheOperation) {
  EXPECT_EQ(priority_of({.priority = Priority::kNormal}, {}), Priority::kNormal);
  EXPECT_EQ(priority_of({.priority = Priority::kLow}, {}), Priority::kLow);
}

TEST(Priority, ACallerMayLowerItAndNotRaiseIt) {
  const auto priority = [](Priority usual, const char* asked) {
    return priority_of({.priority = usual}, {{"x-bf-priority", asked}});
  };
  EXPECT_EQ(priority(Priority::kNormal, "low"), Priority::kLow);
  EXPECT_EQ(priority(Priority::kNormal, "LOW"), Priority::kLow);
  EXPECT_EQ(priority(Priority::kNormal, "high"), Priority::kNormal);
  EXPECT_EQ(priority(Priority::kLow, "high"), Priority::kLow);
  EXPECT_EQ(priority(Priority::kHigh, "low"), Priority::kHigh);
}

}  // namespace
}  // namespace bifrost::exchange
