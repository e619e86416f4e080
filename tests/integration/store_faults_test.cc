// The database is lost, replaced or locked while the gateway runs: requests are served on, and
// whoever asks is told.
#include "store/sqlite/connection.h"
#include "tests/integration/health.h"
#include "tests/integration/management_fixture.h"

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

namespace bifrost::test {
namespace {

using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class StoreFaultsTest : public ManagementTest {
 protected:
  Response make(std::string_view name) {
    return call("POST", kKeys, fmt::format(R"({{"name": "{}", {}}})", name, kAllProviders));
  }
  void move_database(std::string_view from, std::string_view to) const {
    std::filesystem::rename(folder_.path() / from, folder_.path() / to);
  }
};

TEST_F(StoreFaultsTest, ADatabaseThatIsMovedAwayIsNoticedAndNothingIsLost) {
  start_kept();
  made_key("alice");
  EXPECT_TRUE(health_becomes(*gateway, "ok"));
  EXPECT_THAT(call("GET", "/api/config").body, HasSubstr(R"("is_db_connected":true)"));
  move_database("config.db", "away.db");
  EXPECT_TRUE(health_becomes(*gateway, "degraded"));
  const std::string told = connect().get("/health").body;
  EXPECT_THAT(told, AllOf(HasSubstr("config_store: the database is away"),
                          Not(HasSubstr(folder_.path().string()))))
      << "anybody may ask for it";
  EXPECT_TRUE(gateway->wait_for_log("was deleted or replaced"));
  EXPECT_TRUE(metric_reaches("bifrost_store_up", 0, {{"store", "config_store"}}));
  EXPECT_THAT(call("GET", "/api/config").body, HasSubstr(R"("is_db_connected":false)"));
  const Response refused = make("bob");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.get("retry-after"), "5");
  EXPECT_THAT(refused.body,
              AllOf(HasSubstr("was deleted or replaced"), HasSubstr("nothing was changed")));
  EXPECT_EQ(status_of(value_), 200);
  move_database("away.db", "config.db");
  EXPECT_TRUE(health_becomes(*gateway, "ok"));
  EXPECT_TRUE(metric_reaches("bifrost_store_up", 1, {{"store", "config_store"}}));
  EXPECT_EQ(make("bob").status, 200);
}

TEST_F(StoreFaultsTest, AnotherDatabaseInItsPlaceIsNotWrittenInto) {
  start_kept();
  made_key("alice");
  std::filesystem::copy(database(), database() + ".copy");
  std::filesystem::rename(database() + ".copy", database());
  EXPECT_EQ(make("bob").status, 503);
  EXPECT_TRUE(health_becomes(*gateway, "degraded"));
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_TRUE(metric_reaches("bifrost_store_up", 0, {{"store", "ledger"}}));
  EXPECT_THAT(connect().get("/health").body, HasSubstr("ledger: usage waits"));
}

TEST_F(StoreFaultsTest, HealthMayBeToldToLookAtNoDatabase) {
  ConfigText config = kept({});
  config.client = R"("disable_db_pings_in_health": true)";
  start(config);
  std::filesystem::remove(database());
  EXPECT_TRUE(metric_reaches("bifrost_store_up", 0, {{"store", "config_store"}}));
  EXPECT_TRUE(health_becomes(*gateway, "ok"));
}

TEST_F(StoreFaultsTest, WhatIsKeptInMemoryIsNoDatabase) {
  start({.sections = R"("config_store": {"enabled": false})"});
  EXPECT_THAT(call("GET", "/api/config").body, HasSubstr(R"("is_db_connected":false)"));
  EXPECT_TRUE(health_becomes(*gateway, "ok"));
}

TEST_F(StoreFaultsTest, ChangesThatWaitForALockedDatabaseWaitTogether) {
  start_kept();
  auto locker = store::sqlite::open(database());
  ASSERT_TRUE(locker);
  ASSERT_TRUE((*locker)->begin());
  constexpr auto kBound = std::chrono::seconds(5);  // of SQLite's connection
  constexpr int kChanges = 5;
  const auto before = steady_clock::now();
  std::vector<Response> replies(kChanges);
  {
    std::vector<std::jthread> threads;
    for (Response& reply : replies) threads.emplace_back([&] { reply = make("bob"); });
  }
  EXPECT_LT(steady_clock::now() - before, 3 * kBound) << "one after the other it takes five times";
  for (const Response& reply : replies) {
    EXPECT_EQ(reply.status, 503) << reply.body;
    EXPECT_EQ(reply.headers.get("retry-after"), "5");
  }
  *locker = nullptr;
  EXPECT_EQ(make("bob").status, 200);
}

}  // namespace
}  // namespace bifrost::test
