// The list of models under callers that leave, providers that fail and configurations that change.

#include "exchange/model_list.h"
#include "exchange/snapshot_fixture.h"
#include "tests/sim/seeds.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace bifrost::exchange {
namespace {

using namespace std::chrono_literals;
using upstream::ScriptedReply;
using upstream::ScriptedTransport;

constexpr std::size_t kCallers = 200;
constexpr std::size_t kConfigurations = 5;
constexpr std::array<std::string_view, 3> kProviders = {"openai", "groq", "cerebras"};

constexpr net::CallScope::Expiry kLeft{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                       "the caller has had enough"};

class ModelListSim : public ::testing::Test {
 protected:
  void play(std::uint64_t seed) {
    random_ = Random(seed);
    clock_ = FakeClock();
    ended_ = 0;
    configuration_ = 0;
    last_question_.clear();
    ScriptedTransport transport(
        [this](const ScriptedTransport::Sent& sent) { return reply(sent); });
    {
      net::Loop loop(clock_);
      ModelList list(loop, {transport, clock_, random_});
      net::run_on(loop, [&](net::CallScope& scope) { return world(scope, list); });
    }
    EXPECT_EQ(ended_, kCallers);
    EXPECT_EQ(transport.open(), 0U);
    for (const auto& [name, gate] : gates_.all()) {
      EXPECT_EQ(gate->in_flight(), 0U) << name;
      EXPECT_EQ(gate->waiting(), 0U) << name;
    }
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_.next() % n; }
  std::chrono::milliseconds up_to(std::chrono::milliseconds most) {
    return std::chrono::milliseconds(below(static_cast<std::uint64_t>(most.count()) + 1));
  }

  // Keys carry the number of their configuration, and so do the models that they are told of. Made
  // once, since every one reads the certificates of the system.
  std::vector<SnapshotPtr> make_configurations() {
    std::vector<SnapshotPtr> made;
    for (std::size_t i = 0; i < kConfigurations; ++i) {
      std::vector<upstream::SimulatedProvider> providers;
      for (std::size_t p = 0; p < kProviders.size(); ++p) {
        if (i == p + 1) continue;
        providers.push_back({.name = std::string(kProviders[p]),
                             .keys = {upstream::simulated_key(std::to_string(i))},
                             .concurrency = 1 + static_cast<std::int64_t>((i + p) % 3)});
      }
      made.push_back(simulated_snapshot(std::move(providers), gates_));
    }
    return made;
  }

  ScriptedReply reply(const ScriptedTransport::Sent& sent) {
    const std::string key(sent.headers.get("authorization"));
    SteadyTime& last = last_question_[sent.host + key];
    // Failures are remembered, so even a broken provider is not asked more often than this.
    if (last != SteadyTime()) {
      EXPECT_GE(sent.at - last, 15s) << sent.host;
    }
    last = sent.at;
    ScriptedReply out;
    if (below(4) == 0) {
      out = ScriptedReply::json(500, "{}");
    } else if (below(8) == 0) {
      out.refused = upstream_error(ErrorCode::kUpstreamConnect, Retry::kSameTarget, "refused");
    } else {
      out = ScriptedReply::json(200, R"({"data":[{"id":"m)" + key.substr(10) + R"("}]})");
    }
    out.head_after = below(10) == 0 ? 1h : up_to(8s);
    return out;
  }

  net::Task<void> world(net::CallScope& scope, ModelList& list) {
    net::TaskGroup callers(scope.loop());
    for (std::size_t i = 0; i < kCallers; ++i) {
      const auto comes_after = up_to(20min);
      const auto leaves_after = below(3) == 0 ? up_to(5s) + 1ms : 24h;
      callers.spawn("caller", [this, &list, comes_after, leaves_after](net::CallScope& own) {
        return caller(own, list, comes_after, leaves_after);
      });
    }
    callers.spawn("operator", [this](net::CallScope& own) { return reload(own); });
    EXPECT_TRUE(co_await callers.drained(scope));
    EXPECT_TRUE(co_await list.stop(scope));
  }

  net::Task<void> reload(net::CallScope& scope) {
    while (configuration_ + 1 < kConfigurations) {
      EXPECT_TRUE(co_await net::sleep_for(scope, up_to(5min)));
      ++configuration_;
    }
  }

  net::Task<void> caller(net::CallScope& scope, ModelList& list,
                         std::chrono::milliseconds comes_after,
                         std::chrono::milliseconds leaves_after) {
    EXPECT_TRUE(co_await net::sleep_for(scope, comes_after));
    const SnapshotPtr snapshot = configurations_[configuration_];
    const std::string mine = "m" + std::to_string(configuration_);
    const SteadyTime asked = clock_.now();
    const net::CallScope::Deadline patience(scope, leaves_after, kLeft);
    const auto listing = co_await list.list(scope, snapshot, "");
    ++ended_;
    if (!listing) {
      EXPECT_EQ(listing.error().code, ErrorCode::kClientGone);
      co_return;
    }
    EXPECT_LE(clock_.now() - asked, 11s) << "nobody waits for ever for a provider";
    for (const dialect::ModelRow& row : listing->rows) {
      EXPECT_TRUE(row.id.ends_with("/" + mine)) << row.id << " in configuration " << mine;
    }
    if (!listing->failure) {
      EXPECT_EQ(listing->rows.size(), snapshot->registry.endpoints().size());
    }
  }

  FakeClock clock_;
  Random random_{1};
  upstream::Gates gates_;
  std::vector<SnapshotPtr> configurations_ = make_configurations();
  std::size_t configuration_ = 0;
  std::size_t ended_ = 0;
  std::map<std::string, SteadyTime> last_question_;  // by host and key
};

TEST_F(ModelListSim, EveryCallerIsAnsweredFromItsConfigurationAndNobodyIsAskedTooOften) {
  for (const std::uint64_t seed : test::seeds(40)) {
    SCOPED_TRACE("BIFROST_SIM_SEED=" + std::to_string(seed));
    play(seed);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace bifrost::exchange
