#include "operation/chat_call.h"

#include "json/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bifrost::operation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kRequest = R"({"model":"m","messages":[{"role":"user","content":"?"}]})";

// A call of a caller who speaks `inbound`, with a provider who speaks `outbound`.
class Translation {
 public:
  Translation(std::string_view inbound, std::string_view outbound)
      : body_(kRequest),
        inbound_(*dialect::find(inbound)),
        spec_{.dialect = dialect::find(outbound)} {
    json::reserve_padding(body_);
    side_.spec = &spec_;
  }

  std::string whole(std::string_view answer) {
    const auto judged = call_.judge(side_, answer);
    EXPECT_TRUE(judged) << judged.error().message;
    return call_.translated_body({.model = "m", .fallback_id = "id"});
  }

  std::string streamed(std::string_view bytes) {
    const auto translator = call_.make_translator(side_, {.model = "m", .fallback_id = "id"});
    std::string out(translator->feed(bytes));
    out += translator->finish();
    return out;
  }

  // As far as it has come, and ended there.
  std::string stopped(std::string_view bytes) {
    const auto translator =
        call_.make_translator(side_, {.model = "m", .fallback_id = "id", .include_usage = true});
    std::string out(translator->feed(bytes));
    out += translator->stop({.usage = {.input = 7, .output = 3, .known = true}});
    EXPECT_EQ(translator->stop({}), "") << "it has been";
    EXPECT_EQ(translator->state().finish, llm::FinishReason::kLength);
    return out;
  }

 private:
  std::string body_;
  const dialect::Dialect& inbound_;
  dialect::RequestInput input_{.body = body_};
  dialect::RequestFacts facts_;
  provider::SideSpec spec_;
  provider::Side side_;
  ChatCall call_{inbound_, input_, facts_, {}};
};

// A call that Gemini could not read: there is none in the answer.
constexpr std::string_view kMalformed =
    R"({"candidates":[{"content":{"role":"model","parts":[{"text":"Let me see"}]},)"
    R"("finishReason":"MALFORMED_FUNCTION_CALL"}]})";

TEST(ChatCall, AToolFinishNeedsACall) {
  const std::string stream = "data: " + std::string(kMalformed) + "\r\n\r\n";
  EXPECT_THAT(Translation("openai_chat", "gemini").whole(kMalformed),
              HasSubstr(R"("finish_reason":"stop")"));
  EXPECT_THAT(Translation("openai_chat", "gemini").streamed(stream),
              HasSubstr(R"("finish_reason":"stop")"));
  EXPECT_THAT(Translation("anthropic", "gemini").whole(kMalformed),
              HasSubstr(R"("stop_reason":"end_turn")"));
  EXPECT_THAT(Translation("anthropic", "gemini").streamed(stream), Not(HasSubstr("tool_use")));
}

TEST(ChatCall, NoPairSaysToolCallsWithoutOne) {
  constexpr std::string_view kOpenAi =
      R"({"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"Hm"},)"
      R"("finish_reason":"tool_calls"}]})";
  constexpr std::string_view kAnthropic =
      R"({"id":"1","type":"message","role":"assistant","content":[{"type":"text","text":"Hm"}],)"
      R"("stop_reason":"tool_use"})";
  EXPECT_THAT(Translation("anthropic", "openai_chat").whole(kOpenAi), Not(HasSubstr("tool_use")));
  EXPECT_THAT(Translation("openai_chat", "anthropic").whole(kAnthropic),
              Not(HasSubstr("tool_calls")));
}

TEST(ChatCall, ACallThatIsThereIsToldAsOne) {
  constexpr std::string_view kCalls =
      R"({"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"f",)"
      R"("args":{}}}]},"finishReason":"STOP"}]})";
  EXPECT_THAT(Translation("openai_chat", "gemini").whole(kCalls),
              HasSubstr(R"("finish_reason":"tool_calls")"));
  EXPECT_THAT(
      Translation("openai_chat", "gemini").streamed("data: " + std::string(kCalls) + "\n\n"),
      HasSubstr(R"("finish_reason":"tool_calls")"));
}

// -- an answer that is ended before its provider does

constexpr std::pair<std::string_view, std::string_view> kRunning[] = {
    {"openai_chat", R"(data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hello"}}]})"
                    "\n\n"},
    {"anthropic",
     R"(data: {"type":"message_start","message":{"id":"1","usage":{"input_tokens":7}}})"
     "\n\n"
     R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use",)"
     R"("id":"c","name":"f","input":{}}})"
     "\n\n"
     R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta",)"
     R"("partial_json":"{\"a"}})"
     "\n\n"},
    {"gemini", R"(data: {"candidates":[{"content":{"parts":[{"text":"Hello"}]}}]})"
               "\n\n"}};

TEST(ChatCall, AStoppedStreamIsWholeInEveryDialect) {
  for (const auto& [outbound, bytes] : kRunning) {
    for (const dialect::Dialect* inbound : dialect::all()) {
      if (inbound->chat == nullptr) continue;
      SCOPED_TRACE(std::string(outbound) + " for " + std::string(inbound->name));
      const std::string told = Translation(inbound->name, outbound).stopped(bytes);
      std::vector<llm::StreamEvent> events;
      const auto decoder = inbound->chat->make_stream_decoder();
      decoder->feed(told, events);
      decoder->finish(events);
      ASSERT_FALSE(events.empty()) << told;
      EXPECT_TRUE(std::holds_alternative<llm::StreamEnd>(events.back())) << told;
      std::size_t finishes = 0;
      for (const llm::StreamEvent& event : events) {
        const auto* finish = std::get_if<llm::StreamFinish>(&event);
        if (finish == nullptr) continue;
        ++finishes;
        EXPECT_EQ(finish->reason, llm::FinishReason::kLength) << told;
      }
      EXPECT_EQ(finishes, 1U) << told;
    }
  }
}

// -- what a model refuses

// A request of a caller who speaks `inbound`, as it goes to one model after the other.
class Refused {
 public:
  Refused(std::string_view inbound, std::string_view body, bool drop)
      : body_(body), inbound_(*dialect::find(inbound)) {
    json::reserve_padding(body_);
    facts_ = *inbound_.chat->peek(input_, scanner_);
    call_.emplace(inbound_, input_, facts_, ChatCall::Options{.drop_refused = drop});
  }

  dialect::EncodedRequest to(std::string_view outbound, std::string_view model) {
    const provider::SideSpec spec{.dialect = dialect::find(outbound)};
    provider::Side side;
    side.spec = &spec;
    auto encoded = call_->encode(side, model);
    EXPECT_TRUE(encoded) << encoded.error().message;
    return *std::move(encoded);
  }

 private:
  std::string body_;
  const dialect::Dialect& inbound_;
  json::Scanner scanner_;
  dialect::RequestInput input_{.body = body_, .path_model = ""};
  dialect::RequestFacts facts_;
  std::optional<ChatCall> call_;
};

constexpr std::string_view kOpenAiBody =
    R"({"model":"m","temperature":0.5,"presence_penalty":1,"stop":["a"],"messages":[)"
    R"({"role":"user","content":"?"}],"response_format":{"type":"json_object"},)"
    R"("tools":[{"type":"function","function":{"name":"f"}}]})";

TEST(ChatCall, EachTargetGetsWhatItsModelTakes) {
  Refused request("openai_chat", kOpenAiBody, true);
  const auto first = request.to("openai_chat", "o3");
  EXPECT_THAT(first.dropped.refused, ElementsAre("temperature", "presence_penalty", "stop"));
  EXPECT_THAT(first.body, Not(HasSubstr("temperature")));

  const auto gemini = request.to("gemini", "gemini-2.5-flash");
  EXPECT_THAT(gemini.dropped.refused, ElementsAre("presence_penalty", "response_format"));
  EXPECT_THAT(gemini.body, HasSubstr(R"("temperature":0.5)"));
  EXPECT_THAT(gemini.body, Not(HasSubstr("responseMimeType")));

  const auto newer = request.to("gemini", "gemini-3-flash-preview");
  EXPECT_THAT(newer.dropped.refused, ElementsAre("presence_penalty"));
  EXPECT_THAT(newer.body, HasSubstr("responseMimeType"));

  const auto claude = request.to("anthropic", "claude-sonnet-4-5");
  EXPECT_THAT(claude.body, HasSubstr(R"("temperature":0.5)"));
  EXPECT_THAT(claude.body, HasSubstr(R"("stop_sequences":["a"])"));

  const auto last = request.to("openai_chat", "gpt-4o");
  EXPECT_THAT(last.dropped.refused, IsEmpty());
  EXPECT_THAT(last.body, HasSubstr(R"("temperature":0.5,"presence_penalty":1,"stop":["a"])"));
}

TEST(ChatCall, PassesWhatIsRefusedByDefault) {
  Refused request("openai_chat", kOpenAiBody, false);
  EXPECT_THAT(request.to("openai_chat", "o3").body, HasSubstr(R"("stop":["a"])"));
  EXPECT_THAT(request.to("openai_chat", "o3").dropped.refused, IsEmpty());
  EXPECT_THAT(request.to("gemini", "gemini-2.5-flash").body, HasSubstr("presencePenalty"));
}

TEST(ChatCall, NamesWhatItDropsInTheCallersWords) {
  Refused claude("anthropic",
                 R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"?"}],)"
                 R"("temperature":0.5,"stop_sequences":["a"],"output_config":{"effort":"low"}})",
                 true);
  const auto plain = claude.to("openai_chat", "gpt-4o");
  EXPECT_THAT(plain.dropped.refused, ElementsAre("output_config.effort"));
  EXPECT_THAT(plain.body, Not(HasSubstr("reasoning_effort")));
  EXPECT_THAT(claude.to("openai_chat", "gpt-5").dropped.refused,
              ElementsAre("temperature", "stop_sequences"));

  Refused gemini("gemini",
                 R"({"model":"m","contents":[{"role":"user","parts":[{"text":"?"}]}],)"
                 R"("generationConfig":{"stopSequences":["a"],"topP":0.5}})",
                 true);
  EXPECT_THAT(gemini.to("openai_chat", "o4-mini").dropped.refused,
              ElementsAre("generationConfig.topP", "generationConfig.stopSequences"));
  EXPECT_THAT(gemini.to("openai_chat", "o1").dropped.refused, ElementsAre("generationConfig.topP"));
}

}  // namespace
}  // namespace bifrost::operation
