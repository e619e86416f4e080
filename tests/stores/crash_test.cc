// What is used survives the process in PostgreSQL too, however it ends.
#include "store/postgres/connection.h"
#include "tests/integration/ledger_fixture.h"
#include "tests/support/postgres.h"

namespace bifrost::test {
namespace {

class PostgresLedgerTest : public LedgerTest {
 protected:
  [[nodiscard]] std::string store_section() const override {
    return fmt::format(
        R"("encryption_key": "a key for the test", "config_store": {{"type": "postgres", "config": {{
            "host": "{}", "user": "postgres", "db_name": "postgres", "ssl_mode": "disable"}}}})",
        server_.host());
  }
  [[nodiscard]] std::unique_ptr<store::sql::Connection> open_database() const override {
    auto database = store::postgres::open(
        {.host = server_.host(), .user = PostgresServer::user(), .database = "postgres"}, clock_);
    EXPECT_TRUE(database);
    return *std::move(database);
  }

  const SystemClock clock_;
  PostgresServer server_;
};

TEST_F(PostgresLedgerTest, CountsEveryRequestOnceWheneverItIsKilled) {
  count_every_request_once(kills(4));
}

// The database goes with the gateway, and comes back before it.
TEST_F(PostgresLedgerTest, KeepsWhatWasUsedWhileTheDatabaseWasAway) {
  run();
  EXPECT_EQ(chat("alice", 1).status, 200);
  server_.stop();
  EXPECT_EQ(chat("alice", 2).status, 200);
  kill();
  server_.start();
  run();
  stop();
  const std::map<int, Row> all = rows();
  ASSERT_EQ(all.size(), 2U);
  for (const auto& [number, row] : all) {
    EXPECT_EQ(row.nano_dollars, Tokens::of(number).nano_dollars()) << number;
  }
}

}  // namespace
}  // namespace bifrost::test
