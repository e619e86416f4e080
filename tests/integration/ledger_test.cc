// What is used survives the process, however it ends.
#include "tests/integration/ledger_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

TEST_F(LedgerTest, KeepsBudgetsOverARestart) {
  const double two = 2.5 * static_cast<double>(Tokens::of(1).nano_dollars()) / 1e9;
  for (const bool killed : {false, true}) {
    run(two);
    EXPECT_EQ(chat("bob", killed ? 2 : 1).status, 200);
    killed ? kill() : stop();
  }
  run(two);
  EXPECT_EQ(chat("bob", 3).status, 200) << "less than it needs is left, and nobody else is there";
  const Response refused = chat("bob", 4);
  EXPECT_EQ(refused.status, 402) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("budget exceeded: virtual key bob"));
  EXPECT_EQ(chat("alice", 5).status, 200);
  stop();
  EXPECT_EQ(rows().size(), 4U);
  EXPECT_EQ(
      number("SELECT used FROM limit_usage WHERE limit_id LIKE 'dollars of %vk-bob%'"),
      Tokens::of(1).nano_dollars() + Tokens::of(2).nano_dollars() + Tokens::of(3).nano_dollars());
  EXPECT_EQ(number("SELECT used FROM limit_usage WHERE limit_id = 'requests of rate r'"), 4);
}

TEST_F(LedgerTest, WritesWhatARequestUsed) {
  run();
  EXPECT_EQ(chat("alice", 7).status, 200);
  EXPECT_EQ(chat("alice", 8, true).status, 200);
  stop();
  const std::map<int, Row> all = rows();
  ASSERT_EQ(all.size(), 2U);
  for (const int each : {7, 8}) {
    EXPECT_EQ(all.at(each).input, Tokens::of(each).input);
    EXPECT_EQ(all.at(each).output, Tokens::of(each).output);
    EXPECT_EQ(all.at(each).nano_dollars, Tokens::of(each).nano_dollars());
    EXPECT_EQ(all.at(each).virtual_key, "vk-alice");
  }
  EXPECT_EQ(all.at(7).flags, 0);
  EXPECT_EQ(all.at(8).flags, UsageRow::kStream);
  EXPECT_EQ(number("SELECT SUM(nano_dollars) FROM usage_hourly"),
            Tokens::of(7).nano_dollars() + Tokens::of(8).nano_dollars());
}

TEST_F(LedgerTest, WritesWhatAProviderRefused) {
  run();
  provider.push(Script::json(400, openai_error("no")));
  EXPECT_EQ(chat("alice", 7).status, 400);
  stop();
  ASSERT_EQ(rows().size(), 1U);
  EXPECT_EQ(rows().at(7).nano_dollars, 0);
  EXPECT_EQ(rows().at(7).flags, UsageRow::kFailed);
}

TEST_F(LedgerTest, ChargesAStreamThatWasKilledWithWhatWasSeen) {
  run();
  const Gate never;
  provider.handle([&](const ReceivedRequest&) {
    return Script::events({delta("a"), delta("b"), delta("c"), delta("d")},
                          {.between = std::nullopt, .before_end = never});
  });
  Client client = connect();
  client.send_request("POST", "/v1/chat/completions",
                      {{"x-bf-vk", "sk-bf-alice"}, {"x-request-id", "n-9"}},
                      R"({"model": "openai/gpt-4o", "stream": true,
                          "messages": [{"role": "user", "content": "number 9."}]})");
  EXPECT_EQ(client.read_head("POST").status, 200);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(client.next_event());
  kill();
  run();
  stop();
  ASSERT_EQ(rows().size(), 1U);
  const Row row = rows().at(9);
  EXPECT_EQ(row.output, 4);
  EXPECT_GT(row.input, 0) << "as it was expected";
  EXPECT_EQ(row.nano_dollars, row.input * kInputPrice + row.output * kOutputPrice);
  EXPECT_TRUE(row.flags & UsageRow::kRecovered);
  EXPECT_EQ(number("SELECT used FROM limit_usage WHERE limit_id LIKE 'dollars of %vk-alice%'"),
            row.nano_dollars);
}

TEST_F(LedgerTest, IsVerifiedByACommand) {
  run();
  EXPECT_EQ(chat("alice", 7).status, 200);
  stop();
  const auto verify = [&] {
    GatewayProcess process(
        {.arguments = {"ledger", "verify", "--app-dir", folder_.path()}, .usual_arguments = {}});
    const int code = process.wait_for_exit().value_or(-1);
    static_cast<void>(process.wait_for_log("\x01 never said"));  // until the output has ended
    return std::pair(code, process.log());
  };
  EXPECT_THAT(verify(), testing::Pair(0, HasSubstr("3 counter(s), 0 of them wrong")));
  static_cast<void>(
      query("UPDATE limit_usage SET used = used + 1 WHERE limit_id LIKE 'dollars of %'"));
  EXPECT_THAT(verify(),
              testing::Pair(1, HasSubstr("dollars of virtual key/vk-alice/1d: the counter "
                                         "says ")));
}

TEST_F(LedgerTest, KeepsNothingWhenItIsOff) {
  for (int i = 0; i < 2; ++i) {
    run(0.000'000'001, R"("config_store": {"enabled": false})");
    EXPECT_EQ(chat("bob", 1).status, 200);
    EXPECT_EQ(chat("bob", 2).status, 402);
    stop();
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "config.db"));
}

// The database is locked by another one who writes and does not end.
class LedgerFullTest : public LedgerTest {
 protected:
  void run_with_locked_store(std::string_view on_full) {
    run(100, fmt::format(R"("ledger": {{"journal_size_mb": 9, "on_ledger_full": "{}"}})", on_full),
        {"--workers", "1"});
    auto opened = store::sqlite::open((folder_.path() / "config.db").string());
    ASSERT_TRUE(opened);
    locker_ = *std::move(opened);
    ASSERT_TRUE(locker_->begin());
  }
  void unlock() { locker_ = nullptr; }
  // Asks until `done` says so; far more requests than there is room for are enough.
  template <class Done>
  testing::AssertionResult ask_until(Done done) {
    constexpr int kEnough = 20'000;
    Client client = connect();
    for (int i = 1; i < kEnough; ++i) {
      const Response reply = client.request(
          "POST", "/v1/chat/completions", {{"x-bf-vk", "sk-bf-alice"}},
          R"({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "number 1."}]})");
      if (done(reply)) return testing::AssertionSuccess();
      if (reply.status != 200) return testing::AssertionFailure() << reply.status << reply.body;
      ++served_;
    }
    return testing::AssertionFailure() << "never";
  }

  std::unique_ptr<store::sql::Connection> locker_;
  std::int64_t served_ = 0;
};

TEST_F(LedgerFullTest, RefusesWhenItIsTold) {
  run_with_locked_store("refuse");
  EXPECT_TRUE(ask_until([](const Response& reply) { return reply.status == 503; }));
  EXPECT_THAT(chat("alice", 2).body, HasSubstr("ledger.on_ledger_full"));
  unlock();
  EXPECT_TRUE(metric_reaches("bifrost_ledger_waiting_records", 0));
  EXPECT_EQ(chat("alice", 3).status, 200);
  EXPECT_EQ(gateway->metrics().sum("bifrost_ledger_lost_total"), 0);
  stop();
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage"), served_ + 1);
}

TEST_F(LedgerFullTest, ServesAndCountsWhatIsLost) {
  run_with_locked_store("serve");
  EXPECT_TRUE(ask_until([&](const Response&) {
    return served_ % 500 == 499 && gateway->metrics().sum("bifrost_ledger_lost_total") > 0;
  }));
  const double lost = gateway->metrics().sum("bifrost_ledger_lost_total");
  unlock();
  EXPECT_TRUE(metric_reaches("bifrost_ledger_waiting_records", 0));
  stop();
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage"), served_ + 1 - static_cast<std::int64_t>(lost));
}

TEST_F(LedgerTest, CountsEveryRequestOnceWheneverItIsKilled) { count_every_request_once(kills(6)); }

}  // namespace
}  // namespace bifrost::test
