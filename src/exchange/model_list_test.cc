#include "exchange/model_list.h"

#include "exchange/snapshot_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
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

class ModelListTest : public ::testing::Test {
 protected:
  // Runs the steps with a list whose providers answer by the script.
  void run(ScriptedTransport::Script script,
           std::function<net::Task<void>(net::CallScope&, ModelList&)> steps) {
    transport_.emplace(std::move(script));
    net::Loop loop(clock_);
    ModelList list(loop, {*transport_, clock_, random_});
    net::run_on(loop, [&](net::CallScope& scope) { return then_stop(scope, list, steps); });
    EXPECT_EQ(transport_->open(), 0U);
  }
  [[nodiscard]] std::size_t questions() const { return transport_->sent().size(); }

  net::Task<std::vector<std::string>> ids(net::CallScope& scope, ModelList& list) {
    const auto listing = co_await list.list(scope, snapshot_, "");
    std::vector<std::string> out;
    if (!listing) co_return std::vector<std::string>{std::string(listing.error().name())};
    for (const dialect::ModelRow& row : listing->rows) out.push_back(row.id);
    co_return out;
  }

  FakeClock clock_;
  Random random_{1};
  upstream::Gates gates_;
  SnapshotPtr snapshot_ = simulated_snapshot({{.name = "openai"}}, gates_);
  std::optional<ScriptedTransport> transport_;

 private:
  static net::Task<void> then_stop(
      net::CallScope& scope, ModelList& list,
      const std::function<net::Task<void>(net::CallScope&, ModelList&)>& steps) {
    co_await steps(scope, list);
    EXPECT_TRUE(co_await list.stop(scope));
  }
};

TEST_F(ModelListTest, AsksOnceForAllWhoWait) {
  run([](const auto&) { return models("a", 1s); },
      [this](net::CallScope& scope, ModelList& list) -> net::Task<void> {
        net::TaskGroup callers(scope.loop());
        for (int i = 0; i < 50; ++i) {
          callers.spawn("caller", [this, &list](net::CallScope& own) -> net::Task<void> {
            EXPECT_THAT(co_await ids(own, list), ElementsAre("openai/a"));
          });
        }
        EXPECT_TRUE(co_await callers.drained(scope));
        EXPECT_EQ(questions(), 1U);
      });
}

TEST_F(ModelListTest, KeepsAnAnswerForAWhile) {
  run([](const auto&) { return models("a"); },
      [this](net::CallScope& scope, ModelList& list) -> net::Task<void> {
        EXPECT_THAT(co_await ids(scope, list), ElementsAre("openai/a"));
        EXPECT_TRUE(co_await net::sleep_for(scope, 4min));
        EXPECT_THAT(co_await ids(scope, list), ElementsAre("openai/a"));
        EXPECT_EQ(questions(), 1U);
        EXPECT_TRUE(co_await net::sleep_for(scope, 2min));
        EXPECT_THAT(co_await ids(scope, list), ElementsAre("openai/a"));
        EXPECT_EQ(questions(), 2U);
      });
}

TEST_F(ModelListTest, LeavesAProviderAloneThatFailed) {
  bool broken = true;
  run([&](const auto&) { return broken ? ScriptedReply::json(500, "{}") : models("a"); },
      [&](net::CallScope& scope, ModelList& list) -> net::Task<void> {
        for (int i = 0; i < 20; ++i) EXPECT_THAT(co_await ids(scope, list), IsEmpty());
        EXPECT_EQ(questions(), 1U);
        broken = false;
        EXPECT_TRUE(co_await net::sleep_for(scope, 15s));
        EXPECT_THAT(co_await ids(scope, list), ElementsAre("openai/a"));
        EXPECT_EQ(questions(), 2U);
      });
}

TEST_F(ModelListTest, RemembersWhatAProviderSaidBeforeItFailed) {
  bool broken = false;
  run([&](const auto&) { return broken ? ScriptedReply::json(500, "{}") : models("a"); },
      [&](net::CallScope& scope, ModelList& list) -> net::Task<void> {
        EXPECT_THAT(co_await ids(scope, list), ElementsAre("openai/a"));
        broken = true;
        EXPECT_TRUE(co_await net::sleep_for(scope, 6min));
        const auto listing = co_await list.list(scope, snapshot_, "");
        EXPECT_EQ(questions(), 2U);
        EXPECT_EQ(listing->rows.size(), 1U);
        EXPECT_TRUE(listing->failure);
      });
}

TEST_F(ModelListTest, AnswersThoseWhoStayWhenTheFirstLeaves) {
  run([](const auto&) { return models("a", 2s); },
      [this](net::CallScope& scope, ModelList& list) -> net::Task<void> {
        net::TaskGroup callers(scope.loop());
        callers.spawn("leaves", [this, &list](net::CallScope& own) -> net::Task<void> {
          const net::CallScope::Deadline patience(own, 1s, kLeft);
          EXPECT_THAT(co_await ids(own, list), ElementsAre("client_gone"));
        });
        callers.spawn("stays", [this, &list](net::CallScope& own) -> net::Task<void> {
          EXPECT_THAT(co_await ids(own, list), ElementsAre("openai/a"));
        });
        EXPECT_TRUE(co_await callers.drained(scope));
        EXPECT_EQ(questions(), 1U);
      });
}

TEST_F(ModelListTest, WaitsForAPlaceAtTheGate) {
  snapshot_ = simulated_snapshot({{.name = "openai", .concurrency = 1}}, gates_);
  const auto gate = snapshot_->network.gate(*snapshot_->registry.find("openai"));
  run(
      [&](const auto&) {
        EXPECT_EQ(gate->in_flight(), 1U);
        return models("a");
      },
      [&](net::CallScope& scope, ModelList& list) -> net::Task<void> {
        auto taken = co_await gate->enter(scope);
        net::TaskGroup callers(scope.loop());
        callers.spawn("caller", [this, &list](net::CallScope& own) -> net::Task<void> {
          EXPECT_THAT(co_await ids(own, list), ElementsAre("openai/a"));
        });
        EXPECT_TRUE(co_await net::sleep_for(scope, 1s));
        EXPECT_EQ(questions(), 0U);
        taken->release();
        EXPECT_TRUE(co_await callers.drained(scope));
      });
}

TEST_F(ModelListTest, EndsWhenPagesDoNot) {
  std::size_t page = 0;
  snapshot_ = simulated_snapshot({{.name = "anthropic"}}, gates_);
  run(
      [&](const auto&) {
        const std::string id = "claude-" + std::to_string(++page);
        return ScriptedReply::json(200, R"({"data":[{"type":"model","id":")" + id +
                                            R"("}],"has_more":true,"last_id":")" + id + R"("})");
      },
      [this](net::CallScope& scope, ModelList& list) -> net::Task<void> {
        const auto found = co_await ids(scope, list);
        EXPECT_EQ(found.size(), questions());
        EXPECT_LT(questions(), 100U);
      });
}

TEST_F(ModelListTest, DoesNotAskForTheSamePageTwice) {
  snapshot_ = simulated_snapshot({{.name = "anthropic"}}, gates_);
  run(
      [&](const auto&) {
        return ScriptedReply::json(
            200, R"({"data":[{"type":"model","id":"a"}],"has_more":true,"last_id":"a"})");
      },
      [this](net::CallScope& scope, ModelList& list) -> net::Task<void> {
        EXPECT_THAT(co_await ids(scope, list), ElementsAre("anthropic/a"));
        EXPECT_EQ(questions(), 2U);
      });
}

TEST_F(ModelListTest, LeavesOutNamesThatNobodyWouldWrite) {
  run(
      [](const auto&) {
        return ScriptedReply::json(
            200, R"({"data":[{"id":")" + std::string(100'000, 'x') + R"("},{"id":"a"}]})");
      },
      [this](net::CallScope& scope, ModelList& list) -> net::Task<void> {
        EXPECT_THAT(co_await ids(scope, list), ElementsAre("openai/a"));
      });
}

TEST_F(ModelListTest, ANewConfigurationAsksAgain) {
  run([](const auto& sent) { return models(sent.headers.get("authorization").substr(7)); },
      [this](net::CallScope& scope, ModelList& list) -> net::Task<void> {
        EXPECT_THAT(co_await ids(scope, list), ElementsAre("openai/sk-main"));
        const std::weak_ptr<const Snapshot> before = snapshot_;
        snapshot_ = simulated_snapshot(
            {{.name = "openai", .keys = {upstream::simulated_key("other")}}}, gates_);
        EXPECT_THAT(co_await ids(scope, list), ElementsAre("openai/sk-other"));
        EXPECT_TRUE(before.expired());
      });
}

}  // namespace
}  // namespace bifrost::exchange
