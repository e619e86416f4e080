// Runs the executor against scripted providers in virtual time. For tests.
#pragma once

#include "base/clock.h"
#include "config/environment.h"
#include "dialect/chat_codec.h"
#include "dialect/dialect.h"
#include "net/loop_fixture.h"
#include "provider/registry.h"
#include "upstream/execute.h"
#include "upstream/scripted_transport.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::upstream {

// A chat that passes as it is.
class PassingCall final : public Call {
 public:
  explicit PassingCall(bool stream, std::string_view dialect = "openai_chat")
      : stream_(stream), inbound_(*dialect::find(dialect)) {}

  [[nodiscard]] llm::RequestType type() const override { return {llm::Operation::kChat, stream_}; }
  [[nodiscard]] const dialect::Dialect& inbound() const override { return inbound_; }
  [[nodiscard]] std::string path(const provider::Side& side,
                                 std::string_view model) const override {
    return side.dialect().chat->path(model, stream_);
  }
  Result<dialect::EncodedRequest> encode(const provider::Side& /*side*/,
                                         std::string_view model) override {
    ++encoded;
    return dialect::EncodedRequest{.body = std::string(model), .headers = {}, .dropped = {}};
  }
  Result<dialect::TapState> judge(const provider::Side& side, std::string_view body) override {
    dialect::TapState said = side.dialect().chat->tap_response(body);
    if (said.error) return *std::move(said.error);
    return said;
  }
  [[nodiscard]] std::string_view stream_type(const provider::Side& side) const override {
    return side.dialect().chat->stream.content_type;
  }
  [[nodiscard]] std::unique_ptr<dialect::StreamTap> make_tap(
      const provider::Side& side) const override {
    return side.dialect().chat->make_stream_tap();
  }

  int encoded = 0;

 private:
  bool stream_;
  const dialect::Dialect& inbound_;
};

// What an attempt came to.
struct AttemptNote {
  std::string provider;
  std::string key;
  std::int64_t retry = 0;
  std::optional<ErrorCode> error;
  std::chrono::nanoseconds taken{};
  bool rotated = false;
  std::optional<record::Budget> denied = {};
};

class AttemptNotes final : public AttemptObserver {
 public:
  void on_attempt(const record::Attempt& attempt) override {
    notes.push_back(
        {.provider = std::string(attempt.provider),
         .key = std::string(attempt.key_name),
         .retry = attempt.retry,
         .error = attempt.error != nullptr ? std::optional(attempt.error->code) : std::nullopt,
         .taken = attempt.taken,
         .rotated = attempt.rotated,
         .denied = attempt.denied});
  }
  std::vector<AttemptNote> notes;
};

// One provider of a simulated configuration.
struct SimulatedProvider {
  std::string name;
  std::vector<provider::KeySettings> keys = {};  // one, when none is given
  provider::NetworkSettings network = {};
  std::int64_t concurrency = 1000;
  provider::ProxySettings proxy = {};
};

inline provider::KeySettings simulated_key(std::string name, double weight = 1) {
  provider::KeySettings key;
  key.value = config::Secret("sk-" + name);
  key.name = std::move(name);
  key.models = {std::string(provider::kEverything)};
  key.weight = weight;
  return key;
}

inline void add_to(provider::Providers& configured, SimulatedProvider simulated) {
  auto& settings = configured.append(std::move(simulated.name));
  settings.keys = std::move(simulated.keys);
  if (settings.keys.empty()) settings.keys.push_back(simulated_key("main"));
  settings.network = std::move(simulated.network);
  settings.concurrency.concurrency = simulated.concurrency;
  settings.proxy = std::move(simulated.proxy);
}

class ExecuteTest : public ::testing::Test {
 protected:
  void configure(std::vector<SimulatedProvider> providers,
                 std::span<const provider::ProviderSpec> rows = provider::all()) {
    provider::Providers configured;
    for (SimulatedProvider& each : providers) add_to(configured, std::move(each));
    auto registry = provider::Registry::build(configured, rows);
    ASSERT_TRUE(registry) << registry.error().message;
    registry_ = *std::move(registry);
    auto network = Network::build(registry_, {}, gates_, environment_);
    ASSERT_TRUE(network) << network.error().message;
    network_ = *std::move(network);
  }

  [[nodiscard]] routing::Plan plan(std::string_view model,
                                   std::vector<std::string> fallbacks = {}) const {
    auto made = routing::plan(registry_, {.model = model, .fallbacks = fallbacks});
    EXPECT_TRUE(made);
    return *std::move(made);
  }

  // Executes one call on a loop in virtual time; `within` bounds it.
  Result<Served> run(ScriptedTransport& transport, const routing::Plan& plan, Call& call,
                     std::chrono::nanoseconds within = std::chrono::hours(1)) {
    Result<Served> out = gateway_error(ErrorCode::kInternal, "it never ended");
    net::Loop loop(clock_);
    net::run_on(loop, [&](net::CallScope& scope) {
      return execute_within(scope, {transport, clock_, random_}, plan, call, within, out);
    });
    return out;
  }

  // The same in real time, where another thread takes part, of a request with so long a body.
  Result<Served> run_with(HeavyWork heavy, std::size_t body_bytes, ScriptedTransport& transport,
                          const routing::Plan& plan, Call& call) {
    Result<Served> out = gateway_error(ErrorCode::kInternal, "it never ended");
    const SystemClock real;
    body_bytes_ = body_bytes;
    net::run_on_loop([&](net::CallScope& scope) {
      return execute_within(scope, {transport, real, random_, nullptr, heavy}, plan, call,
                            std::chrono::hours(1), out);
    });
    return out;
  }

  FakeClock clock_;
  Random random_{1};
  AttemptNotes attempts_;
  provider::Registry registry_;
  Gates gates_;
  Network network_;
  BudgetTerms terms_;  // of every call that is run

 private:
  static constexpr net::CallScope::Expiry kGivenUp{ErrorCode::kClientGone, Origin::kClient,
                                                   Retry::kNo, "the test has had enough"};

  net::Task<void> execute_within(net::CallScope& scope, Client client, const routing::Plan& plan,
                                 Call& call, std::chrono::nanoseconds within, Result<Served>& out) {
    const net::CallScope::Deadline patience(scope, within, kGivenUp);
    const Job job{.network = network_,
                  .plan = plan,
                  .call = call,
                  .body_bytes = body_bytes_,
                  .budget = terms_};
    out = co_await execute(scope, client, job, attempts_);
  }

  std::size_t body_bytes_ = 0;

  config::FakeEnvironment environment_;
};

}  // namespace bifrost::upstream
