// What is used survives the process, however it ends.
#include "base/random.h"
#include "store/ledger_store.h"
#include "store/sqlite/connection.h"
#include "tests/integration/gateway_fixture.h"
#include "tests/support/temporary_directory.h"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace bifrost::test {
namespace {

using store::UsageRow;
using ::testing::HasSubstr;

// gpt-4o: 2.50 USD for a million tokens of input, 10 USD of output.
constexpr std::int64_t kInputPrice = 2'500;
constexpr std::int64_t kOutputPrice = 10'000;

// What the provider says that a request used, by its number.
struct Tokens {
  std::int64_t input = 0;
  std::int64_t output = 0;

  static Tokens of(int number) { return {.input = 10 + number % 90, .output = 2 + number % 40}; }
  [[nodiscard]] std::int64_t nano_dollars() const {
    return input * kInputPrice + output * kOutputPrice;
  }
  [[nodiscard]] std::string json() const {
    return fmt::format(R"({{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{}}})", input,
                       output, input + output);
  }
};

std::string chunk(std::string_view choices, std::string_view usage = "null") {
  return sse_event(fmt::format(R"({{"id":"c","object":"chat.completion.chunk","created":1,)"
                               R"("model":"gpt-4o","choices":{},"usage":{}}})",
                               choices, usage));
}

std::string delta(std::string_view text) {
  return chunk(fmt::format(
      R"([{{"index":0,"delta":{{"role":"assistant","content":"{}"}},"finish_reason":null}}])",
      text));
}

// The number stands in the prompt: "number 17.".
int number_in(std::string_view body) {
  const std::size_t at = body.find("number ");
  return at == std::string_view::npos ? 0 : std::atoi(body.data() + at + 7);
}

Script answer_to(const ReceivedRequest& request) {
  const Tokens tokens = Tokens::of(number_in(request.body));
  if (request.body.find(R"("stream")") == std::string::npos) {
    return Script::json(
        200, fmt::format(R"({{"id":"c","object":"chat.completion","created":1,"model":"gpt-4o",)"
                         R"("choices":[{{"index":0,"message":{{"role":"assistant","content":"x"}},)"
                         R"("finish_reason":"stop"}}],"usage":{}}})",
                         tokens.json()));
  }
  return Script::events({delta("a"), delta("b"),
                         chunk(R"([{"index":0,"delta":{},"finish_reason":"stop"}])"),
                         chunk("[]", tokens.json()), "data: [DONE]\n\n"});
}

struct Row {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t nano_dollars = 0;
  std::int64_t flags = 0;
  std::string virtual_key;
};

class LedgerTest : public GatewayTest {
 protected:
  void SetUp() override { provider.handle(answer_to); }

  static std::string key(std::string_view name, double dollars) {
    return fmt::format(
        R"({{"id": "vk-{0}", "name": "{0}", "value": "sk-bf-{0}", "provider_configs": [
            {{"provider": "openai", "allowed_models": ["*"], "key_ids": ["*"]}}],
            "budgets": [{{"max_limit": {1}, "reset_duration": "1d"}}], "rate_limit_id": "r"}})",
        name, dollars);
  }
  // Runs on what the runs before have left in the folder.
  void run(double dollars_of_bob = 100, std::string_view sections = {},
           std::vector<std::string> arguments = {}) {
    const ConfigText config{
        .client = R"("enforce_auth_on_inference": true)",
        .governance = fmt::format(
            R"("virtual_keys": [{}, {}], "rate_limits": [{{"id": "r", "token_max_limit": 1000000000,
               "token_reset_duration": "1h", "request_max_limit": 1000000,
               "request_reset_duration": "1h"}}])",
            key("alice", 100), key("bob", dollars_of_bob)),
        .sections = std::string(sections)};
    std::string text = config_text(config);
    text.replace(text.find("${provider_url}"), 15, provider.url());
    folder_.write("config.json", text);
    start_with({.values = {{"dir", folder_.path()}}, .arguments = std::move(arguments)});
  }
  void kill() {
    gateway->send_signal(SIGKILL);
    EXPECT_EQ(gateway->wait_for_exit(), 128 + SIGKILL);
  }
  void stop() {
    gateway->send_signal(SIGTERM);
    EXPECT_TRUE(gateway->exits_with(0));
  }

  Response chat(std::string_view key, int number, bool stream = false) const {
    const std::string body = fmt::format(
        R"({{"model": "openai/gpt-4o", {}"messages": [{{"role": "user", "content": "number {}."}}]}})",
        stream ? R"("stream": true, "stream_options": {"include_usage": true}, )" : "", number);
    Client client = connect();
    return client.request(
        "POST", "/v1/chat/completions",
        {{"x-bf-vk", fmt::format("sk-bf-{}", key)}, {"x-request-id", fmt::format("n-{}", number)}},
        body);
  }

  [[nodiscard]] store::sql::Rows query(std::string_view statement) const {
    auto database = store::sqlite::open((folder_.path() / "config.db").string());
    EXPECT_TRUE(database);
    auto rows = (*database)->execute(statement);
    EXPECT_TRUE(rows) << rows.error().message;
    return *rows;
  }
  [[nodiscard]] std::int64_t number(std::string_view statement) const {
    return query(statement).at(0).integer(0);
  }
  // By the number of the request; a request that has two rows fails the test.
  [[nodiscard]] std::map<int, Row> rows() const {
    std::map<int, Row> out;
    for (const store::sql::Row& row :
         query("SELECT request_id, input_tokens, output_tokens, nano_dollars, flags, virtual_key "
               "FROM usage")) {
      const int number = std::atoi(row.text(0).c_str() + 2);
      const auto [place, fresh] = out.emplace(number, Row{.input = row.integer(1),
                                                          .output = row.integer(2),
                                                          .nano_dollars = row.integer(3),
                                                          .flags = row.integer(4),
                                                          .virtual_key = row.text(5)});
      EXPECT_TRUE(fresh) << "two rows of request " << number;
    }
    return out;
  }

  TemporaryDirectory folder_;
};

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

// Callers that ask until their gateway is gone.
class Load {
 public:
  using Ask = std::function<Response(int number)>;
  Load(int threads, std::atomic<int>& numbers, const Ask& ask) {
    threads_.reserve(static_cast<std::size_t>(threads));
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this, &numbers, ask](const std::stop_token& stop) {
        while (!stop.stop_requested() && ask_one(numbers.fetch_add(1), ask)) {
        }
      });
    }
  }
  [[nodiscard]] std::size_t answered() const {
    const std::scoped_lock lock(mutex_);
    return answered_.size();
  }
  std::set<int> end() {
    threads_.clear();
    return answered_;
  }

 private:
  // False: the gateway is gone.
  bool ask_one(int number, const Ask& ask) {
    const Response reply = ask(number);
    if (reply.status != 200 || reply.end != End::kComplete) return false;
    const std::scoped_lock lock(mutex_);
    answered_.insert(number);
    return true;
  }

  mutable std::mutex mutex_;
  std::set<int> answered_;
  std::vector<std::jthread> threads_;
};

TEST_F(LedgerTest, CountsEveryRequestOnceWheneverItIsKilled) {
  Random random(20'261'127);
  std::atomic<int> numbers{1};
  std::set<int> answered;
  constexpr int kRuns = 6;
  for (int round = 0; round < kRuns; ++round) {
    run();
    Load load(4, numbers, [this](int number) {
      return chat(number % 3 == 0 ? "bob" : "alice", number, number % 2 == 0);
    });
    const std::size_t enough = 1 + random.next() % 150;
    while (load.answered() < enough) std::this_thread::yield();
    kill();
    answered.merge(load.end());
  }
  run();
  stop();

  std::map<int, bool> asked;  // the provider
  for (const ReceivedRequest& request : provider.requests()) asked[number_in(request.body)] = true;
  const std::map<int, Row> all = rows();
  std::map<std::string, std::int64_t> spent;
  for (const auto& [number, row] : all) {
    spent[row.virtual_key] += row.nano_dollars;
    EXPECT_EQ(row.virtual_key, number % 3 == 0 ? "vk-bob" : "vk-alice");
    if ((row.flags & UsageRow::kRecovered) != 0) {
      EXPECT_FALSE(answered.contains(number)) << number << " was told its end";
      continue;
    }
    EXPECT_TRUE(asked.contains(number)) << number << " was never served";
    EXPECT_EQ(row.nano_dollars, Tokens::of(number).nano_dollars()) << number;
  }
  for (const auto& [number, yes] : asked) EXPECT_TRUE(all.contains(number)) << number;
  for (const int number : answered) EXPECT_TRUE(all.contains(number)) << number;
  for (const std::string name : {"alice", "bob"}) {
    EXPECT_EQ(this->number(fmt::format(
                  "SELECT used FROM limit_usage WHERE limit_id LIKE 'dollars of %vk-{}%'", name)),
              spent["vk-" + name]);
  }
  EXPECT_EQ(this->number("SELECT used FROM limit_usage WHERE limit_id = 'requests of rate r'"),
            static_cast<std::int64_t>(all.size()));
  EXPECT_EQ(this->number("SELECT SUM(nano_dollars) FROM usage_hourly"),
            spent["vk-alice"] + spent["vk-bob"]);
  EXPECT_EQ(this->number("SELECT COUNT(*) FROM journal_position"), 0);
}

}  // namespace
}  // namespace bifrost::test
