#include "exchange/model_list.h"

#include "exchange/snapshot_fixture.h"
#include "provider/token_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::exchange {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using upstream::ScriptedReply;
using upstream::ScriptedTransport;

constexpr net::CallScope::Expiry kLeft{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                       "the caller has had enough"};

ScriptedReply models(std::string_view id, std::chrono::nanoseconds after = {}) {
  ScriptedReply reply =
      ScriptedReply::json(200, R"({"object":"list","data":[{"id":")" + std::string(id) + R"("}]})");
  reply.head_after = after;
  return reply;
}

// One list whose providers answer by a script, in virtual time.
struct ModelListTest : ::testing::Test {
  using Names = ::testing::Matcher<std::vector<std::string>>;
  // What a test's steps may touch. They are functions without captures: a coroutine that is a
  // lambda outlives what it captured.
  struct Steps {
    ModelListTest& test;
    net::CallScope& scope;
    ModelList& list;

    [[nodiscard]] net::Task<void> expect(Names names) { return expect(scope, std::move(names)); }
    [[nodiscard]] net::Task<void> expect(net::CallScope& own, Names names) {
      return ModelListTest::expect(own, list, test.snapshot, std::move(names));
    }
    [[nodiscard]] net::Task<Result<void>> pass(std::chrono::nanoseconds time) {
      return net::sleep_for(scope, time);
    }
    [[nodiscard]] std::size_t questions() const { return test.questions(); }
  };
  using Play = net::Task<void> (*)(Steps);

  void run(ScriptedTransport::Script script, Play play) {
    transport.emplace(std::move(script));
    net::Loop loop(clock);
    upstream::Credentials credentials(loop, *transport, clock);
    ModelList list(loop, {*transport, clock, random, &credentials});
    net::run_on(loop, [&](net::CallScope& scope) {
      return then_stop({*this, scope, list}, credentials, play);
    });
    EXPECT_EQ(transport->open(), 0U);
  }
  [[nodiscard]] std::size_t questions() const { return transport->sent().size(); }
  [[nodiscard]] auto gate() const {
    return snapshot->network.gate(*snapshot->registry.find("openai"));
  }

  FakeClock clock;
  Random random{1};
  upstream::Gates gates;
  SnapshotPtr snapshot = simulated_snapshot({{.name = "openai"}}, gates);
  std::optional<ScriptedTransport> transport;
  bool broken = false;

 private:
  static net::Task<void> expect(net::CallScope& scope, ModelList& list, SnapshotPtr snapshot,
                                Names names) {
    const auto listing = co_await list.list(scope, std::move(snapshot), "");
    std::vector<std::string> found;
    if (!listing) found.emplace_back(listing.error().name());
    for (const dialect::ModelRow& row :
         listing ? listing->rows : std::vector<dialect::ModelRow>()) {
      found.push_back(row.id);
    }
    EXPECT_THAT(found, names);
  }
  static net::Task<void> then_stop(Steps steps, upstream::Credentials& credentials, Play play) {
    co_await play(steps);
    EXPECT_TRUE(co_await steps.list.stop(steps.scope));
    EXPECT_TRUE(co_await credentials.stop(steps.scope));
  }
};

TEST_F(ModelListTest, AsksOnceForAllWhoWait) {
  run([](const auto&) { return models("a", 1s); },
      [](Steps its) -> net::Task<void> {
        net::TaskGroup callers(its.scope.loop());
        for (int i = 0; i < 50; ++i) {
          callers.spawn("caller", [&its](net::CallScope& own) {
            return its.expect(own, ElementsAre("openai/a"));
          });
        }
        EXPECT_TRUE(co_await callers.drained(its.scope));
        EXPECT_EQ(its.questions(), 1U);
      });
}

TEST_F(ModelListTest, KeepsAnAnswerForAWhile) {
  run([](const auto&) { return models("a"); },
      [](Steps its) -> net::Task<void> {
        co_await its.expect(ElementsAre("openai/a"));
        EXPECT_TRUE(co_await its.pass(4min));
        co_await its.expect(ElementsAre("openai/a"));
        EXPECT_EQ(its.questions(), 1U);
        EXPECT_TRUE(co_await its.pass(2min));
        co_await its.expect(ElementsAre("openai/a"));
        EXPECT_EQ(its.questions(), 2U);
      });
}

TEST_F(ModelListTest, LeavesAProviderAloneThatFailed) {
  broken = true;
  run([this](const auto&) { return broken ? ScriptedReply::json(500, "{}") : models("a"); },
      [](Steps its) -> net::Task<void> {
        for (int i = 0; i < 20; ++i) co_await its.expect(IsEmpty());
        EXPECT_EQ(its.questions(), 1U);
        its.test.broken = false;
        EXPECT_TRUE(co_await its.pass(15s));
        co_await its.expect(ElementsAre("openai/a"));
        EXPECT_EQ(its.questions(), 2U);
      });
}

TEST_F(ModelListTest, RemembersWhatAProviderSaidBeforeItFailed) {
  run([this](const auto&) { return broken ? ScriptedReply::json(500, "{}") : models("a"); },
      [](Steps its) -> net::Task<void> {
        co_await its.expect(ElementsAre("openai/a"));
        its.test.broken = true;
        EXPECT_TRUE(co_await its.pass(6min));
        const auto listing = co_await its.list.list(its.scope, its.test.snapshot, "");
        EXPECT_EQ(its.questions(), 2U);
        EXPECT_EQ(listing->rows.size(), 1U);
        EXPECT_TRUE(listing->failure);
      });
}

net::Task<void> leave(net::CallScope& own, net::Task<void> waiting) {
  const net::CallScope::Deadline patience(own, 1s, kLeft);
  co_await std::move(waiting);
}

TEST_F(ModelListTest, AnswersThoseWhoStayWhenTheFirstLeaves) {
  run([](const auto&) { return models("a", 2s); },
      [](Steps its) -> net::Task<void> {
        net::TaskGroup callers(its.scope.loop());
        callers.spawn("leaves", [&its](net::CallScope& own) {
          return leave(own, its.expect(own, ElementsAre("client_gone")));
        });
        callers.spawn("stays", [&its](net::CallScope& own) {
          return its.expect(own, ElementsAre("openai/a"));
        });
        EXPECT_TRUE(co_await callers.drained(its.scope));
        EXPECT_EQ(its.questions(), 1U);
      });
}

TEST_F(ModelListTest, WaitsForAPlaceAtTheGate) {
  snapshot = simulated_snapshot({{.name = "openai", .concurrency = 1}}, gates);
  run(
      [this](const auto&) {
        EXPECT_EQ(gate()->in_flight(), 1U);
        return models("a");
      },
      [](Steps its) -> net::Task<void> {
        auto taken = co_await its.test.gate()->enter(its.scope);
        net::TaskGroup callers(its.scope.loop());
        callers.spawn("caller", [&its](net::CallScope& own) {
          return its.expect(own, ElementsAre("openai/a"));
        });
        EXPECT_TRUE(co_await its.pass(1s));
        EXPECT_EQ(its.questions(), 0U);
        taken->release();
        EXPECT_TRUE(co_await callers.drained(its.scope));
      });
}

TEST_F(ModelListTest, EndsWhenPagesDoNot) {
  snapshot = simulated_snapshot({{.name = "anthropic"}}, gates);
  run(
      [this](const auto&) {
        const std::string id = "claude-" + std::to_string(questions());
        return ScriptedReply::json(200, R"({"data":[{"type":"model","id":")" + id +
                                            R"("}],"has_more":true,"last_id":")" + id + R"("})");
      },
      [](Steps its) -> net::Task<void> {
        co_await its.expect(::testing::SizeIs(20));
        EXPECT_EQ(its.questions(), 20U);
      });
}

TEST_F(ModelListTest, DoesNotAskForTheSamePageTwice) {
  snapshot = simulated_snapshot({{.name = "anthropic"}}, gates);
  run(
      [](const auto&) {
        return ScriptedReply::json(
            200, R"({"data":[{"type":"model","id":"a"}],"has_more":true,"last_id":"a"})");
      },
      [](Steps its) -> net::Task<void> {
        co_await its.expect(ElementsAre("anthropic/a"));
        EXPECT_EQ(its.questions(), 2U);
      });
}

TEST_F(ModelListTest, LeavesOutNamesThatNobodyWouldWrite) {
  run(
      [](const auto&) {
        return ScriptedReply::json(
            200, R"({"data":[{"id":")" + std::string(100'000, 'x') + R"("},{"id":"a"}]})");
      },
      [](Steps its) -> net::Task<void> { co_await its.expect(ElementsAre("openai/a")); });
}

TEST_F(ModelListTest, AsksWithATokenWhereKeysAreExchangedForOne) {
  provider::KeySettings key = upstream::simulated_key("main");
  key.value = config::Secret("secret-main");
  snapshot =
      simulated_snapshot({{.name = "cloud", .keys = {key}}}, gates, provider::rows_with_cloud());
  run(
      [](const auto& sent) {
        return sent.host == provider::kTokenHost
                   ? ScriptedReply::json(200, "token fetched 3600")
                   : models(sent.headers.get("authorization").substr(7));
      },
      [](Steps its) -> net::Task<void> { co_await its.expect(ElementsAre("cloud/fetched")); });
}

upstream::SimulatedProvider with_keys(std::string name, std::vector<std::string_view> keys) {
  upstream::SimulatedProvider provider{.name = std::move(name)};
  for (const std::string_view key : keys) {
    provider.keys.push_back(upstream::simulated_key(std::string(key)));
  }
  return provider;
}

provider::KeySettings key_for(std::vector<std::string> names) {
  provider::KeySettings key = upstream::simulated_key("main");
  key.models = std::move(names);
  return key;
}

bool is_from(const ScriptedTransport::Sent& sent, std::string_view key) {
  return sent.headers.get("authorization").ends_with(key);
}

TEST_F(ModelListTest, AKeyThatFailsKeepsItsRowsAndNobodyElses) {
  snapshot = simulated_snapshot({with_keys("openai", {"well", "dying"})}, gates);
  run(
      [this](const auto& sent) {
        if (!is_from(sent, "dying")) return models(broken ? "new" : "old");
        return broken ? ScriptedReply::json(401, "{}") : models("own");
      },
      [](Steps its) -> net::Task<void> {
        co_await its.expect(ElementsAre("openai/old", "openai/own"));
        its.test.broken = true;
        EXPECT_TRUE(co_await its.pass(6min));
        co_await its.expect(ElementsAre("openai/new", "openai/own"));
        EXPECT_EQ(its.questions(), 4U);
        EXPECT_TRUE(co_await its.pass(15s));
        co_await its.expect(ElementsAre("openai/new", "openai/own"));
        EXPECT_EQ(its.questions(), 5U) << "only the key that failed is asked again";
      });
}

TEST_F(ModelListTest, AsksAllKeysAtOnce) {
  snapshot = simulated_snapshot({with_keys("openai", {"slow", "slower", "well"})}, gates);
  run([](const auto& sent) { return is_from(sent, "well") ? models("a", 1s) : models("b", 1h); },
      [](Steps its) -> net::Task<void> {
        const SteadyTime asked = its.scope.loop().now();
        co_await its.expect(ElementsAre("openai/a"));
        EXPECT_EQ(its.scope.loop().now() - asked, 10s);
      });
}

// Why rows may be missing.
net::Task<void> expect_failure(net::CallScope& scope, ModelList& list, SnapshotPtr snapshot,
                               std::string message) {
  const auto listing = co_await list.list(scope, std::move(snapshot), "");
  EXPECT_TRUE(listing->failure);
  if (listing->failure) EXPECT_EQ(listing->failure->message, message);
}

TEST_F(ModelListTest, TellsItsOwnPatienceAsItsOwn) {
  snapshot = simulated_snapshot({{.name = "openai", .concurrency = 1}}, gates);
  run([](const auto&) { return models("a"); },
      [](Steps its) -> net::Task<void> {
        const auto taken = co_await its.test.gate()->enter(its.scope);
        co_await expect_failure(its.scope, its.list, its.test.snapshot,
                                "the provider's list of models took more than 10 seconds");
      });
}

TEST_F(ModelListTest, TellsASettingThatIsShorter) {
  snapshot = simulated_snapshot({{.name = "openai", .network = {.request_timeout = 2s}}}, gates);
  run([](const auto&) { return models("a", 1h); },
      [](Steps its) -> net::Task<void> {
        co_await expect_failure(
            its.scope, its.list, its.test.snapshot,
            "request timed out: the provider did not begin to answer in time "
            "(providers.openai.network_config.default_request_timeout_in_seconds is 2)");
      });
}

TEST_F(ModelListTest, SurvivesAnExceptionInAQuestion) {
  broken = true;
  run(
      [this](const auto&) {
        return broken ? ScriptedTransport::Script()({}) : models("a");  // throws
      },
      [](Steps its) -> net::Task<void> {
        const auto listing = co_await its.list.list(its.scope, its.test.snapshot, "");
        EXPECT_TRUE(listing->failure) << "nobody knows what models there are";
        its.test.broken = false;
        EXPECT_TRUE(co_await its.pass(15s));
        co_await its.expect(ElementsAre("openai/a"));
      });
}

TEST_F(ModelListTest, ShowsAModelOnceHoweverItIsWritten) {
  snapshot = simulated_snapshot(
      {{.name = "openai", .keys = {key_for({"openai/a", "a", "openai/b", "b", "*"})}}}, gates);
  run([](const auto&) { return models("a"); },
      [](Steps its) -> net::Task<void> {
        co_await its.expect(ElementsAre("openai/a", "openai/b"));
      });
}

// A request for "openrouter/auto" goes to the model "auto".
TEST_F(ModelListTest, ShowsAListedModelUnderTheNameThatLeadsToIt) {
  snapshot = simulated_snapshot({{.name = "openrouter"}}, gates);
  run([](const auto&) { return models("openrouter/auto"); },
      [](Steps its) -> net::Task<void> {
        co_await its.expect(ElementsAre("openrouter/openrouter/auto"));
      });
}

TEST_F(ModelListTest, ShowsNamesWithoutTheirResourcePrefix) {
  snapshot = simulated_snapshot(
      {{.name = "gemini", .keys = {key_for({"models/a", "gemini/models/b", "c"})}}}, gates);
  run([](const auto&) { return models("none"); },
      [](Steps its) -> net::Task<void> {
        co_await its.expect(ElementsAre("gemini/a", "gemini/b", "gemini/c"));
        EXPECT_EQ(its.questions(), 0U);
      });
}

TEST_F(ModelListTest, LeavesOutWhatNoRequestMayName) {
  run(
      [](const auto&) {
        return ScriptedReply::json(200, R"({"data":[{"id":"a b"},{"id":"../c"},{"id":"a"}]})");
      },
      [](Steps its) -> net::Task<void> { co_await its.expect(ElementsAre("openai/a")); });
}

TEST_F(ModelListTest, ANewConfigurationAsksAgain) {
  run([](const auto& sent) { return models(sent.headers.get("authorization").substr(7)); },
      [](Steps its) -> net::Task<void> {
        co_await its.expect(ElementsAre("openai/sk-main"));
        SnapshotPtr& snapshot = its.test.snapshot;
        const std::weak_ptr<const Snapshot> before = snapshot;
        snapshot = simulated_snapshot(
            {{.name = "openai", .keys = {upstream::simulated_key("other")}}}, its.test.gates);
        co_await its.expect(ElementsAre("openai/sk-other"));
        EXPECT_TRUE(before.expired());
      });
}

}  // namespace
}  // namespace bifrost::exchange
