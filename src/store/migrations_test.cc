#include "store/migrations.h"

#include "base/clock.h"
#include "store/sqlite/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace bifrost::store {
namespace {

using ::testing::HasSubstr;

constexpr Migration kFirst{
    .number = 1, .name = "0001_a", .text = "-- oldest: 1\nCREATE TABLE a (x BIGINT);"};
constexpr Migration kSecond{
    .number = 2, .name = "0002_b", .text = "-- oldest: 1\nCREATE TABLE b (x BIGINT);"};
constexpr Migration kThird{.number = 3, .name = "0003_c", .text = "-- oldest: 2\nDROP TABLE a;"};

class MigrationsTest : public ::testing::Test {
 protected:
  Result<void> take(std::initializer_list<Migration> steps) {
    return migrate(*connection_, std::span(steps.begin(), steps.size()), clock_.wall());
  }

  FakeClock clock_;
  std::unique_ptr<sql::Connection> connection_ = *sqlite::open(":memory:");
};

TEST_F(MigrationsTest, TheStepsOfTheProgramAreNumberedAndSayWhomTheyServe) {
  std::int64_t number = 0;
  for (const Migration& step : migrations()) {
    EXPECT_EQ(step.number, ++number);
    EXPECT_THAT(std::string(step.name), HasSubstr(std::to_string(number) + "_"));
    EXPECT_TRUE(step.text.starts_with("-- oldest: ")) << step.name;
  }
  EXPECT_GT(number, 0);
  EXPECT_TRUE(migrate(*connection_, migrations(), clock_.wall()));
  EXPECT_TRUE(migrate(*connection_, migrations(), clock_.wall()));
}

TEST_F(MigrationsTest, TakesEachStepOnce) {
  ASSERT_TRUE(take({kFirst}));
  ASSERT_TRUE(take({kFirst, kSecond}));
  const auto state = schema_state(*connection_);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->taken, 2);
  EXPECT_EQ(state->oldest, 1);
}

TEST_F(MigrationsTest, AProgramRunsOnTheSchemaOfTheNextOne) {
  ASSERT_TRUE(take({kFirst, kSecond}));
  EXPECT_TRUE(take({kFirst}));
}

TEST_F(MigrationsTest, ADatabaseThatIsTooNewIsRefusedWithBothVersions) {
  ASSERT_TRUE(take({kFirst, kSecond, kThird}));
  const auto refused = take({kFirst});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConfigInvalid);
  EXPECT_THAT(refused.error().message,
              HasSubstr("at step 3 and needs a program that knows step 2, this one knows up to 1"));
  EXPECT_TRUE(take({kFirst, kSecond}));
}

TEST_F(MigrationsTest, AStepThatWasChangedIsRefused) {
  ASSERT_TRUE(take({kFirst}));
  Migration changed = kFirst;
  changed.text = "-- oldest: 1\nCREATE TABLE other (x BIGINT);";
  const auto refused = take({changed});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("0001_a"));
}

TEST_F(MigrationsTest, AStepThatFailsLeavesNothing) {
  Migration broken = kSecond;
  broken.text = "-- oldest: 1\nCREATE TABLE b (x BIGINT); CREATE TABLE b (x BIGINT);";
  EXPECT_FALSE(take({kFirst, broken}));
  EXPECT_EQ(schema_state(*connection_)->taken, 1);
  EXPECT_TRUE(take({kFirst, kSecond}));
}

}  // namespace
}  // namespace bifrost::store
