// What the stores rely on of a database, and what they make of it.
#include "base/clock.h"
#include "store/access_store.h"
#include "store/config_store.h"
#include "store/migrations.h"
#include "store/postgres/connection.h"
#include "store/seal.h"
#include "store/sql_hours.h"
#include "store/sql_ledger.h"
#include "store/sql_usage.h"
#include "store/sqlite/connection.h"
#include "tests/support/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace sql = store::sql;
using ConnectionPtr = std::unique_ptr<sql::Connection>;

// A database of its own for each test.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual Result<ConnectionPtr> open() = 0;
};

class Sqlite final : public Engine {
 public:
  Result<ConnectionPtr> open() override {
    return store::sqlite::open((folder_.path() / "config.db").string());
  }

 private:
  TemporaryDirectory folder_;
};

class Postgres final : public Engine {
 public:
  [[nodiscard]] store::postgres::Address address() const {
    return {.host = server.host(), .user = PostgresServer::user(), .database = "postgres"};
  }
  Result<ConnectionPtr> open() override { return store::postgres::open(address(), clock_); }

  PostgresServer server;

 private:
  const SystemClock clock_;
};

class EngineTest : public ::testing::TestWithParam<sql::Engine> {
 protected:
  ConnectionPtr open() {
    auto opened = engine_->open();
    EXPECT_TRUE(opened) << opened.error().message;
    return *std::move(opened);
  }

  std::unique_ptr<Engine> engine_ = GetParam() == sql::Engine::kSqlite
                                        ? std::unique_ptr<Engine>(std::make_unique<Sqlite>())
                                        : std::make_unique<Postgres>();
  FakeClock clock_;
};

INSTANTIATE_TEST_SUITE_P(Each, EngineTest,
                         ::testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgres),
                         [](const auto& info) {
                           return info.param == sql::Engine::kSqlite ? "Sqlite" : "Postgres";
                         });

TEST_P(EngineTest, IsWhatTheStoresTakeItFor) {
  const ConnectionPtr connection = open();
  ASSERT_TRUE(
      connection->run_script("CREATE TABLE t (a BIGINT PRIMARY KEY, b TEXT); "
                             "INSERT INTO t VALUES (1, 'one')"));
  ASSERT_TRUE(connection->execute("INSERT INTO t VALUES ($1, $2)",
                                  {std::int64_t{1} << 62, std::string_view("\xc3\xa4 '\"\n")}));
  ASSERT_TRUE(connection->execute("INSERT INTO t VALUES ($1, $2)", {-1L, sql::Null{}}));
  const auto rows = connection->execute("SELECT a, b FROM t ORDER BY a");
  ASSERT_TRUE(rows && rows->size() == 3);
  EXPECT_TRUE((*rows)[0].is_null(1));
  EXPECT_EQ((*rows)[2].integer(0), std::int64_t{1} << 62);
  EXPECT_EQ((*rows)[2].text(1), "\xc3\xa4 '\"\n");

  const auto twice = connection->execute("INSERT INTO t VALUES ($1, $2)", {1L, sql::Null{}});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::kConflict);
  EXPECT_EQ(connection->execute("SELECT * FROM nowhere").error().code, ErrorCode::kInternal);

  const auto failed = sql::in_transaction(*connection, [&]() -> Result<void> {
    BF_TRY_VOID(connection->execute("DELETE FROM t"));
    return gateway_error(ErrorCode::kInternal, "on purpose");
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(connection->execute("SELECT count(*) FROM t")->at(0).integer(0), 3);
}

TEST_P(EngineTest, KeepsTheConfigurationAndTellsTheSecondOfTwoWriters) {
  ConnectionPtr one = open();
  ASSERT_TRUE(store::migrate(*one, store::migrations(), clock_.wall()));
  ConnectionPtr other = open();
  ASSERT_TRUE(store::migrate(*other, store::migrations(), clock_.wall()));
  store::ConfigStore first(std::move(one));
  store::ConfigStore second(std::move(other));
  const store::Change put{.kind = "team", .id = "a", .body = "{}", .file_hash = "h"};
  ASSERT_EQ(*first.apply({&put, 1}, 0, clock_.wall()), 1);
  const auto late = second.apply({&put, 1}, 0, clock_.wall());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
  const auto seen = second.load();
  ASSERT_TRUE(seen && seen->entities.size() == 1);
  EXPECT_EQ(seen->revision, 1);
  EXPECT_EQ(seen->entities[0].file_hash, "h");
  const store::Change gone{.kind = "team", .id = "a"};
  EXPECT_EQ(*second.apply({&gone, 1}, 1, clock_.wall()), 2);
  EXPECT_TRUE(first.load()->entities.empty());
}

TEST_P(EngineTest, KnowsItsPassphrase) {
  const ConnectionPtr connection = open();
  ASSERT_TRUE(store::migrate(*connection, store::migrations(), clock_.wall()));
  ASSERT_TRUE(store::unlock(*connection, {.text = "mine", .file = "f"}));
  EXPECT_TRUE(store::unlock(*connection, {.text = "mine", .file = "f"}));
  EXPECT_FALSE(store::unlock(*connection, {.text = "yours", .file = "f"}));
}

TEST(PostgresTest, IsReachedAgainOnceItIsBack) {
  Postgres postgres;
  const ConnectionPtr connection = *postgres.open();
  ASSERT_TRUE(connection->execute("SELECT 1"));
  postgres.server.stop();
  const auto away = connection->execute("SELECT 1");
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, ErrorCode::kStoreUnavailable);
  EXPECT_FALSE(connection->begin());
  postgres.server.start();
  EXPECT_TRUE(connection->execute("SELECT 1"));
  EXPECT_TRUE(connection->begin());
}

TEST(PostgresTest, AStatementHasABoundAndAStepOfTheSchemaHasNone) {
  const Postgres postgres;
  store::postgres::Address address = postgres.address();
  address.connect_timeout = std::chrono::seconds(1);
  address.statement_timeout = std::chrono::seconds(1);
  const SystemClock clock;
  const ConnectionPtr connection = *store::postgres::open(address, clock);
  EXPECT_EQ(connection->execute("SELECT pg_sleep(3)").error().code, ErrorCode::kStoreUnavailable);
  EXPECT_TRUE(sql::in_transaction(
      *connection, [&] { return connection->run_script("SELECT pg_sleep(3); SELECT 1"); }));
  EXPECT_EQ(connection->execute("SELECT pg_sleep(3)").error().code, ErrorCode::kStoreUnavailable);
}

TEST(PostgresTest, SaysWhatIsWrongWithADatabase) {
  const SystemClock clock;
  Postgres postgres;
  ASSERT_EQ(
      postgres.server.run("createdb", {"-h", postgres.server.host(), "-U", "postgres", "-E",
                                       "SQL_ASCII", "-T", "template0", "--locale=C", "ascii"}),
      0);
  store::postgres::Address address = postgres.address();
  address.password = "hush";
  address.database = "ascii";
  const auto ascii = store::postgres::open(address, clock);
  ASSERT_FALSE(ascii);
  EXPECT_EQ(ascii.error().code, ErrorCode::kConfigInvalid);
  EXPECT_THAT(ascii.error().message, HasSubstr("SQL_ASCII"));
  address.database = "nowhere";
  const auto nowhere = store::postgres::open(address, clock);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::kStoreUnavailable);
  EXPECT_THAT(nowhere.error().message, HasSubstr("nowhere"));
  EXPECT_THAT(nowhere.error().message, Not(HasSubstr("hush")));
}

TEST_P(EngineTest, KeepsSessionsAndWhatWasDone) {
  ConnectionPtr one = open();
  ASSERT_TRUE(store::migrate(*one, store::migrations(), clock_.wall()));
  store::AccessStore access(std::move(one), true);
  ASSERT_TRUE(access.add_session({.digest = "d",
                                  .account = "a",
                                  .created_at = clock_.wall(),
                                  .expires_at = clock_.wall() + std::chrono::hours(1)}));
  EXPECT_EQ(access.find_session("d")->value().account, "a");
  EXPECT_TRUE(*access.drop_session("d"));
  EXPECT_FALSE(access.find_session("d")->has_value());

  // A change numbers its record among the others'.
  store::AuditTrail signed_in{
      .record = {.at = clock_.wall(), .actor = "root", .path = "/api/\xff_%"}, .hmac_key = ""};
  ASSERT_TRUE(access.append(signed_in));
  store::ConfigStore config(open());
  store::AuditTrail trail{
      .record = {.at = clock_.wall(), .actor = "ci", .targets = {{"team", "a", "created"}}},
      .hmac_key = "k"};
  const store::Change put{.kind = "team", .id = "a", .body = "{}"};
  ASSERT_TRUE(config.apply({&put, 1}, 0, clock_.wall(), &trail));
  EXPECT_TRUE(trail.stored);
  const auto records = access.audit({.limit = 10});
  ASSERT_TRUE(records && records->size() == 2);
  EXPECT_EQ(records->front().id, 2);
  EXPECT_EQ(records->front().targets.front().id, "a");
  EXPECT_EQ(records->front().mac, store::audit_mac(records->front(), "k"));
  EXPECT_EQ(access.audit({.search = "?_%", .limit = 10})->size(), 1U);
  EXPECT_EQ(*access.count_audit({.actor = "ci"}), 1);

  // One that is not made has none.
  store::AuditTrail late = trail;
  late.stored = false;
  EXPECT_FALSE(config.apply({&put, 1}, 0, clock_.wall(), &late));
  EXPECT_FALSE(late.stored);
  EXPECT_EQ(*access.count_audit({}), 2);
  ASSERT_TRUE(access.drop_audit_before(clock_.wall() + std::chrono::seconds(1)));
  EXPECT_EQ(*access.count_audit({}), 0);
}

TEST_P(EngineTest, KeepsUsageAllOrNothing) {
  ConnectionPtr connection = open();
  ASSERT_TRUE(store::migrate(*connection, store::migrations(), clock_.wall()));
  store::SqlLedger ledger(std::move(connection));
  const store::JournalId journal{.node = 7, .worker = 1};
  const auto row = [&](std::int64_t sequence, std::int64_t window) {
    return store::UsageRow{.journal = journal,
                           .sequence = sequence,
                           .model = std::string("gpt\0\xff", 5),  // as a caller may call it
                           .nano_dollars = 10,
                           .limits = {{.limit = "dollars of virtual key\x1f"
                                                "a\x1f"
                                                "1d",
                                       .unit = store::UsageUnit::kNanoDollars,
                                       .window = {.start = window, .end = window + 100},
                                       .amount = 10},
                                      {.limit = "requests of rate r", .amount = 1}}};
  };
  const auto append = [&](std::vector<store::UsageRow> rows, std::int64_t next) {
    return ledger.append(
        {.rows = std::move(rows), .positions = {{.journal = journal, .next = next}}});
  };
  ASSERT_TRUE(append({row(1, 0), row(2, 0)}, 3));
  EXPECT_FALSE(append({row(3, 0), row(2, 0)}, 4)) << "one is there";
  EXPECT_EQ(*ledger.position(journal), 3);
  ASSERT_TRUE(append({row(3, 100)}, 4)) << "the connection is good after a failure";
  const auto all = ledger.recount();
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->size(), 2U) << "the window that is over is forgotten";
  EXPECT_EQ(all->front().counter.used, 10);
  EXPECT_EQ(all->back().counter.used, 3);
  for (const store::Recount& each : *all) EXPECT_EQ(each.used, each.counter.used);
}

TEST_P(EngineTest, ReportsUsageOfHoursAndOfPartsOfThem) {
  ConnectionPtr connection = open();
  ASSERT_TRUE(store::migrate(*connection, store::migrations(), clock_.wall()));
  store::SqlLedger ledger(std::move(connection));
  store::SqlUsageReports reports(open());
  constexpr std::int64_t kHour = store::kHour;
  const auto row = [](std::int64_t sequence, std::int64_t time, std::string_view model) {
    return store::UsageRow{.journal = {.node = 7, .worker = 1},
                           .sequence = sequence,
                           .time = time,
                           .virtual_key = "vk",
                           .model = std::string(model),
                           .usage = {.input = 3, .cache_read = 2, .output = 1},
                           .nano_dollars = std::int64_t{1} << (10 * sequence),
                           .flags = store::UsageRow::kFailed | store::UsageRow::kUnpriced};
  };
  const std::string odd("m\0\xff", 3);  // is kept as "m??"
  ASSERT_TRUE(ledger.append({.rows = {row(1, 25 * kHour - 1, "m"), row(2, 25 * kHour, "m"),
                                      row(3, 26 * kHour, odd), row(4, 26 * kHour + 1, "m")},
                             .positions = {}}));
  const auto all = reports.sum({.from = 25 * kHour, .to = 26 * kHour + 1});
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->at(0).sum, (store::UsageSum{.requests = 2,
                                             .failed = 2,
                                             .unpriced = 2,
                                             .input_tokens = 6,
                                             .cache_read_tokens = 4,
                                             .output_tokens = 2,
                                             .nano_dollars = (1 << 20) + (1 << 30)}));
  const auto days = reports.sum({.to = 100 * kHour,
                                 .group_by = {store::UsageKey::kDay, store::UsageKey::kModel},
                                 .only = {{store::UsageKey::kVirtualKey, "vk"}},
                                 .limit = 10});
  ASSERT_TRUE(days) << days.error().message;
  ASSERT_EQ(days->size(), 2U);
  EXPECT_EQ(days->at(0).groups.at(0).time, 24 * kHour);
  EXPECT_EQ(days->at(0).groups.at(1).name, "m");
  EXPECT_EQ(days->at(0).sum.requests, 3);
  EXPECT_EQ(days->at(1).groups.at(1).name, "m??");
  const auto some = reports.sum({.to = 100 * kHour, .only = {{store::UsageKey::kModel, odd}}});
  ASSERT_TRUE(some) << some.error().message;
  EXPECT_EQ(some->at(0).sum.requests, 1);
  EXPECT_EQ(reports.sum({.to = 1})->at(0).sum, store::UsageSum());
}

}  // namespace
}  // namespace bifrost::test
