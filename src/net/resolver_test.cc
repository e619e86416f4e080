#include "net/resolver.h"

#include "net/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::net {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using Outcome = NameAnswer::Outcome;

NameAnswer found(const char* host, std::optional<std::chrono::seconds> keep_for = 60s) {
  return {.outcome = Outcome::kFound,
          .addresses = {*Address::from_literal(host, 0)},
          .keep_for = keep_for};
}

NameAnswer failed() { return {.outcome = Outcome::kFailed, .why = "the server is away"}; }

NameAnswer absent(std::optional<std::chrono::seconds> keep_for) {
  return {.outcome = Outcome::kNoSuchName, .keep_for = keep_for, .why = "no such name"};
}

// Says for each name what the test has set, after the time that it takes; throws for others.
class ScriptedSource final : public NameSource {
 public:
  struct Says {
    NameAnswer answer;
    std::chrono::nanoseconds takes{0};
  };

  Task<NameAnswer> look_up(CallScope& scope, std::string name) override {
    asked_.push_back(name);
    const Says says = says_.at(name);
    if (!co_await sleep_for(scope, says.takes)) {
      ++cancelled_;
      co_return failed();
    }
    co_return says.answer;
  }

  void set(const std::string& name, NameAnswer answer, std::chrono::nanoseconds takes = 0s) {
    says_[name] = {std::move(answer), takes};
  }
  [[nodiscard]] const std::vector<std::string>& asked() const { return asked_; }
  [[nodiscard]] int cancelled() const { return cancelled_; }

 private:
  std::map<std::string, Says> says_;
  std::vector<std::string> asked_;
  int cancelled_ = 0;
};

class CountingObserver final : public ResolverObserver {
 public:
  void looked_up(Outcome outcome, std::chrono::nanoseconds took) override {
    outcomes.push_back(outcome);
    longest = std::max(longest, took);
  }
  void served_stale() override { ++stale; }

  std::vector<Outcome> outcomes;
  std::chrono::nanoseconds longest{0};
  int stale = 0;
};

// What a test needs, on a loop in fake time.
struct Bench {
  explicit Bench(CallScope& own) : scope(own), resolver(own.loop(), source, observer) {}

  // The host that the name is at, or what the error says.
  Task<std::string> ask(const char* name) {
    auto addresses = co_await resolver.resolve(scope, name, 443);
    co_return addresses ? addresses->front().host() : addresses.error().message;
  }
  [[nodiscard]] std::size_t questions() const { return source.asked().size(); }

  CallScope& scope;
  ScriptedSource source;
  CountingObserver observer;
  Resolver resolver;
};

using Test = Task<void> (*)(Bench& bench);

Task<void> on_bench(CallScope& scope, Test test) {
  Bench bench(scope);
  co_await test(bench);
  EXPECT_TRUE(co_await bench.resolver.stop(scope));
}

void run(Test test) {
  run_in_fake_time([test](CallScope& scope) { return on_bench(scope, test); });
}

Task<void> pass(Bench& bench, std::chrono::nanoseconds time) {
  EXPECT_TRUE(co_await sleep_for(bench.scope, time));
}

// A caller with a scope of his own.
class Visitor {
 public:
  Visitor(Bench& bench, std::string name)
      : bench_(bench), tasks_(bench.scope.loop()), name_(std::move(name)) {
    tasks_.spawn("visit", [this](CallScope& scope) { return visit(scope); });
  }
  void leave() { tasks_.cancel_all(kLeft); }
  Task<void> gone() { EXPECT_TRUE(co_await tasks_.drained(bench_.scope)); }
  [[nodiscard]] const std::string& got() const { return got_; }

 private:
  Task<void> visit(CallScope& scope) {
    auto addresses = co_await bench_.resolver.resolve(scope, name_, 443);
    got_ = addresses ? addresses->front().host() : addresses.error().message;
  }

  Bench& bench_;
  TaskGroup tasks_;
  std::string name_;
  std::string got_;
};

Task<void> literals(Bench& bench) {
  auto v4 = co_await bench.resolver.resolve(bench.scope, "192.0.2.1", 80);
  EXPECT_TRUE(v4 && v4->front().text() == "192.0.2.1:80");
  auto v6 = co_await bench.resolver.resolve(bench.scope, "2001:db8::1", 80);
  EXPECT_TRUE(v6 && v6->front().text() == "[2001:db8::1]:80");
  EXPECT_EQ(bench.questions(), 0U);
  EXPECT_EQ(bench.resolver.names(), 0U);
}

TEST(Resolver, NeverAsksForALiteral) { run(literals); }

Task<void> ports(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1"));
  auto one = co_await bench.resolver.resolve(bench.scope, "A.test", 80);
  auto other = co_await bench.resolver.resolve(bench.scope, "a.TEST", 443);
  EXPECT_TRUE(one && one->front().text() == "192.0.2.1:80");
  EXPECT_TRUE(other && other->front().text() == "192.0.2.1:443");
  EXPECT_THAT(bench.source.asked(), ElementsAre("a.test"));
}

TEST(Resolver, KnowsANameInAnySpellingAndForAnyPort) { run(ports); }

Task<void> one_question(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1"), 1s);
  Visitor one(bench, "a.test");
  Visitor other(bench, "a.test");
  co_await pass(bench, 500ms);
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
  co_await one.gone();
  co_await other.gone();
  EXPECT_EQ(one.got(), "192.0.2.1");
  EXPECT_EQ(other.got(), "192.0.2.1");
  EXPECT_EQ(bench.questions(), 1U);
  EXPECT_THAT(bench.observer.outcomes, ElementsAre(Outcome::kFound));
  EXPECT_EQ(bench.observer.longest, 1s);
}

TEST(Resolver, HasOneQuestionForAllWhoAsk) { run(one_question); }

Task<void> one_leaves(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1"), 1s);
  Visitor first(bench, "a.test");
  Visitor second(bench, "a.test");
  co_await pass(bench, 500ms);
  first.leave();
  co_await first.gone();
  EXPECT_EQ(first.got(), "the caller has left");
  co_await second.gone();
  EXPECT_EQ(second.got(), "192.0.2.1");
  EXPECT_EQ(bench.source.cancelled(), 0);
}

TEST(Resolver, GoesOnForTheOthersWhenACallerLeaves) { run(one_leaves); }

Task<void> all_leave(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1"), 10s);
  Visitor first(bench, "a.test");
  Visitor second(bench, "a.test");
  co_await pass(bench, 1s);
  first.leave();
  second.leave();
  co_await first.gone();
  co_await second.gone();
  co_await pass(bench, 1ms);
  EXPECT_EQ(bench.source.cancelled(), 1);
  EXPECT_TRUE(bench.observer.outcomes.empty());
  bench.source.set("a.test", found("192.0.2.2"));
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.2") << "an abandoned question leaves no trace";
}

TEST(Resolver, TakesBackAQuestionWhenAllHaveLeft) { run(all_leave); }

// In the same turn as the last one leaves.
Task<void> comes_as_they_leave(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1"), 1s);
  Visitor first(bench, "a.test");
  co_await pass(bench, 500ms);
  first.leave();
  Visitor second(bench, "a.test");
  co_await second.gone();
  EXPECT_EQ(second.got(), "192.0.2.1");
}

TEST(Resolver, AsksAnewForWhoComesAsTheLastOneLeaves) { run(comes_as_they_leave); }

Task<void> until_expiry(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1", 60s));
  co_await bench.ask("a.test");
  bench.source.set("a.test", found("192.0.2.2", 60s));
  co_await pass(bench, 59s);
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
  co_await pass(bench, 1s);
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.2");
  EXPECT_EQ(bench.observer.stale, 0);
}

TEST(Resolver, KeepsAnAnswerAsLongAsItsSourceSays) { run(until_expiry); }

Task<void> expect_kept(Bench& bench, std::chrono::seconds said, std::chrono::nanoseconds kept) {
  bench.source.set("a.test", found("192.0.2.1", said));
  co_await bench.ask("a.test");
  co_await pass(bench, kept - 1ms);
  co_await bench.ask("a.test");
  EXPECT_EQ(bench.questions(), 1U);
  co_await pass(bench, 1ms);
  co_await bench.ask("a.test");
  EXPECT_EQ(bench.questions(), 2U);
}

Task<void> no_time_to_live(Bench& bench) { return expect_kept(bench, 0s, Resolver::kFreshMin); }

TEST(Resolver, KeepsAnAnswerForAMomentAtLeast) { run(no_time_to_live); }

Task<void> long_time_to_live(Bench& bench) {
  return expect_kept(bench, std::chrono::hours(1000), Resolver::kFreshMax);
}

TEST(Resolver, KeepsNoAnswerForLongerThanItsBound) { run(long_time_to_live); }

Task<void> expect_absence_kept(Bench& bench, std::optional<std::chrono::seconds> said,
                               std::chrono::nanoseconds kept) {
  const std::size_t before = bench.questions();
  bench.source.set("none.test", absent(said));
  EXPECT_EQ(co_await bench.ask("none.test"), "cannot resolve none.test: no such name");
  co_await pass(bench, kept - 1ms);
  EXPECT_THAT(co_await bench.ask("none.test"), HasSubstr("no such name"));
  EXPECT_EQ(bench.questions(), before + 1);
  co_await pass(bench, 1ms);
  bench.source.set("none.test", found("192.0.2.1"));
  EXPECT_EQ(co_await bench.ask("none.test"), "192.0.2.1");
  co_await pass(bench, 60s);
}

Task<void> absence(Bench& bench) {
  co_await expect_absence_kept(bench, 42s, 42s);
  co_await expect_absence_kept(bench, 0s, Resolver::kAbsentMin);
  co_await expect_absence_kept(bench, 3600s, Resolver::kAbsentMax);
  co_await expect_absence_kept(bench, std::nullopt, Resolver::kAbsentDefault);
}

TEST(Resolver, RemembersThatANameIsNotThereWithinBounds) { run(absence); }

Task<void> retries(Bench& bench) {
  bench.source.set("none.test", absent(1s));
  bench.source.set("away.test", failed());
  auto none = co_await bench.resolver.resolve(bench.scope, "none.test", 443);
  EXPECT_TRUE(!none && none.error().retry == Retry::kOtherTarget);
  auto away = co_await bench.resolver.resolve(bench.scope, "away.test", 443);
  EXPECT_TRUE(!away && away.error().retry == Retry::kSameTarget);
  EXPECT_TRUE(!away && away.error().code == ErrorCode::kUpstreamConnect);
}

TEST(Resolver, SaysWhetherAnotherTryMakesSense) { run(retries); }

Task<void> shortage(Bench& bench) {
  bench.source.set("a.test", {.outcome = Outcome::kShortage, .why = "too many open files"});
  auto none = co_await bench.resolver.resolve(bench.scope, "a.test", 443);
  EXPECT_FALSE(none);
  if (none) co_return;
  EXPECT_EQ(none.error().code, ErrorCode::kBusy);
  EXPECT_EQ(none.error().origin, Origin::kGateway);
  EXPECT_EQ(none.error().retry, Retry::kOtherTarget);
  EXPECT_EQ(none.error().retry_after, 1s);
  EXPECT_EQ(none.error().message,
            "the gateway cannot look up a.test: too many open files; try again");
  bench.source.set("a.test", found("192.0.2.1", 5s));
  co_await pass(bench, 1s);
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
}

TEST(Resolver, OurOwnShortageIsToldAsOurs) { run(shortage); }

Task<void> shortage_with_old_addresses(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1", 5s));
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
  bench.source.set("a.test", {.outcome = Outcome::kShortage, .why = "too many open files"});
  co_await pass(bench, 5s);
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
  bench.source.set("a.test", found("192.0.2.2"));
  co_await pass(bench, 1s);
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.2");
}

TEST(Resolver, UsesOldAddressesWhileThereIsNothingToAskWith) { run(shortage_with_old_addresses); }

Task<void> failure(Bench& bench) {
  bench.source.set("a.test", failed());
  EXPECT_EQ(co_await bench.ask("a.test"), "cannot resolve a.test: the server is away");
  co_await pass(bench, Resolver::kFailureKept - 1ms);
  EXPECT_THAT(co_await bench.ask("a.test"), HasSubstr("the server is away"));
  EXPECT_EQ(bench.questions(), 1U);
  co_await pass(bench, 1ms);
  bench.source.set("a.test", found("192.0.2.1"));
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
}

TEST(Resolver, RemembersAFailureForAMoment) { run(failure); }

Task<void> stale(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1", 60s));
  co_await bench.ask("a.test");
  co_await pass(bench, 60s);
  bench.source.set("a.test", failed());
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
  co_await pass(bench, Resolver::kStaleRecheck - 1ms);
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
  EXPECT_EQ(bench.questions(), 2U) << "a server that is away is not asked all the time";
  EXPECT_EQ(bench.observer.stale, 2);
  co_await pass(bench, 1ms);
  bench.source.set("a.test", found("192.0.2.2", 60s));
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.2");
}

TEST(Resolver, UsesOldAddressesWhileTheServerIsAway) { run(stale); }

Task<void> too_stale(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1", 60s));
  co_await bench.ask("a.test");
  bench.source.set("a.test", failed());
  co_await pass(bench, 60s + Resolver::kStaleMax - 1ms);
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
  co_await pass(bench, 1ms);
  EXPECT_THAT(co_await bench.ask("a.test"), HasSubstr("the server is away"));
}

TEST(Resolver, UsesOldAddressesOnlyForSoLong) { run(too_stale); }

Task<void> gone_for_good(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1", 60s));
  co_await bench.ask("a.test");
  co_await pass(bench, 60s);
  bench.source.set("a.test", absent(5s));
  EXPECT_THAT(co_await bench.ask("a.test"), HasSubstr("no such name"));
  co_await pass(bench, 5s);
  bench.source.set("a.test", failed());
  EXPECT_THAT(co_await bench.ask("a.test"), HasSubstr("the server is away"));
}

TEST(Resolver, ForgetsTheAddressesOfANameThatIsGone) { run(gone_for_good); }

Task<void> slow(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1", 60s));
  co_await bench.ask("a.test");
  co_await pass(bench, 60s);
  bench.source.set("a.test", found("192.0.2.2", 60s), 5s);
  const SteadyTime before = bench.scope.loop().now();
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
  EXPECT_EQ(bench.scope.loop().now() - before, Resolver::kStalePatience);
  EXPECT_EQ(bench.observer.stale, 1);
  co_await pass(bench, 5s);
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.2") << "the question went on";
  EXPECT_EQ(bench.questions(), 2U);
}

TEST(Resolver, DoesNotWaitLongForWhatItHasAnOldAnswerTo) { run(slow); }

Task<void> dead_beside_live(Bench& bench) {
  constexpr int kCallers = 1'100;
  bench.source.set("dead.test", failed(), 5s);
  bench.source.set("live.test", found("192.0.2.1"));
  std::vector<std::unique_ptr<Visitor>> waiting;
  waiting.reserve(kCallers);
  for (int i = 0; i < kCallers; ++i) {
    waiting.push_back(std::make_unique<Visitor>(bench, "dead.test"));
  }
  co_await pass(bench, 1s);
  const SteadyTime before = bench.scope.loop().now();
  EXPECT_EQ(co_await bench.ask("live.test"), "192.0.2.1");
  EXPECT_EQ(bench.scope.loop().now(), before);
  for (const auto& visitor : waiting) {
    co_await visitor->gone();
    EXPECT_EQ(visitor->got(), "cannot resolve dead.test: the server is away");
  }
  EXPECT_THAT(bench.source.asked(), ElementsAre("dead.test", "live.test"));
}

TEST(Resolver, ADeadNameHoldsUpNoOther) { run(dead_beside_live); }

Task<void> crowd(Bench& bench) {
  bench.source.set("dead.test", failed(), 5s);
  bench.source.set("live.test", found("192.0.2.1"));
  std::vector<std::unique_ptr<Visitor>> waiting;
  waiting.reserve(Resolver::kCallersMax);
  for (std::size_t i = 0; i < Resolver::kCallersMax; ++i) {
    waiting.push_back(std::make_unique<Visitor>(bench, "dead.test"));
  }
  co_await pass(bench, 1s);
  EXPECT_THAT(co_await bench.ask("dead.test"), HasSubstr("too many callers wait"));
  EXPECT_EQ(co_await bench.ask("live.test"), "192.0.2.1");
  for (const auto& visitor : waiting) co_await visitor->gone();
  EXPECT_THAT(waiting.back()->got(), HasSubstr("the server is away"));
}

TEST(Resolver, BoundsTheCallersOfAName) { run(crowd); }

Task<void> many_names(Bench& bench) {
  std::vector<std::unique_ptr<Visitor>> waiting;
  for (std::size_t i = 0; i < Resolver::kLookUpsMax; ++i) {
    const std::string name = std::to_string(i) + ".test";
    bench.source.set(name, failed(), 5s);
    waiting.push_back(std::make_unique<Visitor>(bench, name));
  }
  co_await pass(bench, 1s);
  EXPECT_THAT(co_await bench.ask("more.test"), HasSubstr("too many look-ups are under way"));
  for (const auto& visitor : waiting) co_await visitor->gone();
  bench.source.set("more.test", found("192.0.2.1"));
  EXPECT_EQ(co_await bench.ask("more.test"), "192.0.2.1");
}

TEST(Resolver, BoundsTheQuestionsAtOnce) { run(many_names); }

Task<void> memory(Bench& bench) {
  bench.source.set("kept.test", found("192.0.2.1", 3600s));
  co_await bench.ask("kept.test");
  for (std::size_t i = 0; i < 2 * Resolver::kNamesMax; ++i) {
    const std::string name = std::to_string(i) + ".test";
    bench.source.set(name, found("192.0.2.2", 3600s));
    co_await bench.ask(name.c_str());
    if (i % 100 == 0) {
      co_await pass(bench, 1s);
      co_await bench.ask("kept.test");
    }
  }
  EXPECT_EQ(bench.resolver.names(), Resolver::kNamesMax);
  const std::size_t before = bench.questions();
  co_await bench.ask("kept.test");
  EXPECT_EQ(bench.questions(), before) << "what is in use is kept";
  co_await bench.ask("0.test");
  EXPECT_EQ(bench.questions(), before + 1);
}

TEST(Resolver, ForgetsTheNamesThatNobodyUses) { run(memory); }

Task<void> exception(Bench& bench) {
  EXPECT_THAT(co_await bench.ask("a.test"), HasSubstr("broken off"));
  bench.source.set("a.test", found("192.0.2.1"));
  EXPECT_EQ(co_await bench.ask("a.test"), "192.0.2.1");
}

TEST(Resolver, SurvivesAnExceptionInALookUp) { run(exception); }

Task<void> stopped(Bench& bench) {
  bench.source.set("a.test", found("192.0.2.1"), std::chrono::hours(1));
  Visitor visitor(bench, "a.test");
  co_await pass(bench, 1s);
  EXPECT_TRUE(co_await bench.resolver.stop(bench.scope));
  co_await visitor.gone();
  EXPECT_EQ(bench.source.cancelled(), 1);
}

TEST(Resolver, EndsWhatIsUnderWay) { run(stopped); }

}  // namespace
}  // namespace bifrost::net
