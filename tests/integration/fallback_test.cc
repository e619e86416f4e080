// Which failures are answered by somebody else, and which the caller gets to see.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <ostream>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class FallbackTest : public GatewayTest {
 protected:
  Response ask_both() { return post("/v1/chat/completions", unified_request(kFallback)); }
  Response stream_both() { return post("/v1/chat/completions", unified_stream_request(kFallback)); }
  void expect_second(const Response& reply) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "anthropic");
    EXPECT_EQ(reply.headers.get("x-bifrost-fallback-index"), "1");
    EXPECT_EQ(second.request_count(), 1U);
  }
};

struct FirstFailure {
  std::string name;
  Script script;
};

void PrintTo(const FirstFailure& value, std::ostream* out) { *out << value.name; }

std::vector<FirstFailure> first_failures() {
  std::vector<FirstFailure> all = {
      {"Reset", Script::nothing(Ending::kReset)},
      {"Html", Script::reply(200, {{"content-type", "text/html"}}, "<html></html>")},
      {"ErrorInsideA200", Script::json(200, openai_error("overloaded"))},
      {"CutBody", unified().reply().with_length(100'000)},
  };
  for (const int status : {400, 401, 404, 429, 500, 503}) {
    all.push_back({fmt::format("Status{}", status), Script::json(status, openai_error("no"))});
  }
  return all;
}

class FirstFailureTest : public FallbackTest, public testing::WithParamInterface<FirstFailure> {};
INSTANTIATE_TEST_SUITE_P(Kinds, FirstFailureTest, testing::ValuesIn(first_failures()),
                         [](const auto& test) { return test.param.name; });

TEST_P(FirstFailureTest, IsAnsweredByTheFallback) {
  start_with_fallback();
  provider.push(GetParam().script);
  second.push(anthropic().reply());
  const Response reply = ask_both();
  expect_second(reply);
  EXPECT_EQ(json_text(reply.body, "content"), "Hello");  // in the caller's dialect
  EXPECT_EQ(provider.request_count(), 1U);
}

TEST_P(FirstFailureTest, IsAnsweredByTheFallbackAsAStream) {
  start_with_fallback();
  provider.push(GetParam().script);
  second.push(anthropic().stream());
  const Response reply = stream_both();
  expect_second(reply);
  EXPECT_THAT(reply.body, HasSubstr("chat.completion.chunk"));
  EXPECT_THAT(reply.body, testing::EndsWith("data: [DONE]\n\n"));
}

// Passed on or translated: what the provider said is judged before the caller gets to see it.
TEST_F(FallbackTest, WhatIsNoAnswerInItsDialectIsAFailure) {
  start_with_fallback();
  const std::string request =
      R"({"model": "anthropic/claude-test", "fallbacks": ["openai/gpt-test"], "max_tokens": 9, )"
      R"("messages": [{"role": "user", "content": "Hi"}]})";
  std::size_t asked = 0;
  for (const std::string_view path : {"/v1/chat/completions", "/anthropic/v1/messages"}) {
    for (const std::string_view body : {"<html></html>", "[]", "{}", R"({"type": "message"})"}) {
      second.push(Script::json(200, std::string(body)));
      provider.push(unified().reply());
      const Response reply = post(path, request);
      EXPECT_EQ(reply.status, 200) << path << body;
      EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "openai") << path << body;
      EXPECT_THAT(reply.body, HasSubstr("Hello"));
      EXPECT_EQ(provider.request_count(), ++asked);
    }
  }
}

TEST_F(FallbackTest, AnErrorAsTheFirstEventIsAFailure) {
  start_with_fallback();
  const std::string error = sse_event(openai_error("The engine is overloaded"));
  const std::vector<std::string> streams[] = {
      {error}, {": hello\n\n", error}, {unified().events[0], error}};
  for (const std::vector<std::string>& events : streams) {
    provider.push(Script::events(events));
    second.push(anthropic().stream());
    const Response reply = stream_both();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "anthropic");
    EXPECT_THAT(reply.body, Not(HasSubstr("overloaded")));
  }
}

TEST_F(FallbackTest, AnErrorAsTheFirstEventHasAStatusWithoutFallbacks) {
  start();
  provider.push(Script::events({sse_event(openai_error("slow down", "rate_limit_error"))}));
  const Response reply = ask_stream();
  EXPECT_EQ(reply.status, 429);
  EXPECT_THAT(reply.headers.get("content-type"), StartsWith("application/json"));
  EXPECT_EQ(json_text(reply.body, "message"), "slow down");
}

TEST_F(FallbackTest, NothingIsRepeatedOnceTheCallerHasOutput) {
  start_with_fallback(R"("max_retries": 5, "retry_backoff_initial": 100)");
  Script begun;
  begun.head(200, {{"content-type", "text/event-stream"}, {"transfer-encoding", "chunked"}})
      .chunk(unified().events[0])
      .chunk(unified().events[1]);
  std::size_t asked = 0;
  for (const Script& end : {Script().chunk(sse_event(openai_error("broke"))).chunk(""),
                            Script::nothing(Ending::kCut), Script::nothing(Ending::kReset)}) {
    Gate seen;
    provider.push(Script(begun).wait(seen).then(end));
    Client client = connect();
    client.send_request("POST", unified().path, {}, unified_stream_request(kFallback));
    EXPECT_EQ(client.read_head().status, 200);
    EXPECT_TRUE(client.next_event().has_value());
    EXPECT_THAT(client.next_event().value().data, HasSubstr("Hel"));
    seen.open();
    EXPECT_THAT(client.next_event().value().data, HasSubstr("\"error\""));
    EXPECT_FALSE(client.next_event().has_value());
    EXPECT_EQ(client.end(), End::kComplete);
    EXPECT_EQ(provider.request_count(), ++asked);
  }
  EXPECT_EQ(second.request_count(), 0U);
}

TEST_F(FallbackTest, ThePrimarysErrorCountsWhenAllFail) {
  start_with_fallback();
  provider.push(Script::json(503, openai_error("the first one's", "overloaded_error")));
  second.push(Script::json(400, R"({"type":"error","error":{"type":"invalid_request_error",)"
                                R"("message":"the second one's"}})"));
  const Response reply = ask_both();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(json_text(reply.body, "message"), "the first one's");
  EXPECT_EQ(second.request_count(), 1U);
}

TEST_F(FallbackTest, EachTargetHasItsOwnRetries) {
  start({.providers = {{.network = R"("max_retries": 1, "retry_backoff_initial": 100)"},
                       {.name = "anthropic",
                        .url = "${second_url}",
                        .network = R"("max_retries": 2, "retry_backoff_initial": 100)"}}});
  provider.handle([](const ReceivedRequest&) { return Script::json(500, openai_error("x")); });
  second.handle([](const ReceivedRequest&) { return Script::json(529, "{}"); });
  EXPECT_EQ(ask_both().status, 500);
  EXPECT_EQ(provider.request_count(), 2U);
  EXPECT_EQ(second.request_count(), 3U);
}

TEST_F(FallbackTest, AreAskedInTheirOrder) {
  start_with_fallback();
  provider.push(Script::json(500, openai_error("x")));
  provider.push(unified().reply());
  second.push(Script::json(529, "{}"));
  const Response reply =
      post("/v1/chat/completions", unified_request(R"("fallbacks": ["anthropic/claude-test",
                              {"provider": "openai", "model": "gpt-other"}])"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-bifrost-fallback-index"), "2");
  EXPECT_EQ(json_text(provider.requests()[1].body, "model"), "gpt-other");
}

TEST_F(FallbackTest, AreNotSentToTheProvider) {
  start_with_fallback();
  provider.push(unified().reply());
  EXPECT_EQ(ask_both().status, 200);
  EXPECT_THAT(provider.requests()[0].body, Not(HasSubstr("fallbacks")));
}

TEST_F(FallbackTest, StandInForAProviderThatIsNotConfigured) {
  start_with_fallback();
  second.push(anthropic().reply());
  const Response reply =
      post("/v1/chat/completions",
           R"({"model": "groq/llama", "messages": [{"role": "user", "content": "Hi"}],)"
           R"( "fallbacks": ["anthropic/claude-test"]})");
  expect_second(reply);
}

TEST_F(FallbackTest, ARequestThatIsWrongIsNobodysTurn) {
  start_with_fallback();
  for (const std::string_view body :
       {"", "{", "[]", R"({"model": 7, "fallbacks": ["anthropic/claude-test"]})",
        R"({"messages": [], "fallbacks": ["anthropic/claude-test"]})",
        R"({"model": "openai/gpt-test", "fallbacks": [7]})"}) {
    const Response reply = post("/v1/chat/completions", body);
    EXPECT_EQ(reply.status, 400) << body;
  }
  EXPECT_THAT(provider.requests(), IsEmpty());
  EXPECT_THAT(second.requests(), IsEmpty());
}

}  // namespace
}  // namespace bifrost::test
