#include "store/sqlite/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace bifrost::store::sqlite {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<sql::Connection> in_memory() {
  auto connection = open(":memory:");
  EXPECT_TRUE(connection.has_value());
  return *std::move(connection);
}

class SqliteFileTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) /
                                  (std::string("bifrost-sqlite-") +
                                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
  std::string path_ = (folder_ / "app" / "config.db").string();
};

TEST(SqliteTest, GivesBackWhatWasBound) {
  const auto connection = in_memory();
  ASSERT_TRUE(connection->run_script("CREATE TABLE t (a BIGINT, b TEXT, c TEXT)"));
  const std::string with_zero("x\0y", 3);
  ASSERT_TRUE(
      connection->execute("INSERT INTO t VALUES ($1, $2, $3)",
                          {std::int64_t{1} << 62, std::string_view(with_zero), sql::Null{}}));
  ASSERT_TRUE(connection->execute("INSERT INTO t VALUES ($2, $1, $1)", {std::string_view(), -1L}));
  const auto rows = connection->execute("SELECT a, b, c FROM t ORDER BY rowid");
  ASSERT_TRUE(rows && rows->size() == 2);
  EXPECT_EQ((*rows)[0].integer(0), std::int64_t{1} << 62);
  EXPECT_EQ((*rows)[0].text(1), with_zero);
  EXPECT_TRUE((*rows)[0].is_null(2));
  EXPECT_EQ((*rows)[1].integer(0), -1);
  EXPECT_FALSE((*rows)[1].is_null(1));
  EXPECT_EQ((*rows)[1].text(1), "");
}

TEST(SqliteTest, TellsFaultsApart) {
  const auto connection = in_memory();
  EXPECT_EQ(connection->execute("SELECT * FROM nowhere").error().code, ErrorCode::kInternal);
  ASSERT_TRUE(connection->run_script("CREATE TABLE t (a BIGINT PRIMARY KEY)"));
  ASSERT_TRUE(connection->execute("INSERT INTO t VALUES ($1)", {1L}));
  const auto twice = connection->execute("INSERT INTO t VALUES ($1)", {1L});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(connection->execute("INSERT INTO t VALUES ($1)", {2L}));
}

TEST(SqliteTest, BreaksOffWhatTakesTooLong) {
  const SystemClock clock;
  const auto connection =
      *open(":memory:", {.statement_timeout = std::chrono::milliseconds(5), .clock = &clock});
  const auto endless = connection->execute(
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n");
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, ErrorCode::kStoreUnavailable);
  EXPECT_THAT(endless.error().message, HasSubstr("longer than 5 ms"));
  EXPECT_TRUE(connection->execute("SELECT 1")) << "the next one has its own time";
}

TEST(SqliteTest, ATransactionIsAllOrNothing) {
  const auto connection = in_memory();
  ASSERT_TRUE(connection->run_script("CREATE TABLE t (a BIGINT PRIMARY KEY)"));
  const auto failed = sql::in_transaction(*connection, [&]() -> Result<void> {
    BF_TRY_VOID(connection->execute("INSERT INTO t VALUES ($1)", {1L}));
    return gateway_error(ErrorCode::kInternal, "on purpose");
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(connection->execute("SELECT count(*) FROM t")->at(0).integer(0), 0);
}

TEST_F(SqliteFileTest, MakesAFileThatOnlyItsOwnerReads) {
  ASSERT_TRUE(open(path_));
  const auto permissions = std::filesystem::status(path_).permissions();
  EXPECT_EQ(permissions, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(SqliteFileTest, KeepsWhatWasCommitted) {
  {
    auto connection = open(path_);
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)->run_script("CREATE TABLE t (a BIGINT); INSERT INTO t VALUES (7)"));
  }
  auto connection = open(path_);
  ASSERT_TRUE(connection);
  EXPECT_EQ((*connection)->execute("SELECT a FROM t")->at(0).integer(0), 7);
}

TEST_F(SqliteFileTest, WhatIsNoDatabaseIsToldByItsPath) {
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path());
  std::filesystem::create_directory(path_);
  const auto opened = open(path_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kStoreUnavailable);
  EXPECT_THAT(opened.error().message, HasSubstr(path_));
}

}  // namespace
}  // namespace bifrost::store::sqlite
