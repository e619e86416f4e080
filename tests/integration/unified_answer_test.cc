// What the gateway's own /v1 says about an answer beside the answer: `extra_fields` and headers.
#include "json/document.h"
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kExtra = ",\"extra_fields\":";

// The text without the member that /v1 adds, which has to be there.
std::string without_extra(std::string text) {
  const auto begin = text.find(kExtra);
  EXPECT_NE(begin, std::string::npos) << text;
  if (begin == std::string::npos) return text;
  const auto end = text.find('}', begin);
  return text.erase(begin, end + 1 - begin);
}

std::string extra_text(std::string_view data, std::string_view key) {
  const auto document = json::Document::parse(data);
  if (!document) return "not JSON";
  const json::Value value = document->root()["extra_fields"][key];
  return value.is_string() ? value.string_or("") : std::string(value.raw());
}

class UnifiedAnswerTest : public GatewayTest {
 protected:
  // The data of the events of a stream.
  std::vector<std::string> stream(std::string_view request) {
    Client client = connect();
    client.send_request("POST", unified().stream_path, {}, request);
    EXPECT_EQ(client.read_head().status, 200);
    std::vector<std::string> data;
    while (auto event = client.next_event()) data.push_back(std::move(event->data));
    return data;
  }
};

TEST_F(UnifiedAnswerTest, SaysWhoAnsweredInsideAWholeAnswer) {
  start();
  provider.push(unified().reply());
  const Response reply = ask();
  EXPECT_EQ(extra_text(reply.body, "provider"), "openai");
  EXPECT_EQ(extra_text(reply.body, "request_type"), "chat_completion");
  EXPECT_EQ(extra_text(reply.body, "original_model_requested"), "openai/gpt-test");
  EXPECT_EQ(extra_text(reply.body, "resolved_model_used"), "gpt-test");
  EXPECT_NE(extra_text(reply.body, "latency"), "");
  // Everything else is the provider's, byte for byte.
  EXPECT_EQ(without_extra(reply.body), unified().answer);
}

TEST_F(UnifiedAnswerTest, TakesWhiteSpaceBehindTheAnswerAsItIs) {
  start();
  const std::string answer = unified().answer + "\r\n  \n";
  provider.push(Script::json(200, answer));
  EXPECT_EQ(without_extra(ask().body), answer);
}

// Another gateway stands behind this one.
TEST_F(UnifiedAnswerTest, ReplacesTheExtraFieldsOfTheProvider) {
  start();
  std::string answer = unified().answer;
  answer.insert(1, R"("extra_fields":{"provider":"azure"},)");
  provider.push(Script::json(200, answer));
  const std::string body = ask().body;
  EXPECT_EQ(extra_text(body, "provider"), "openai");
  EXPECT_THAT(body, Not(HasSubstr("azure")));
}

TEST_F(UnifiedAnswerTest, SaysNothingOfItselfOnANativeRoute) {
  start();
  provider.push(openai().reply());
  EXPECT_EQ(ask(openai()).body, openai().answer);
  provider.push(openai().stream());
  EXPECT_EQ(ask_stream(openai()).body, openai().stream_text());
}

TEST_F(UnifiedAnswerTest, SaysWhoAnsweredAtTheBeginningAndTheEndOfAStream) {
  start();
  provider.push(unified().stream());
  const std::vector<std::string> data = stream(unified().stream_request);
  ASSERT_EQ(data.size(), 5U);
  EXPECT_EQ(extra_text(data[0], "provider"), "openai");
  EXPECT_EQ(extra_text(data[0], "chunk_index"), "0");
  EXPECT_EQ(extra_text(data[3], "provider"), "openai");
  EXPECT_EQ(extra_text(data[3], "chunk_index"), "3");
  EXPECT_NE(extra_text(data[3], "latency"), "");
  EXPECT_THAT(data[1] + data[2], Not(HasSubstr("extra_fields")));
  EXPECT_EQ(data[4], "[DONE]");
}

TEST_F(UnifiedAnswerTest, TheRestOfAStreamIsTheProvidersHoweverItIsCut) {
  start();
  const std::string text = unified().stream_text();
  for (std::size_t cut = 1; cut <= text.size(); ++cut) {
    provider.push(Script::events({text.substr(0, cut), text.substr(cut)}));
    ASSERT_EQ(without_extra(without_extra(ask_stream().body)), text) << cut;
  }
}

TEST_F(UnifiedAnswerTest, TheUsageChunkOfAStreamCarriesItToo) {
  start();
  std::vector<std::string> events = unified().events;
  const std::string usage =
      R"("choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5})";
  events.insert(events.end() - 1, sse_event(fmt::format(R"({{"id":"chatcmpl-7",{}}})", usage)));
  provider.push(Script::events(events));
  const auto shown = stream(unified_stream_request(R"("stream_options":{"include_usage":true})"));
  ASSERT_EQ(shown.size(), 6U);
  EXPECT_THAT(shown[4], HasSubstr(usage));
  EXPECT_EQ(extra_text(shown[4], "chunk_index"), "4");
  provider.push(Script::events(events));
  const auto hidden = stream(unified().stream_request);
  ASSERT_EQ(hidden.size(), 5U);
  EXPECT_EQ(extra_text(hidden[3], "provider"), "openai");
}

// It may be as long as a prompt.
TEST_F(UnifiedAnswerTest, TellsARawRequestInTheLastChunkOnly) {
  start({.providers = {{}, {.name = "anthropic", .url = "${second_url}"}},
         .client = R"("allow_per_request_raw_override": true)"});
  const auto chunks_with_it = [this](std::string_view model, std::string_view members) {
    Client client = connect();
    client.send_request("POST", unified().stream_path, {{"x-bf-send-back-raw-request", "true"}},
                        fmt::format(R"({{"model":"{}","stream":true,{}"messages":)"
                                    R"([{{"role":"user","content":"Hi"}}]}})",
                                    model, members));
    EXPECT_EQ(client.read_head().status, 200);
    std::string found;
    while (auto event = client.next_event()) {
      if (event->data != "[DONE]")
        found += extra_text(event->data, "raw_request").empty() ? '-' : 'R';
    }
    return found;
  };
  constexpr std::string_view kUsage = R"("stream_options":{"include_usage":true},)";
  provider.push(unified().stream());
  EXPECT_EQ(chunks_with_it("openai/gpt-test", ""), "---R");
  std::vector<std::string> events = unified().events;
  events.insert(events.end() - 1,
                sse_event(R"({"id":"c","choices":[],"usage":{"total_tokens":5}})"));
  provider.push(Script::events(events));
  EXPECT_EQ(chunks_with_it("openai/gpt-test", kUsage), "----R");
  for (const std::string_view members : {std::string_view(), kUsage}) {
    second.push(anthropic().stream());
    EXPECT_THAT(chunks_with_it("anthropic/claude-test", members), MatchesRegex("-+R"));
  }
}

TEST_F(UnifiedAnswerTest, ATranslatedStreamCarriesItInTheSameChunks) {
  start({.providers = {{.name = "anthropic"}}});
  provider.push(anthropic().stream());
  const auto data = stream(
      R"({"model":"anthropic/claude-test","stream":true,"messages":[{"role":"user","content":"Hi"}]})");
  ASSERT_GE(data.size(), 4U);
  const std::size_t last = data.size() - 2;
  EXPECT_EQ(data.back(), "[DONE]");
  EXPECT_EQ(extra_text(data[0], "provider"), "anthropic");
  EXPECT_EQ(extra_text(data[0], "chunk_index"), "0");
  EXPECT_EQ(extra_text(data[last], "provider"), "anthropic");
  EXPECT_EQ(extra_text(data[last], "chunk_index"), std::to_string(last));
  for (std::size_t i = 1; i < last; ++i) EXPECT_THAT(data[i], Not(HasSubstr("extra_fields")));
}

std::string claude_request(std::string_view members) {
  return fmt::format(
      R"({{"model":"anthropic/claude-test",{}"messages":[{{"role":"user","content":"Hi"}}]}})",
      members);
}

// What has no counterpart is no matter of `client.compat`.
TEST_F(UnifiedAnswerTest, NamesWhatATranslationLosesInAHeader) {
  start({.providers = {{.name = "anthropic"}}});
  provider.push(anthropic().reply());
  const Response reply = post(unified().path, claude_request(R"("seed":7,)"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-bifrost-dropped-fields"), "seed");
  EXPECT_EQ(extra_text(reply.body, "dropped_compat_plugin_params"), "");
}

TEST_F(UnifiedAnswerTest, CountsWhatIsTooMuchToBeNamed) {
  start({.providers = {{.name = "anthropic"}}});
  provider.push(anthropic().reply());
  std::string members;
  for (int i = 0; i < 100; ++i) members += fmt::format(R"("own_field_{}":1,)", i);
  const Response reply = post(unified().path, claude_request(members));
  const std::string_view named = reply.headers.get("x-bifrost-dropped-fields");
  EXPECT_THAT(named, StartsWith("own_field_0, own_field_1, "));
  EXPECT_THAT(named, EndsWith(", own_field_63, and 36 more"));
}

// A name is cut, so that the first of them always fits.
TEST_F(UnifiedAnswerTest, NamesNoMoreThanAHeaderHolds) {
  start({.providers = {{.name = "anthropic"}}});
  provider.push(anthropic().reply());
  std::string members;
  for (int i = 0; i < 20; ++i) {
    members += fmt::format(R"("{}{}":1,)", i, std::string(2000, 'x'));
  }
  const Response reply = post(unified().path, claude_request(members));
  const std::string_view named = reply.headers.get("x-bifrost-dropped-fields");
  EXPECT_THAT(named, StartsWith("0xxx"));
  EXPECT_THAT(named, EndsWith("more"));
  EXPECT_LT(named.size(), 2200U);
}

TEST_F(UnifiedAnswerTest, AsksForAsFewTokensAsTheCallerWants) {
  start();
  for (const std::string_view limit : {R"("max_tokens": 1)", R"("max_completion_tokens": 1)"}) {
    provider.push(unified().reply());
    EXPECT_EQ(post(unified().path, unified_request(limit)).status, 200);
    EXPECT_THAT(provider.requests().back().body, HasSubstr(limit));
  }
}

}  // namespace
}  // namespace bifrost::test
