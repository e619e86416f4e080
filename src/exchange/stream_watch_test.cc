#include "exchange/stream_watch.h"

#include "exchange/booking.h"
#include "exchange/process_fixture.h"
#include "ledger/journal_fixture.h"
#include "server/request_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bifrost::exchange {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kExpected = 100;  // tokens that a stream holds at first

std::shared_ptr<governance::Limit> limit(governance::Unit unit, std::int64_t amount) {
  return std::make_shared<governance::Limit>(
      governance::LimitTerms{.owner = "virtual key test", .unit = unit, .amount = amount},
      WallTime());
}

class StreamWatchTest : public testing::Test {
 protected:
  // A stream of a caller with these limits, as far as `steps` has it.
  void watch(std::vector<std::shared_ptr<governance::Limit>> limits,
             std::move_only_function<void(StreamWatch&)> steps) {
    limits_ = std::move(limits);
    process_.run([&](net::CallScope& scope) { return run(scope, *this, steps); });
  }
  // So many tokens of the answer were seen.
  void see(std::uint64_t tokens) { seen_.content_events = tokens; }

  [[nodiscard]] std::int64_t held(std::size_t i = 0) {
    return limits_[i]->state(process_.clock.wall()).held;
  }
  void set(governance::OnLimitReached what) { snapshot_->client.access.on_limit_reached = what; }

  SimulatedProcess process_;
  std::shared_ptr<Snapshot> snapshot_ =
      simulated_snapshot({{.name = "openai"}}, process_.services.gates);
  routing::Target target_{.endpoint = snapshot_->registry.find("openai"), .model = "m"};
  std::vector<std::shared_ptr<governance::Limit>> limits_;
  std::unique_ptr<ledger::Journal> journal_;  // null: there is none
  catalog::Model model_;
  dialect::TapState seen_;
  std::vector<std::string> labels_;
  record::Meter meter_{process_.worker, labels_, process_.services.key_states};

 private:
  static net::Task<void> run(net::CallScope& scope, StreamWatchTest& test,
                             std::move_only_function<void(StreamWatch&)>& steps) {
    server::SimulatedRequest caller(scope, {.method = "POST", .target = "/v1/x", .headers = {}});
    Exchange exchange{caller.request(), test.snapshot_, "id"};
    ModelCall& call = exchange.call.emplace();
    auto held = governance::Reservation::hold(
        {}, test.limits_,
        {.requests = 1, .tokens = kExpected, .nano_dollars = kExpected, .concurrent = 1},
        test.process_.clock.wall());
    EXPECT_TRUE(held);
    call.reservation = *std::move(held);
    call.served.emplace().target = call.admitted = &test.target_;
    call.served_facts = {&test.model_, nullptr};
    hold_in_ledger(exchange, test.journal_.get());
    call.running = &test.seen_;
    {
      StreamWatch watch(exchange, test.process_.clock, test.meter_);
      steps(watch);
    }
    call.running = nullptr;
    co_return;
  }
};

TEST_F(StreamWatchTest, TakesMoreBeforeMoreIsUsed) {
  watch({limit(governance::Unit::kTokens, 10'000)}, [&](StreamWatch& watch) {
    see(kExpected);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), kExpected) << "that was expected";
    see(kExpected + 1);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), kExpected + 1 + 256);
    see(kExpected + 1 + 256);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), kExpected + 1 + 256);
  });
}

TEST_F(StreamWatchTest, TakesLargerPiecesForLongerAnswers) {
  watch({limit(governance::Unit::kTokens, 1'000'000)}, [&](StreamWatch& watch) {
    see(8'000);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), 8'256);
    see(8'257);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), 8'257 + 1'032) << "an eighth of what it held";
    see(500'000);
    EXPECT_TRUE(watch.may_go_on());
    see(600'000);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), 604'096) << "no piece is larger";
  });
}

// Nanodollars and tokens differ by the price.
TEST_F(StreamWatchTest, TakesTheMoneyForAPiece) {
  model_.price.tokens.output = 3'000'000;  // 3 nanodollars a token
  watch({limit(governance::Unit::kNanoDollars, 10'000)}, [&](StreamWatch& watch) {
    see(33);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), kExpected);
    see(34);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), 3 * (34 + 256));
  });
}

TEST_F(StreamWatchTest, StopsWhereTheLimitHasNoMore) {
  set(governance::OnLimitReached::kStop);
  watch({limit(governance::Unit::kTokens, 300)}, [&](StreamWatch& watch) {
    see(kExpected + 1);
    EXPECT_FALSE(watch.may_go_on()) << "357 do not fit into 300";
    EXPECT_THAT(watch.reason(), HasSubstr("token limit exceeded: virtual key test"));
    EXPECT_EQ(held(), kExpected) << "it keeps what it has";
    watch.stopped();
  });
  EXPECT_THAT(process_.metrics(),
              HasSubstr("bifrost_streams_at_limit_total{outcome=\"stopped\"} 1"));
}

TEST_F(StreamWatchTest, LetsItFinishAndCountsByHowMuchItWasBeyond) {
  watch({limit(governance::Unit::kTokens, 300)}, [&](StreamWatch& watch) {
    for (std::uint64_t tokens = 1; tokens <= 450; ++tokens) {
      see(tokens);
      EXPECT_TRUE(watch.may_go_on());
    }
    EXPECT_EQ(held(), kExpected);
  });
  EXPECT_THAT(process_.metrics(),
              HasSubstr("bifrost_streams_at_limit_total{outcome=\"finished\"} 1"));
  EXPECT_THAT(process_.metrics(), HasSubstr("bifrost_limit_overshoot_tokens_total 350"));
}

// Others end meanwhile. Asking again for each event would cost more than it brings.
TEST_F(StreamWatchTest, AsksAgainAPieceLater) {
  const auto shared = limit(governance::Unit::kTokens, 1'000);
  watch({shared}, [&](StreamWatch& watch) {
    const auto others = shared->take(900, process_.clock.wall());
    ASSERT_TRUE(others);
    see(kExpected + 1);
    EXPECT_TRUE(watch.may_go_on());
    shared->settle(*others, 0);
    see(kExpected + 1 + 256);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), kExpected);
    see(kExpected + 2 + 256);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), kExpected + 2 + 256 + 256);
  });
}

TEST_F(StreamWatchTest, LeavesAloneWhatCountsNoTokens) {
  set(governance::OnLimitReached::kStop);
  watch({limit(governance::Unit::kRequests, 1), limit(governance::Unit::kConcurrent, 1)},
        [&](StreamWatch& watch) {
          see(1'000'000);
          EXPECT_TRUE(watch.may_go_on());
        });
  EXPECT_THAT(process_.metrics(), Not(HasSubstr("bifrost_streams_at_limit_total{")));
}

TEST_F(StreamWatchTest, OnlyLooksWhereLimitsAreOnlyChecked) {
  snapshot_->client.access.admission = governance::AdmissionMode::kCheck;
  set(governance::OnLimitReached::kStop);
  watch({limit(governance::Unit::kTokens, 300)}, [&](StreamWatch& watch) {
    see(1'000);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), kExpected);
  });
}

// A stream that is killed in the hour after it began is charged in the hour that it grew in.
TEST_F(StreamWatchTest, WritesDownWhatItHolds) {
  const ledger::TemporaryFolder folder;
  const std::string path = (folder.path() / "worker.journal").string();
  auto made = ledger::Journal::create(path, {.node = 1, .worker = 0},
                                      {.slots = 1, .granules = 1024}, process_.clock);
  ASSERT_TRUE(made) << made.error().message;
  journal_ = *std::move(made);
  const auto hour = std::chrono::hours(1);
  const WallTime now = process_.clock.wall();
  const auto hourly = std::make_shared<governance::Limit>(
      governance::LimitTerms{.owner = "virtual key test",
                             .unit = governance::Unit::kTokens,
                             .amount = 10'000,
                             .period = governance::Period::parse("1h")},
      now, 0, "tokens of test");
  const auto running = [&] {
    const auto left = ledger::read_left_behind(ledger::bytes_of(path));
    EXPECT_TRUE(left && left->running.size() == 1 && left->running.front().limits.size() == 1);
    return left->running.front();
  };
  watch({hourly}, [&](StreamWatch& watch) {
    see(kExpected);
    EXPECT_TRUE(watch.may_go_on());
    const store::UsageRow before = running();
    EXPECT_EQ(before.limits.front().window.start, now.time_since_epoch().count());
    EXPECT_EQ(before.limits.front().amount, kExpected);
    process_.clock.advance(hour);
    see(kExpected + 1);
    EXPECT_TRUE(watch.may_go_on());
    const store::UsageRow after = running();
    EXPECT_EQ(after.limits.front().window.start, (now + hour).time_since_epoch().count());
    EXPECT_EQ(after.limits.front().amount, kExpected + 1);
  });
}

TEST_F(StreamWatchTest, GoesByTheBytesThatNobodyHasCounted) {
  watch({limit(governance::Unit::kTokens, 10'000)}, [&](StreamWatch& watch) {
    see(1);
    seen_.untold_bytes = 4 * (kExpected + 1);
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), kExpected + 1 + 256);
    seen_.tell({.input = 3, .output = 90, .known = true});
    seen_.untold_bytes = 40'000;
    seen_.finished = true;
    EXPECT_TRUE(watch.may_go_on());
    EXPECT_EQ(held(), kExpected + 1 + 256) << "the provider has told it all";
  });
}

}  // namespace
}  // namespace bifrost::exchange
