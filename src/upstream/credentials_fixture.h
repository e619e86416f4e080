// Chats through the executor with a provider that takes tokens, in virtual time. For tests.
#pragma once

#include "provider/token_row.h"
#include "upstream/credentials.h"
#include "upstream/execute_fixture.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::upstream {

inline provider::KeySettings secret_key(std::string name, double weight = 1) {
  provider::KeySettings key = simulated_key(std::move(name), weight);
  key.value = config::Secret("secret-" + key.name);
  return key;
}

inline SimulatedProvider cloud(std::int64_t retries = 0) {
  SimulatedProvider simulated{.name = "cloud", .keys = {secret_key("main")}};
  simulated.network.max_retries = retries;
  return simulated;
}

struct CredentialsTest : ExecuteTest {
  using Sent = ScriptedTransport::Sent;
  // What a test's steps may touch. They are functions without captures: a coroutine that is a
  // lambda outlives what it captured.
  struct Steps {
    CredentialsTest& test;
    net::CallScope& scope;
    Credentials& credentials;

    // The name of the key that served it.
    [[nodiscard]] net::Task<Result<std::string>> chat(std::vector<std::string> fallbacks) {
      return test.chat(scope, credentials, std::move(fallbacks));
    }
    [[nodiscard]] net::Task<Result<std::string>> chat(net::CallScope& own) {
      return test.chat(own, credentials, {});
    }
    [[nodiscard]] net::Task<void> expect_served(net::CallScope& own) {
      return CredentialsTest::expect_served(chat(own));
    }
    [[nodiscard]] net::Task<void> expect_served() { return expect_served(scope); }
    [[nodiscard]] net::Task<void> pass(std::chrono::nanoseconds time) {
      return CredentialsTest::pass(scope, time);
    }
    void spawn_chats(net::TaskGroup& callers, int count) {
      for (int i = 0; i < count; ++i) {
        callers.spawn("caller", [this](net::CallScope& own) { return expect_served(own); });
      }
    }
  };
  using Play = net::Task<void> (*)(Steps);

  CredentialsTest() { set_up({cloud()}); }
  void set_up(std::vector<SimulatedProvider> providers) {
    configure(std::move(providers), provider::rows_with_cloud());
  }

  void run(Play play) {
    net::Loop loop(clock_);
    Credentials credentials(loop, transport, clock_);
    net::run_on(
        loop, [&](net::CallScope& scope) { return then_stop({*this, scope, credentials}, play); });
    EXPECT_EQ(transport.open(), 0U);
  }

  // How often the server of tokens was asked.
  [[nodiscard]] std::size_t asked() const {
    return static_cast<std::size_t>(
        std::ranges::count(transport.sent(), provider::kTokenHost, &Sent::host));
  }
  // Which credentials the provider saw, in order.
  [[nodiscard]] std::vector<std::string> shown() const {
    std::vector<std::string> out;
    for (const Sent& sent : transport.sent()) {
      if (sent.host == provider::kCloudHost) out.emplace_back(sent.headers.get("authorization"));
    }
    return out;
  }
  ScriptedReply answer(const Sent& sent) {
    if (sent.host == provider::kTokenHost) {
      ScriptedReply reply =
          login ? login(sent)
                : ScriptedReply::json(200, "token token-" + std::to_string(asked()) + " 3600");
      reply.head_after = login_takes;
      return reply;
    }
    const std::string credential(sent.headers.get("authorization"));
    if (sent.host == provider::kCloudHost && (refuses_all || refused.contains(credential))) {
      return {.head_after = cloud_takes,
              .status = 401,
              .pieces = {{.bytes = R"({"error":{"message":"no"}})"}}};
    }
    if (!credential.empty() && credential == outage) {
      outage.clear();
      return ScriptedReply::json(500, "{}");
    }
    return {.head_after = cloud_takes, .pieces = {{.bytes = std::string(kAnswer)}}};
  }
  [[nodiscard]] const Gate& gate() const { return *network_.gate(*registry_.find("cloud")); }

  std::function<ScriptedReply(const Sent&)> login;  // null: gives tokens for an hour
  std::chrono::nanoseconds login_takes{};
  std::chrono::nanoseconds cloud_takes{};
  std::set<std::string> refused;
  bool refuses_all = false;
  std::string outage;  // meets the first call with this credential
  std::string said;
  ScriptedTransport transport{[this](const Sent& sent) { return answer(sent); }};
  using ExecuteTest::attempts_;
  using ExecuteTest::clock_;
  using ExecuteTest::network_;
  using ExecuteTest::registry_;
  using ExecuteTest::terms_;

 private:
  static constexpr std::string_view kAnswer =
      R"({"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":)"
      R"({"role":"assistant","content":"Hi"},"finish_reason":"stop"}]})";
  static net::Task<void> then_stop(Steps steps, Play play) {
    co_await play(steps);
    EXPECT_TRUE(co_await steps.credentials.stop(steps.scope));
  }
  static net::Task<void> expect_served(net::Task<Result<std::string>> chat) {
    const auto served = co_await std::move(chat);
    EXPECT_TRUE(served) << served.error().message;
  }
  static net::Task<void> pass(net::CallScope& scope, std::chrono::nanoseconds time) {
    EXPECT_TRUE(co_await net::sleep_for(scope, time));
  }
  net::Task<Result<std::string>> chat(net::CallScope& scope, Credentials& credentials,
                                      std::vector<std::string> fallbacks) {
    const auto targets = plan("cloud/m", std::move(fallbacks));
    PassingCall call(false);
    const Job job{.network = network_, .plan = targets, .call = call, .budget = terms_};
    auto served =
        co_await execute(scope, {transport, clock_, random_, &credentials}, job, attempts_);
    if (!served) co_return std::move(served).error();
    co_return std::move(served->key_name);
  }
};

}  // namespace bifrost::upstream
