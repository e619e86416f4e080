#include "app/open_access.h"

#include "store/migrations.h"
#include "store/sqlite/connection.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace bifrost::app {
namespace {

class OpenAccessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) /
                                  (std::string("bifrost-access-") +
                                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
  FakeClock clock_;
};

// The configuration's connection has taken them, under a lock for which replicas wait.
TEST_F(OpenAccessTest, BesideTheConfigurationItTakesNoStepsOfTheSchema) {
  const auto access = open_access(std::nullopt, folder_.string(), true, clock_.wall());
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_TRUE((*access)->beside_configuration());
  const auto connection = store::sqlite::open((folder_ / "config.db").string());
  ASSERT_TRUE(connection);
  EXPECT_EQ(store::schema_state(**connection)->taken, 0);
}

TEST_F(OpenAccessTest, WhereTheConfigurationIsKeptNowhereItIsInMemory) {
  const auto access = open_access(std::nullopt, folder_.string(), false, clock_.wall());
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_FALSE((*access)->beside_configuration());
  EXPECT_EQ(*(*access)->count_audit({}), 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace bifrost::app
