// A provider that refuses half of all calls for ten minutes, and what callers and retries make of
// it: the load on the provider must not grow by much, and nobody with little traffic goes without.

#include "tests/sim/seeds.h"
#include "upstream/execute_fixture.h"

#include <array>
#include <string>

namespace bifrost::upstream {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kAnswer =
    R"({"id":"1","object":"chat.completion","choices":[{"index":0,"message":)"
    R"({"role":"assistant","content":"Hi"},"finish_reason":"stop"}]})";

struct Traffic {
  std::chrono::milliseconds every;  // a request
  std::chrono::minutes lasts;
  std::size_t callers = 1;
  std::string_view model = "openai/m";
  std::vector<std::string> fallbacks = {};
  bool sdk_retries = false;  // a caller who got an error asks twice more
};

struct Counts {
  std::size_t requests = 0;  // as a provider would see them without the gateway's retries
  std::size_t attempts = 0;
  std::size_t served = 0;
  std::size_t retried = 0;  // attempts beyond the first
  std::size_t denied = 0;   // by a retry budget
  [[nodiscard]] double amplification() const {
    return static_cast<double>(attempts) / static_cast<double>(requests);
  }
};

class RetryStormSim : public ExecuteTest {
 protected:
  void begin(std::uint64_t seed, std::size_t keys = 1) {
    dice_ = Random(seed);
    random_ = Random(seed + 1000);
    budgets_.emplace();
    std::vector<provider::KeySettings> settings;
    settings.reserve(keys);
    for (std::size_t i = 0; i < keys; ++i) settings.push_back(simulated_key(std::to_string(i)));
    provider::NetworkSettings network;
    network.max_retries = 3;
    configure({{.name = "openai", .keys = settings, .network = network, .concurrency = 100'000},
               {.name = "groq", .network = network, .concurrency = 100'000}});
  }

  // Of `failing` out of 100 calls the provider says `status`; openai only.
  Counts play(const Traffic& traffic, int failing, int status) {
    counts_ = {};
    ScriptedTransport transport([&](const ScriptedTransport::Sent& sent) {
      const bool spared =
          !limited_key_.empty() && sent.headers.get("authorization") != limited_key_;
      const bool fails = !spared && dice_.next() % 100 < static_cast<std::uint64_t>(failing);
      ScriptedReply reply = fails && sent.host == "api.openai.com"
                                ? ScriptedReply::json(status, R"({"error":{"message":"no"}})")
                                : ScriptedReply::json(200, std::string(kAnswer));
      reply.head_after = 200ms;
      return reply;
    });
    net::Loop loop(clock_);
    net::run_on(loop, [&](net::CallScope& scope) { return crowd(scope, transport, traffic); });
    return counts_;
  }

  std::string limited_key_;  // none: all of them

 private:
  net::Task<void> crowd(net::CallScope& scope, ScriptedTransport& transport,
                        const Traffic& traffic) {
    net::TaskGroup requests(scope.loop());
    const SteadyTime end = clock_.now() + traffic.lasts;
    for (std::size_t i = 0; clock_.now() < end; ++i) {
      const std::string name = "caller " + std::to_string(i % traffic.callers);
      requests.spawn("request", [this, &transport, &traffic, name](net::CallScope& own) {
        return caller(own, transport, traffic, name);
      });
      EXPECT_TRUE(co_await net::sleep_for(scope, traffic.every));
    }
    EXPECT_TRUE(co_await requests.drained(scope));
  }

  net::Task<void> caller(net::CallScope& scope, ScriptedTransport& transport,
                         const Traffic& traffic, std::string name) {
    const int tries = traffic.sdk_retries ? 3 : 1;
    for (int i = 0; i < tries; ++i) {
      auto served = co_await ask(scope, transport, traffic, name, i > 0);
      if (served || served.error().repeat_unwanted) co_return;
      EXPECT_TRUE(co_await net::sleep_for(scope, 500ms * (i + 1)));
    }
  }

  net::Task<Result<Served>> ask(net::CallScope& scope, ScriptedTransport& transport,
                                const Traffic& traffic, const std::string& name, bool repeats) {
    const routing::Plan targets = plan(traffic.model, traffic.fallbacks);
    PassingCall call(false);
    AttemptNotes notes;
    const Job job{
        .network = network_,
        .plan = targets,
        .call = call,
        .budget = {.budgets = &*budgets_, .caller = name, .repeats = repeats},
    };
    auto served = co_await execute(scope, {transport, clock_, random_}, job, notes);
    if (!repeats) ++counts_.requests;
    counts_.attempts += notes.notes.size();
    counts_.retried += notes.notes.size() - 1;
    if (served) ++counts_.served;
    for (const AttemptNote& each : notes.notes) {
      if (each.denied) ++counts_.denied;
      if (each.denied && !served) EXPECT_FALSE(served.error().message.empty());
    }
    co_return served;
  }

  Random dice_{1};
  std::optional<RetryBudgets> budgets_;
  Counts counts_;
};

TEST_F(RetryStormSim, HalfOfAllRefusedForTenMinutesIsNoStorm) {
  for (const std::uint64_t seed : test::seeds(1)) {
    for (const int status : {429, 500, 503}) {
      SCOPED_TRACE("BIFROST_SIM_SEED=" + std::to_string(seed) + " " + std::to_string(status));
      begin(seed);
      const Traffic traffic{.every = 40ms, .lasts = 10min, .callers = 7};
      const Counts storm = play(traffic, 50, status);
      EXPECT_LT(storm.amplification(), 1.1);
      EXPECT_GT(storm.amplification(), 1.05) << "the share is used";
      EXPECT_GT(storm.denied, storm.requests / 4);
      // The provider is well again: the few that fail are retried until they are served.
      play({.every = 40ms, .lasts = 1min, .callers = 7}, 2, status);
      const Counts healed = play(traffic, 2, status);
      EXPECT_EQ(healed.denied, 0U);
      EXPECT_EQ(healed.served, healed.requests);
      EXPECT_GT(healed.retried, healed.requests / 100);
    }
  }
}

TEST_F(RetryStormSim, NorWithManyKeys) {
  begin(1, 4);
  const Counts storm = play({.every = 20ms, .lasts = 10min, .callers = 3}, 50, 429);
  EXPECT_LT(storm.amplification(), 1.1);
}

TEST_F(RetryStormSim, NorWithSdksThatRetryToo) {
  begin(1);
  const Counts storm =
      play({.every = 40ms, .lasts = 10min, .callers = 7, .sdk_retries = true}, 50, 503);
  EXPECT_LT(storm.amplification(), 1.15) << "they are told that nobody wants it repeated";
}

TEST_F(RetryStormSim, ALoneCallerStillGetsItsRetries) {
  begin(1);
  const Counts quiet = play({.every = 5s, .lasts = 10min}, 50, 503);
  EXPECT_EQ(quiet.denied, 0U);
  EXPECT_GT(quiet.retried, quiet.requests / 2);
  EXPECT_GT(quiet.served, quiet.requests * 8 / 10);
}

TEST_F(RetryStormSim, AKeyThatIsLimitedIsLeftForOneThatIsNot) {
  begin(1, 2);
  limited_key_ = "Bearer sk-0";
  const Counts half = play({.every = 40ms, .lasts = 10min, .callers = 7}, 100, 429);
  EXPECT_EQ(half.served, half.requests) << "the other key has room for all of them";
  EXPECT_EQ(half.denied, 0U);
}

TEST_F(RetryStormSim, FallbacksAreNoRetries) {
  begin(1);
  const Counts storm =
      play({.every = 40ms, .lasts = 10min, .callers = 7, .fallbacks = {"groq/m"}}, 50, 503);
  EXPECT_EQ(storm.served, storm.requests);
  EXPECT_LT(storm.amplification(), 1.1 + 0.5) << "the other half goes to the fallback, once";
}

TEST_F(RetryStormSim, SixteenEqualFallbacksAreOneTarget) {
  begin(1);
  const std::vector<std::string> equal(16, "openai/m");
  const Counts one = play({.every = 1min, .lasts = 1min, .fallbacks = equal}, 100, 503);
  EXPECT_EQ(one.requests, 1U);
  EXPECT_EQ(one.attempts, 4U) << "the first and three retries, not 68";
}

}  // namespace
}  // namespace bifrost::upstream
