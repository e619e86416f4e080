#include "upstream/execute_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <thread>

namespace bifrost::upstream {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Sent = ScriptedTransport::Sent;

constexpr std::string_view kAnswer =
    R"({"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":)"
    R"({"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,)"
    R"("completion_tokens":1,"total_tokens":2}})";
constexpr std::string_view kFirst =
    "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
    "\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";

ScriptedReply good() { return ScriptedReply::json(200, std::string(kAnswer)); }
ScriptedReply failing(int status, http::Headers headers = {}) {
  ScriptedReply reply = ScriptedReply::json(status, R"({"error":{"message":"no"}})");
  for (const http::Header header : headers) reply.headers.add(header.name, header.value);
  return reply;
}

provider::NetworkSettings retrying(std::int64_t retries) {
  provider::NetworkSettings network;
  network.max_retries = retries;
  network.retry_backoff_initial = 1s;
  network.retry_backoff_max = 60s;
  return network;
}

TEST_F(ExecuteTest, OneGoodAnswerIsOneCall) {
  configure({{.name = "openai"}});
  ScriptedTransport transport([](const Sent&) { return good(); });
  PassingCall call(false);
  const auto targets = plan("openai/m");
  const auto served = run(transport, targets, call);
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->answer->body, kAnswer);
  EXPECT_EQ(served->model, "m");
  EXPECT_EQ(served->key_name, "main");
  EXPECT_TRUE(served->same_dialect);
  ASSERT_EQ(transport.sent().size(), 1U);
  EXPECT_EQ(transport.sent()[0].headers.get("authorization"), "Bearer sk-main");
  EXPECT_EQ(attempts_.notes.size(), 1U);
}

TEST_F(ExecuteTest, PausesLongerBeforeEachRepetition) {
  configure({{.name = "openai", .network = retrying(3)}});
  ScriptedTransport transport([](const Sent&) { return failing(500); });
  PassingCall call(false);
  const auto targets = plan("openai/m");
  const auto served = run(transport, targets, call);
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().code, ErrorCode::kUpstreamServerError);
  ASSERT_EQ(transport.sent().size(), 4U);
  for (std::size_t i = 1; i < 4; ++i) {
    const auto pause = transport.sent()[i].at - transport.sent()[i - 1].at;
    const auto usual = 1000ms * (1 << (i - 1));
    EXPECT_GE(pause, usual * 8 / 10) << i;
    EXPECT_LE(pause, usual * 12 / 10 + 1ms) << i;
  }
  EXPECT_EQ(attempts_.notes.back().retry, 3);
}

TEST_F(ExecuteTest, WaitsAsLongAsTheProviderAsks) {
  configure({{.name = "openai", .network = retrying(1)}});
  int calls = 0;
  ScriptedTransport transport(
      [&](const Sent&) { return calls++ == 0 ? failing(429, {{"retry-after", "20"}}) : good(); });
  PassingCall call(false);
  const auto targets = plan("openai/m");
  ASSERT_TRUE(run(transport, targets, call));
  EXPECT_GE(transport.sent()[1].at - transport.sent()[0].at, 20s);
}

TEST_F(ExecuteTest, ARefusedKeyIsReplacedAtOnce) {
  configure({{.name = "openai",
              .keys = {simulated_key("bad", 1), simulated_key("good", 0)},
              .network = retrying(1)}});
  ScriptedTransport transport([](const Sent& sent) {
    return sent.headers.get("authorization") == "Bearer sk-bad" ? failing(401) : good();
  });
  PassingCall call(false);
  const auto targets = plan("openai/m");
  const auto served = run(transport, targets, call);
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->key_name, "good");
  EXPECT_EQ(transport.sent()[1].at, transport.sent()[0].at) << "a dead key is not waited for";
  EXPECT_TRUE(attempts_.notes[0].rotated);
}

TEST_F(ExecuteTest, TheFallbackAnswersAndTheFirstErrorIsTold) {
  configure({{.name = "openai"}, {.name = "groq"}});
  bool fallback_works = true;
  ScriptedTransport transport([&](const Sent& sent) {
    return sent.host == "api.groq.com" ? (fallback_works ? good() : failing(503)) : failing(500);
  });
  PassingCall call(false);
  const auto targets = plan("openai/m", {"groq/m"});
  const auto served = run(transport, targets, call);
  ASSERT_TRUE(served);
  EXPECT_EQ(served->target->endpoint->name, "groq");
  EXPECT_EQ(served->fallback_index, 1U);
  fallback_works = false;
  const auto failed = run(transport, targets, call);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kUpstreamServerError) << "that of the first target";
}

// What no provider is asked for in these tests otherwise: it has no stream, and no codec.
class CountingCall final : public Call {
 public:
  [[nodiscard]] llm::RequestType type() const override { return {llm::Operation::kCountTokens}; }
  [[nodiscard]] const dialect::Dialect& inbound() const override {
    return *dialect::find("openai_chat");
  }
  [[nodiscard]] std::string path(const provider::Side& /*side*/,
                                 std::string_view model) const override {
    return "/v1/count/" + std::string(model);
  }
  Result<dialect::EncodedRequest> encode(const provider::Side& /*side*/,
                                         std::string_view /*model*/) override {
    ++encoded;
    return dialect::EncodedRequest{.body = "{}", .headers = {}, .dropped = {}};
  }
  Result<dialect::TapState> judge(const provider::Side& /*side*/,
                                  std::string_view /*body*/) override {
    return dialect::TapState{};
  }
  int encoded = 0;
};

std::vector<provider::ProviderSpec> rows_with_a_counter() {
  provider::ProviderSpec row = *provider::find("groq");
  row.name = "counter";
  row.base_url = "https://counter.example/api";
  row.sides[0].offers = row.sides[0].offers.with({llm::Operation::kCountTokens});
  return {*provider::find("openai"), row};
}

TEST_F(ExecuteTest, AnOperationGoesOnlyWhereItIsOffered) {
  const auto rows = rows_with_a_counter();
  configure({{.name = "openai"}, {.name = "counter"}}, rows);
  ScriptedTransport transport([](const Sent&) { return good(); });
  CountingCall call;
  const auto targets = plan("openai/m", {"counter/m"});
  const auto served = run(transport, targets, call);
  ASSERT_TRUE(served);
  EXPECT_EQ(served->target->endpoint->name, "counter");
  EXPECT_EQ(call.encoded, 1) << "it was not even written for the other one";
  ASSERT_EQ(transport.sent().size(), 1U);
  EXPECT_EQ(transport.sent()[0].target, "/api/v1/count/m") << "the path is the call's";

  const auto refused = run(transport, plan("openai/m"), call);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "provider openai does not offer count_tokens, or its configuration does not allow it");
  EXPECT_EQ(transport.sent().size(), 1U);
}

// ---------------------------------------------------------------------------------------------
// Long texts

// Where it was worked on.
class PlacedCall final : public Call {
 public:
  [[nodiscard]] llm::RequestType type() const override { return call_.type(); }
  [[nodiscard]] const dialect::Dialect& inbound() const override { return call_.inbound(); }
  [[nodiscard]] std::string path(const provider::Side& side,
                                 std::string_view model) const override {
    return call_.path(side, model);
  }
  Result<dialect::EncodedRequest> encode(const provider::Side& side,
                                         std::string_view model) override {
    encoded = std::this_thread::get_id();
    return call_.encode(side, model);
  }
  Result<dialect::TapState> judge(const provider::Side& side, std::string_view body) override {
    judged = std::this_thread::get_id();
    return call_.judge(side, body);
  }

  std::thread::id encoded;
  std::thread::id judged;

 private:
  PassingCall call_{false};
};

TEST_F(ExecuteTest, LongTextsAreWorkedOnBesideTheLoop) {
  configure({{.name = "openai"}});
  const auto targets = plan("openai/m");
  net::BlockingPool pool({.name = "test"});
  const HeavyWork heavy{&pool};
  const std::thread::id here = std::this_thread::get_id();
  const std::string padding(HeavyWork::kTextBytes, ' ');

  ScriptedTransport brief([](const Sent&) { return good(); });
  PlacedCall call;
  ASSERT_TRUE(run_with(heavy, HeavyWork::kTextBytes, brief, targets, call));
  EXPECT_EQ(call.encoded, here);
  EXPECT_EQ(call.judged, here);

  ScriptedTransport lengthy(
      [&](const Sent&) { return ScriptedReply::json(200, std::string(kAnswer) + padding); });
  const auto served = run_with(heavy, HeavyWork::kTextBytes + 1, lengthy, targets, call);
  ASSERT_TRUE(served);
  EXPECT_NE(call.encoded, here);
  EXPECT_NE(call.judged, here);
  EXPECT_EQ(served->answer->body, std::string(kAnswer) + padding);
}

// ---------------------------------------------------------------------------------------------
// What a request may cost

TEST_F(ExecuteTest, ARequestHasOneBudgetOfAttempts) {
  configure({{.name = "openai", .network = retrying(9)}, {.name = "groq", .network = retrying(9)}});
  terms_.settings.max_attempts_per_request = 5;
  ScriptedTransport transport([](const Sent&) { return failing(500); });
  PassingCall call(false);
  const auto targets = plan("openai/m", {"groq/m"});
  const auto failed = run(transport, targets, call);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message,
              HasSubstr("(not retried: client.retry_budget.max_attempts_per_request is 5)"))
      << "the fallback has still been asked";
  EXPECT_FALSE(failed.error().repeat_unwanted);
  ASSERT_EQ(transport.sent().size(), 5U);
  EXPECT_EQ(transport.sent()[3].host, "api.openai.com");
  EXPECT_EQ(transport.sent()[4].host, "api.groq.com") << "one is left for each fallback";
  EXPECT_EQ(attempts_.notes[3].denied, record::Budget::kAttempts);
}

TEST_F(ExecuteTest, SaysThatNothingFollowsWhereNothingDoes) {
  configure({{.name = "openai", .network = retrying(9)}});
  terms_.settings.max_attempts_per_request = 2;
  ScriptedTransport transport([](const Sent&) { return failing(500); });
  PassingCall call(false);
  const auto targets = plan("openai/m");
  const auto failed = run(transport, targets, call);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message,
              HasSubstr("(no further attempt: client.retry_budget.max_attempts_per_request is 2)"));
}

TEST_F(ExecuteTest, MoreTargetsThanAttemptsAreNotAllAsked) {
  configure({{.name = "openai"}, {.name = "groq"}, {.name = "cerebras"}});
  terms_.settings.max_attempts_per_request = 2;
  ScriptedTransport transport([](const Sent&) { return failing(500); });
  PassingCall call(false);
  const auto targets = plan("openai/m", {"groq/m", "cerebras/m"});
  ASSERT_FALSE(run(transport, targets, call));
  EXPECT_EQ(transport.sent().size(), 2U);
  EXPECT_EQ(attempts_.notes[0].denied, std::nullopt);
  EXPECT_EQ(attempts_.notes[1].denied, record::Budget::kAttempts);
}

TEST_F(ExecuteTest, ARequestHasOneBudgetOfTime) {
  configure({{.name = "openai", .network = retrying(9)}, {.name = "groq"}});
  terms_.settings.max_time_per_request = 10s;
  ScriptedTransport transport([](const Sent&) {
    ScriptedReply reply = failing(500);
    reply.head_after = 6s;
    return reply;
  });
  PassingCall call(false);
  const auto targets = plan("openai/m", {"groq/m"});
  const SteadyTime began = clock_.now();
  ASSERT_FALSE(run(transport, targets, call));
  EXPECT_EQ(transport.sent().size(), 2U) << "what has begun by then may end";
  EXPECT_LT(clock_.now() - began, 14s);
  EXPECT_EQ(attempts_.notes.back().denied, record::Budget::kTime);
}

TEST_F(ExecuteTest, RetriesArePaidForByTrafficOfTheKeyAndOfTheCaller) {
  configure({{.name = "openai", .network = retrying(3)}, {.name = "groq", .network = retrying(3)}});
  RetryBudgets budgets;
  terms_ = {.settings = {.retry_percent = 0, .retry_floor = 3},
            .budgets = &budgets,
            .caller = "somebody"};
  ScriptedTransport transport([](const Sent&) { return failing(503); });
  PassingCall call(false);
  const auto openai = plan("openai/m");
  const auto groq = plan("groq/m");
  ASSERT_FALSE(run(transport, openai, call));
  EXPECT_EQ(attempts_.notes.size(), 4U);
  const auto denied = run(transport, groq, call);
  ASSERT_FALSE(denied);
  EXPECT_EQ(attempts_.notes.back().denied, record::Budget::kCaller) << "he has had his three";
  EXPECT_TRUE(denied.error().repeat_unwanted);
  EXPECT_EQ(denied.error().code, ErrorCode::kUpstreamOverloaded) << "it is still the provider's";
  EXPECT_THAT(denied.error().message, HasSubstr("the retry budget of the caller is spent"));
  terms_.caller = "somebody else";
  ASSERT_FALSE(run(transport, openai, call));
  EXPECT_EQ(attempts_.notes.back().denied, record::Budget::kKey);
}

TEST_F(ExecuteTest, ARefusedKeyIsReplacedWhateverTheBudgets) {
  configure({{.name = "openai",
              .keys = {simulated_key("bad", 1e9), simulated_key("good", 1)},
              .network = retrying(1)}});
  RetryBudgets budgets;
  terms_ = {.settings = {.retry_percent = 0, .retry_floor = 0}, .budgets = &budgets};
  int status = 401;
  ScriptedTransport transport([&](const Sent& sent) {
    return sent.headers.get("authorization") == "Bearer sk-bad" ? failing(status) : good();
  });
  PassingCall call(false);
  const auto targets = plan("openai/m");
  EXPECT_TRUE(run(transport, targets, call));
  status = 429;
  EXPECT_TRUE(run(transport, targets, call)) << "nor is the move to a key that is well a retry";
  status = 500;
  EXPECT_FALSE(run(transport, targets, call)) << "the same key again is one";
}

TEST_F(ExecuteTest, ACallersOwnRetriesAreCounted) {
  configure({{.name = "openai", .network = retrying(1)}});
  RetryBudgets budgets;
  terms_ = {.settings = {.retry_percent = 0, .retry_floor = 2},
            .budgets = &budgets,
            .caller = "sdk",
            .repeats = true};
  ScriptedTransport transport([](const Sent&) { return failing(503); });
  PassingCall call(false);
  const auto targets = plan("openai/m");
  ASSERT_FALSE(run(transport, targets, call));
  EXPECT_EQ(attempts_.notes.size(), 2U);
  ASSERT_FALSE(run(transport, targets, call));
  EXPECT_EQ(attempts_.notes.size(), 3U);
  EXPECT_EQ(attempts_.notes.back().denied, record::Budget::kCaller);
}

// ---------------------------------------------------------------------------------------------
// Every phase has its limit, in virtual time.

struct Silence {
  std::string_view name;
  ScriptedReply reply;
  bool stream;
  ErrorCode code;
  std::chrono::seconds after;
};

TEST_F(ExecuteTest, EachPhaseHasItsOwnLimitAndItsOwnError) {
  provider::NetworkSettings network = retrying(0);
  network.request_timeout = 30s;
  network.first_token_timeout = 40s;
  network.stream_idle_timeout = 50s;
  const Silence cases[] = {
      {"no head", {.head_after = 10h}, false, ErrorCode::kUpstreamHeaderTimeout, 30s},
      {"no body",
       {.pieces = {{10h, std::string(kAnswer)}}},
       false,
       ErrorCode::kUpstreamIdleTimeout,
       50s},
      {"no first event", ScriptedReply::events({{10h, std::string(kFirst)}}), true,
       ErrorCode::kUpstreamFirstTokenTimeout, 40s},
      {"comments are no token",
       ScriptedReply::events({{1s, ": wait\n\n"}, {10h, std::string(kFirst)}}), true,
       ErrorCode::kUpstreamFirstTokenTimeout, 40s},
  };
  configure({{.name = "openai", .network = network}});
  const auto targets = plan("openai/m");
  for (const Silence& each : cases) {
    SCOPED_TRACE(each.name);
    attempts_.notes.clear();
    ScriptedTransport transport([&](const Sent&) { return each.reply; });
    PassingCall call(each.stream);
    const SteadyTime began = clock_.now();
    const auto served = run(transport, targets, call);
    ASSERT_FALSE(served);
    EXPECT_EQ(served.error().code, each.code) << served.error().message;
    EXPECT_EQ(clock_.now() - began, each.after);
    ASSERT_EQ(attempts_.notes.size(), 1U);
    EXPECT_EQ(attempts_.notes[0].taken, each.after);
    EXPECT_EQ(transport.open(), 0U) << "the call was given up";
  }
}

TEST_F(ExecuteTest, TheTotalLimitHoldsWhateverTheProviderSends) {
  provider::NetworkSettings network = retrying(0);
  network.total_timeout = 5s;
  configure({{.name = "openai", .network = network}});
  ScriptedTransport transport([](const Sent&) {
    ScriptedReply reply = good();
    reply.pieces.clear();
    for (int i = 0; i < 60; ++i) reply.pieces.push_back({.after = 1s, .bytes = " "});
    return reply;
  });
  PassingCall call(false);
  const auto targets = plan("openai/m");
  const SteadyTime began = clock_.now();
  const auto served = run(transport, targets, call);
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().code, ErrorCode::kUpstreamTotalTimeout);
  EXPECT_EQ(clock_.now() - began, 5s);
}

TEST_F(ExecuteTest, ACallerWhoLeavesEndsEveryPhase) {
  const ScriptedReply slow[] = {
      {.head_after = 10h},
      {.pieces = {{10h, std::string(kAnswer)}}},
      failing(500),  // and then a pause
  };
  provider::NetworkSettings network = retrying(5);
  network.request_timeout = 24h;
  network.stream_idle_timeout = 24h;
  network.retry_backoff_initial = 1h;
  network.retry_backoff_max = 1h;
  terms_.settings.max_time_per_request = 24h;
  configure({{.name = "openai", .network = network}});
  const auto targets = plan("openai/m");
  for (const ScriptedReply& reply : slow) {
    ScriptedTransport transport([&](const Sent&) { return reply; });
    PassingCall call(false);
    const SteadyTime began = clock_.now();
    const auto served = run(transport, targets, call, 3s);
    ASSERT_FALSE(served);
    EXPECT_EQ(served.error().code, ErrorCode::kClientGone);
    EXPECT_EQ(clock_.now() - began, 3s);
    EXPECT_EQ(transport.open(), 0U);
    EXPECT_EQ(gates_.all().front().second->in_flight(), 0U);
  }
}

// ---------------------------------------------------------------------------------------------
// Streams

TEST_F(ExecuteTest, AStreamCountsWithItsFirstContentAndKeepsItsPlace) {
  configure({{.name = "openai"}});
  ScriptedTransport transport([](const Sent&) {
    return ScriptedReply::events({{1s, ": hello\n\n"}, {2s, std::string(kFirst)}, {1h, "rest"}});
  });
  PassingCall call(true);
  const auto targets = plan("openai/m");
  auto served = run(transport, targets, call);
  ASSERT_TRUE(served) << served.error().message;
  ASSERT_NE(served->answer->stream, nullptr);
  EXPECT_EQ(served->answer->first_content_after, 3s);
  EXPECT_EQ(gates_.all().front().second->in_flight(), 1U);
  served->answer->stream->close();
  EXPECT_EQ(gates_.all().front().second->in_flight(), 0U);
  EXPECT_EQ(transport.open(), 0U);
}

TEST_F(ExecuteTest, AStreamThatEndsBeforeItsFirstEventIsTriedAgain) {
  configure({{.name = "openai", .network = retrying(1)}});
  int calls = 0;
  ScriptedTransport transport([&](const Sent&) {
    return calls++ == 0 ? ScriptedReply::events({{0s, ": hello\n\n"}})
                        : ScriptedReply::events({{0s, std::string(kFirst)}});
  });
  PassingCall call(true);
  const auto targets = plan("openai/m");
  EXPECT_TRUE(run(transport, targets, call));
  EXPECT_EQ(attempts_.notes.at(0).error, ErrorCode::kUpstreamCutShort);
  EXPECT_EQ(transport.sent().size(), 2U);
}

TEST_F(ExecuteTest, ARequestForAStreamIsNotAnsweredByAWholeBody) {
  configure({{.name = "openai"}});
  ScriptedTransport transport([](const Sent&) { return good(); });
  PassingCall call(true);
  const auto targets = plan("openai/m");
  const auto served = run(transport, targets, call);
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().code, ErrorCode::kUpstreamProtocol);
}

TEST_F(ExecuteTest, ABrokenConnectionIsTriedAgain) {
  configure({{.name = "openai", .network = retrying(1)}});
  int calls = 0;
  ScriptedTransport transport([&](const Sent&) {
    ScriptedReply reply = good();
    if (calls++ == 0) {
      reply.pieces = {{.bytes = "{\"id\""}};
      reply.broken = upstream_error(ErrorCode::kUpstreamConnect, Retry::kSameTarget, "reset");
    }
    return reply;
  });
  PassingCall call(false);
  const auto targets = plan("openai/m");
  EXPECT_TRUE(run(transport, targets, call));
  EXPECT_EQ(call.encoded, 2) << "each attempt is encoded anew, for it may have another key";
}

}  // namespace
}  // namespace bifrost::upstream
