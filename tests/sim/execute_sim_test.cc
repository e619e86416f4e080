// Executor and gates under everything that providers and callers do.

#include "tests/sim/seeds.h"
#include "upstream/execute_fixture.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <string>

namespace bifrost::upstream {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRequests = 120;
constexpr std::array<std::string_view, 3> kHosts = {"api.openai.com", "api.groq.com",
                                                    "api.cerebras.ai"};
constexpr std::array<std::string_view, 3> kModels = {"openai/m", "groq/m", "cerebras/m"};

constexpr std::string_view kAnswer =
    R"({"id":"1","object":"chat.completion","choices":[{"index":0,"message":)"
    R"({"role":"assistant","content":"Hi"},"finish_reason":"stop"}]})";
constexpr std::string_view kEvent =
    "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
    "\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";
constexpr std::string_view kErrorEvent = "data: {\"error\":{\"message\":\"broken\"}}\n\n";
constexpr std::string_view kEnd =
    "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
    "\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

constexpr net::CallScope::Expiry kLeft{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                       "the caller has had enough"};

// One seed's luck.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  std::uint64_t below(std::uint64_t n) { return random_.next() % n; }
  std::chrono::milliseconds up_to(std::chrono::milliseconds most) {
    return std::chrono::milliseconds(below(static_cast<std::uint64_t>(most.count()) + 1));
  }

 private:
  Random random_;
};

class ExecuteSim : public ExecuteTest {
 protected:
  // Everything that happened, as a text: two runs of one seed are compared by it.
  std::string play(std::uint64_t seed) {
    Dice dice(seed);
    random_ = Random(seed);
    trace_.clear();
    set_up(dice);
    ScriptedTransport transport([&](const ScriptedTransport::Sent& sent) {
      const std::size_t limit = limits_.at(sent.host);
      EXPECT_LE(gate(sent.host).in_flight(), limit) << "more calls than the provider takes";
      return reply(dice, sent.headers.get("accept") == "text/event-stream");
    });
    net::Loop loop(clock_);
    net::run_on(loop, [&](net::CallScope& scope) { return crowd(scope, transport, dice); });
    EXPECT_EQ(transport.open(), 0U) << "a call that nobody reads any more";
    for (const auto& [name, gate] : gates_.all()) {
      EXPECT_EQ(gate->in_flight(), 0U) << name;
      EXPECT_EQ(gate->waiting(), 0U) << name;
    }
    EXPECT_EQ(ended_, kRequests);
    return trace_;
  }

 private:
  void set_up(Dice& dice) {
    ended_ = 0;
    gates_by_host_.clear();
    limits_.clear();
    std::vector<SimulatedProvider> providers;
    for (const std::string_view name : {"openai", "groq", "cerebras"}) {
      provider::NetworkSettings network;
      network.max_retries = static_cast<std::int64_t>(dice.below(4));
      network.retry_backoff_initial = 100ms + dice.up_to(1s);
      network.retry_backoff_max = 5s;
      network.request_timeout = 1s + dice.up_to(20s);
      network.stream_idle_timeout = 1s + dice.up_to(20s);
      network.queue_timeout = 1s + dice.up_to(60s);
      std::vector<provider::KeySettings> keys;
      for (std::uint64_t i = 0; i <= dice.below(3); ++i) {
        keys.push_back(simulated_key(std::string(name) + std::to_string(i),
                                     static_cast<double>(dice.below(3))));
      }
      providers.push_back({.name = std::string(name),
                           .keys = std::move(keys),
                           .network = network,
                           .concurrency = 1 + static_cast<std::int64_t>(dice.below(8))});
    }
    for (std::size_t i = 0; i < providers.size(); ++i) {
      limits_[std::string(kHosts[i])] = static_cast<std::size_t>(providers[i].concurrency);
    }
    configure(std::move(providers));
    for (std::size_t i = 0; i < kHosts.size(); ++i) {
      gates_by_host_[std::string(kHosts[i])] = &network_.gate(registry_.endpoints()[i]);
    }
  }

  [[nodiscard]] const Gate& gate(const std::string& host) const {
    return **gates_by_host_.at(host);
  }

  static ScriptedReply reply(Dice& dice, bool stream) {
    constexpr std::array<int, 8> kStatuses = {400, 401, 403, 404, 429, 500, 503, 529};
    ScriptedReply out;
    out.head_after = dice.one_in(15) ? 1h : dice.up_to(5s);
    if (dice.one_in(12)) {
      out.refused = upstream_error(ErrorCode::kUpstreamConnect, Retry::kSameTarget, "refused");
      return out;
    }
    if (dice.one_in(4)) {
      out.status = kStatuses[dice.below(kStatuses.size())];
      out.pieces.push_back({.bytes = R"({"error":{"message":"no"}})"});
      if (dice.one_in(3)) out.headers.add("retry-after", std::to_string(dice.below(90)));
      return out;
    }
    if (dice.one_in(20)) stream = !stream;  // what was not asked for
    if (!stream) {
      out.pieces.push_back({dice.one_in(8) ? 1h : dice.up_to(3s), std::string(kAnswer)});
    } else {
      out.headers = {{"content-type", "text/event-stream"}};
      for (std::uint64_t i = dice.below(6); i > 0; --i) {
        out.pieces.push_back({dice.one_in(20) ? 1h : dice.up_to(2s), std::string(kEvent)});
      }
      if (dice.one_in(8)) out.pieces.push_back({.bytes = std::string(kErrorEvent)});
      if (!dice.one_in(6)) out.pieces.push_back({.bytes = std::string(kEnd)});
    }
    if (dice.one_in(10)) {
      out.broken = upstream_error(ErrorCode::kUpstreamConnect, Retry::kSameTarget, "reset");
    }
    return out;
  }

  net::Task<void> crowd(net::CallScope& scope, ScriptedTransport& transport, Dice& dice) {
    net::TaskGroup callers(scope.loop());
    for (std::size_t i = 0; i < kRequests; ++i) {
      const Wish wish{.number = i,
                      .comes_after = dice.up_to(60s),
                      .leaves_after = dice.one_in(5) ? dice.up_to(20s) + 1ms : 24h,
                      .stream = dice.one_in(2),
                      .reads_to_the_end = !dice.one_in(6),
                      .target = dice.below(3),
                      .fallbacks = dice.below(3)};
      callers.spawn("caller", [this, &transport, wish](net::CallScope& own) {
        return caller(own, transport, wish);
      });
    }
    EXPECT_TRUE(co_await callers.drained(scope));
  }

  // What one caller wants, and how patient it is.
  struct Wish {
    std::size_t number;
    std::chrono::milliseconds comes_after;
    std::chrono::milliseconds leaves_after;
    bool stream;
    bool reads_to_the_end;
    std::uint64_t target;
    std::uint64_t fallbacks;
  };

  net::Task<void> caller(net::CallScope& scope, ScriptedTransport& transport, Wish wish) {
    EXPECT_TRUE(co_await net::sleep_for(scope, wish.comes_after));
    std::vector<std::string> fallbacks;
    for (std::uint64_t i = 1; i <= wish.fallbacks; ++i) {
      fallbacks.emplace_back(kModels[(wish.target + i) % kModels.size()]);
    }
    const routing::Plan targets = plan(kModels[wish.target], fallbacks);
    PassingCall call(wish.stream);
    AttemptNotes notes;
    const net::CallScope::Deadline patience(scope, wish.leaves_after, kLeft);
    const Job job{.network = network_, .plan = targets, .call = call};
    auto served = co_await execute(scope, {transport, clock_, random_}, job, notes);
    check(wish, targets, notes, served);
    if (served && served->answer->stream) co_await read(scope, *served, wish);
    note(wish, notes, served);
    ++ended_;
  }

  void check(const Wish& wish, const routing::Plan& targets, const AttemptNotes& notes,
             const Result<Served>& served) {
    std::map<std::string, std::int64_t> attempts;
    for (const AttemptNote& each : notes.notes) ++attempts[each.provider];
    for (const routing::Target& target : targets.targets) {
      EXPECT_LE(attempts[target.endpoint->name], target.endpoint->settings.network.max_retries + 1);
    }
    const auto good = [](const AttemptNote& each) { return !each.error; };
    EXPECT_EQ(std::ranges::count_if(notes.notes, good), served ? 1 : 0);
    if (served) {
      EXPECT_EQ(served->answer->stream != nullptr, wish.stream);
      EXPECT_EQ(served->target->endpoint->name, notes.notes.back().provider);
    } else {
      EXPECT_FALSE(served.error().message.empty());
    }
  }

  net::Task<void> read(net::CallScope& scope, Served& served, const Wish& wish) {
    AnswerStream& stream = *served.answer->stream;
    while (wish.reads_to_the_end) {
      auto bytes = co_await stream.read(scope);
      if (!bytes || bytes->empty()) break;
    }
    stream.close();
  }

  void note(const Wish& wish, const AttemptNotes& notes, const Result<Served>& served) {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - kStart);
    trace_ += std::to_string(now.count()) + " #" + std::to_string(wish.number);
    for (const AttemptNote& each : notes.notes) {
      trace_ += " " + each.key + (each.error ? std::string(error_info(*each.error).name) : "");
    }
    trace_ += served ? " served\n" : " " + std::string(served.error().name()) + "\n";
  }

  static inline const SteadyTime kStart = FakeClock().now();
  std::map<std::string, std::size_t> limits_;
  std::map<std::string, const std::shared_ptr<Gate>*> gates_by_host_;
  std::size_t ended_ = 0;
  std::string trace_;
};

TEST_F(ExecuteSim, EveryCallEndsAndNoLimitIsBroken) {
  for (const std::uint64_t seed : test::seeds(40)) {
    SCOPED_TRACE("BIFROST_SIM_SEED=" + std::to_string(seed));
    play(seed);
    if (HasFailure()) break;
  }
}

TEST_F(ExecuteSim, OneSeedIsOneRun) {
  const auto once = [this] {
    clock_ = FakeClock();
    return play(7);
  };
  const std::string first = once();
  EXPECT_EQ(first, once());
  EXPECT_GT(std::ranges::count(first, '\n'), 100);
}

}  // namespace
}  // namespace bifrost::upstream
