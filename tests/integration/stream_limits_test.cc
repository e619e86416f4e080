// Streams that use more than was expected of them: what they hold grows, and where a limit has no
// more `client.on_limit_reached` says what becomes of them.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kLimit = 40;     // tokens, or microdollars
constexpr int kAtOnceMax = 5;  // on a busy machine

// What a stream of each dialect ends with when it has reached `max_tokens`.
std::string_view end_for_want_of_tokens(std::string_view dialect) {
  if (dialect == "Anthropic") return R"("stop_reason":"max_tokens")";
  if (dialect == "Gemini") return R"("finishReason":"MAX_TOKENS")";
  return R"("finish_reason":"length")";
}

class StreamLimitsTest : public GatewayTest {
 protected:
  // A key with a budget and a limit of tokens, and providers of all dialects.
  void start_with_limit(std::string_view client, std::string_view limits) {
    start({.providers = {{},
                         {.name = "anthropic", .url = "${provider_url}"},
                         {.name = "gemini", .url = "${provider_url}"}},
           .client = std::string(client),
           .governance = fmt::format(
               R"("virtual_keys": [{{"id": "vk-1", "name": "alice", "value": "sk-bf-alice",
                                     "allow_all_providers": true, {}}}],
                  "rate_limits": [{{"id": "r", "token_max_limit": {},
                                    "token_reset_duration": "1d"}}])",
               limits, kLimit)});
  }

  // The sample's answer, which goes on and on: an event each time the gate opens.
  static Script endless(const WireSample& sample, const Gate& next) {
    std::vector<std::string> events(
        sample.events.begin(),
        sample.events.begin() + static_cast<std::ptrdiff_t>(sample.first_content_at + 1));
    const std::string content = events.back();
    events.insert(events.end(), 1000, content);
    return Script::events(events, {.between = next});
  }

  // All that a caller of the sample's dialect reads of an endless stream.
  struct Read {
    std::string text;
    End end;
  };
  Read read_endless(const WireSample& caller, const WireSample& answers, std::string_view request) {
    Gate next;
    provider.push(endless(answers, next));
    Client client = connect();
    client.send_request("POST", caller.stream_path, {{"x-bf-vk", "sk-bf-alice"}}, request);
    next.open(answers.first_content_at + 1);
    Read out;
    EXPECT_EQ(client.read_head("POST").status, 200);
    while (const auto event = client.next_event()) {
      out.text += event->raw + "\n\n";
      next.open();
    }
    out.end = client.end();
    return out;
  }
  Response ask_as_alice() {
    return connect().request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
                             unified().request);
  }
  // What alice has used by the message of a refusal: "has used 41 of 40".
  static int used_by(std::string_view body) {
    constexpr std::string_view kBefore = "has used ";
    const auto at = body.find(kBefore);
    return at == std::string_view::npos ? -1 : std::atoi(body.data() + at + kBefore.size());
  }
};

class NativeStreamLimits : public StreamLimitsTest,
                           public testing::WithParamInterface<WireSample> {};

TEST_P(NativeStreamLimits, AStreamIsStoppedWhereItsLimitHasNoMore) {
  start_with_limit(R"("on_limit_reached": "stop")", R"("rate_limit_id": "r")");
  const auto read = read_endless(GetParam(), GetParam(), GetParam().stream_request);
  EXPECT_EQ(read.end, End::kComplete);
  EXPECT_THAT(read.text, HasSubstr(end_for_want_of_tokens(GetParam().name)));
  EXPECT_TRUE(provider.wait_for_abort()) << "nobody reads what comes after it";
  const Response refused = ask_as_alice();
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_GE(used_by(refused.body), kLimit);
  // Events of 3 that come in one read with the one that was too much have come.
  EXPECT_LE(used_by(refused.body), kLimit + 3 * kAtOnceMax) << "and no more";
  EXPECT_TRUE(metric_reaches("bifrost_streams_at_limit_total", 1, {{"outcome", "stopped"}}));
}

TEST_P(NativeStreamLimits, AnswersOfOtherDialectsAreStoppedToo) {
  start_with_limit(R"("on_limit_reached": "stop")", R"("rate_limit_id": "r")");
  const std::string model = GetParam().provider + "/" + GetParam().provider + "-test";
  const auto read = read_endless(
      unified(), GetParam(),
      fmt::format(R"({{"model": "{}", "stream": true, "stream_options": {{"include_usage": true}},
                       "messages": [{{"role": "user", "content": "Hi"}}]}})",
                  model));
  EXPECT_EQ(read.end, End::kComplete);
  EXPECT_THAT(read.text, HasSubstr(R"("finish_reason":"length")"));
  EXPECT_THAT(read.text, HasSubstr("\n\n: this answer ends here: token limit exceeded: virtual "
                                   "key alice"));
  EXPECT_THAT(read.text, HasSubstr(R"("usage":{"prompt_tokens":)"));
  EXPECT_TRUE(read.text.ends_with("data: [DONE]\n\n")) << read.text;
  EXPECT_TRUE(provider.wait_for_abort());
}

INSTANTIATE_TEST_SUITE_P(All, NativeStreamLimits, testing::ValuesIn(all_samples()),
                         [](const auto& info) { return info.param.name; });

TEST_F(StreamLimitsTest, ABudgetStopsAStreamToo) {
  start_with_limit(R"("on_limit_reached": "stop")",
                   R"("budgets": [{"max_limit": 0.00004, "reset_duration": "1d"}])");
  const auto read = read_endless(unified(), unified(),
                                 R"({"model": "openai/gpt-4o-mini", "stream": true,
                                     "messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(read.end, End::kComplete);
  EXPECT_THAT(read.text, HasSubstr(": this answer ends here: budget exceeded: virtual key alice"));
  EXPECT_THAT(read.text, HasSubstr(R"("finish_reason":"length")"));
  EXPECT_TRUE(provider.wait_for_abort());
  EXPECT_EQ(connect()
                .request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
                         R"({"model": "openai/gpt-4o-mini", "messages": []})")
                .status,
            402);
}

// Who reads slowly, or not at all, keeps no provider at work.
TEST_F(StreamLimitsTest, TheProviderIsToldBeforeTheCallerHasReadWhatCameLast) {
  start_with_limit(R"("on_limit_reached": "stop")", R"("rate_limit_id": "r")");
  std::vector<std::string> events = unified().events;
  const std::string large = sse_event(R"({"choices":[{"index":0,"delta":{"content":")" +
                                      std::string(12UZ * 1024 * 1024, 'x') + R"("}}]})");
  events.insert(events.begin() + 1, large);
  Gate rest;
  provider.push(Script::events(events, {.between = rest}));
  Client client = connect({.receive_buffer_bytes = 4096});
  client.send_request("POST", unified().stream_path, {{"x-bf-vk", "sk-bf-alice"}},
                      unified().stream_request);
  rest.open();
  EXPECT_TRUE(provider.wait_for_abort());
  EXPECT_EQ(client.read_head("POST").status, 200);
  std::string tail;
  while (const auto piece = client.read_piece()) tail = (tail + *piece).substr(tail.size() / 2);
  EXPECT_EQ(client.end(), End::kComplete);
  EXPECT_TRUE(tail.ends_with("data: [DONE]\n\n"));
}

// Half a sentence is of no use to whoever waits for it; what it costs more is counted.
TEST_F(StreamLimitsTest, ByDefaultAStreamComesToItsEnd) {
  start_with_limit({}, R"("rate_limit_id": "r")");
  std::vector<std::string> events = unified().events;
  events.insert(events.begin() + 1, 2 * kLimit, events[1]);
  provider.push(Script::events(events));
  const Response reply = connect().request("POST", unified().stream_path,
                                           {{"x-bf-vk", "sk-bf-alice"}}, unified().stream_request);
  EXPECT_EQ(reply.end, End::kComplete);
  EXPECT_THAT(reply.body, HasSubstr(R"("finish_reason":"stop")"));
  EXPECT_THAT(reply.body, Not(HasSubstr("this answer ends here")));
  EXPECT_EQ(ask_as_alice().status, 429);
  EXPECT_TRUE(metric_reaches("bifrost_streams_at_limit_total", 1, {{"outcome", "finished"}}));
}

// While it runs, others see what it uses: they do not get what it will need.
TEST_F(StreamLimitsTest, WhatAStreamHoldsGrowsWithIt) {
  start({.governance = R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-alice",
                                            "allow_all_providers": true, "rate_limit_id": "r"}],
                          "rate_limits": [{"id": "r", "token_max_limit": 700,
                                           "token_reset_duration": "1d"}])"});
  const auto ask_for = [&](int tokens) {
    return connect().request(
        "POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
        fmt::format(R"({{"model": "openai/gpt-test", "max_tokens": {}, "messages": []}})", tokens));
  };
  Gate next;
  provider.push(endless(unified(), next));
  Client client = connect();
  client.send_request("POST", unified().stream_path, {{"x-bf-vk", "sk-bf-alice"}},
                      R"({"model": "openai/gpt-test", "stream": true, "max_tokens": 20,
                          "messages": []})");
  next.open(2);
  EXPECT_EQ(client.read_head("POST").status, 200);
  provider.push(unified().reply());
  EXPECT_EQ(ask_for(550).status, 200) << "it holds what was expected of it";
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(client.next_event());
    next.open();
  }
  EXPECT_EQ(ask_for(550).status, 429);
}

// Two tokens of a thousand, time after time: the next one holds no thousand either.
TEST_F(StreamLimitsTest, WhatIsHeldIsWhatOthersLikeItUsed) {
  start({.governance = R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-alice",
                                            "allow_all_providers": true, "rate_limit_id": "r"}],
                          "rate_limits": [{"id": "r", "token_max_limit": 1500,
                                           "token_reset_duration": "1d"}])"});
  const std::string request = R"({"model": "openai/gpt-test", "max_tokens": 1000, "messages": [])";
  const auto ask = [&] {
    return connect()
        .request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}}, request + "}")
        .status;
  };
  Gate rest;
  const auto stream = [&] {
    provider.push(unified().held_stream(rest));
    Client client = connect();
    client.send_request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
                        request + R"(, "stream": true})");
    EXPECT_EQ(client.read_head("POST").status, 200);
    return client;
  };
  {
    Client running = stream();
    EXPECT_EQ(ask(), 429) << "nobody knows yet";
    rest.open();
    while (running.next_event()) continue;
  }
  for (int i = 0; i < 32; ++i) {
    provider.push(unified().reply());
    EXPECT_EQ(ask(), 200);
  }
  Client running = stream();
  provider.push(unified().reply());
  EXPECT_EQ(ask(), 200);
  rest.open();
}

}  // namespace
}  // namespace bifrost::test
