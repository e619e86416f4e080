// A gateway that keeps usage, callers of two virtual keys, and a provider whose usage is known.
#pragma once

#include "base/random.h"
#include "store/ledger_store.h"
#include "store/sqlite/connection.h"
#include "tests/integration/gateway_fixture.h"
#include "tests/support/temporary_directory.h"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace bifrost::test {

using store::UsageRow;

// gpt-4o: 2.50 USD for a million tokens of input, 10 USD of output.
inline constexpr std::int64_t kInputPrice = 2'500;
inline constexpr std::int64_t kOutputPrice = 10'000;

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

inline std::string chunk(std::string_view choices, std::string_view usage = "null") {
  return sse_event(fmt::format(R"({{"id":"c","object":"chat.completion.chunk","created":1,)"
                               R"("model":"gpt-4o","choices":{},"usage":{}}})",
                               choices, usage));
}

inline std::string delta(std::string_view text) {
  return chunk(fmt::format(
      R"([{{"index":0,"delta":{{"role":"assistant","content":"{}"}},"finish_reason":null}}])",
      text));
}

// The number stands in the prompt: "number 17.".
inline int number_in(std::string_view body) {
  const std::size_t at = body.find("number ");
  return at == std::string_view::npos ? 0 : std::atoi(body.data() + at + 7);
}

inline Script answer_to(const ReceivedRequest& request) {
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
  // More members of the file: where usage is kept.
  [[nodiscard]] virtual std::string store_section() const { return {}; }
  [[nodiscard]] virtual std::unique_ptr<store::sql::Connection> open_database() const {
    auto database = store::sqlite::open((folder_.path() / "config.db").string());
    EXPECT_TRUE(database);
    return *std::move(database);
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
        .sections = sections.empty() ? store_section() : std::string(sections)};
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
    auto rows = open_database()->execute(statement);
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

  // Kills it so often under load, at any moment, and compares what is kept with what was served.
  void count_every_request_once(int times);

  TemporaryDirectory folder_;
};

// How often a gateway is killed: a few times in CI, more when asked.
inline int kills(int usual) {
  const char* count = std::getenv("BIFROST_KILLS");
  return count != nullptr ? std::atoi(count) : usual;
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

inline void LedgerTest::count_every_request_once(int times) {
  Random random(20'261'127);
  std::atomic<int> numbers{1};
  std::set<int> answered;
  for (int round = 0; round < times; ++round) {
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
  EXPECT_EQ(this->number("SELECT CAST(SUM(nano_dollars) AS BIGINT) FROM usage_hourly"),
            spent["vk-alice"] + spent["vk-bob"]);
  EXPECT_EQ(this->number("SELECT COUNT(*) FROM journal_position"), 0);
}

}  // namespace bifrost::test
