#include "operation/chat_call.h"

#include "json/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::operation {
namespace {

using ::testing::HasSubstr;
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

 private:
  std::string body_;
  const dialect::Dialect& inbound_;
  dialect::RequestInput input_{.body = body_};
  dialect::RequestFacts facts_;
  provider::SideSpec spec_;
  provider::Side side_;
  ChatCall call_{inbound_, input_, facts_, false};
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

}  // namespace
}  // namespace bifrost::operation
