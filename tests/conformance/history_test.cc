// What a provider answered comes back to it unharmed: a caller of another dialect puts the answer
// into its next request as it got it, and the provider sees its own calls, ids and signatures
// again. Skipped without recordings.
#include "dialect/chat_codec.h"
#include "json/document.h"
#include "tests/conformance/recorded_fixture.h"

namespace bifrost::test {
namespace {

class HistoryTest : public RecordedTest {};

// The next request of a caller who was given this answer, in the caller's dialect.
std::string next_request(const dialect::Dialect& dialect, const std::string& answer) {
  const auto document = json::Document::parse(answer);
  const json::Value root = document->root();
  if (dialect.name == "openai_chat") {
    return fmt::format(R"({{"model":"m","messages":[{{"role":"user","content":"hi"}},{}]}})",
                       root["choices"].at(0)["message"].raw());
  }
  if (dialect.name == "anthropic") {
    return fmt::format(
        R"({{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"hi"}},)"
        R"({{"role":"assistant","content":{}}}]}})",
        root["content"].raw());
  }
  if (dialect.name == "openai_responses") {
    std::string items = R"({"role":"user","content":"hi"})";
    for (const json::Value item : root["output"].children()) {
      items.append(",").append(item.raw());
    }
    return fmt::format(R"({{"model":"m","input":[{}]}})", items);
  }
  return fmt::format(R"({{"contents":[{{"role":"user","parts":[{{"text":"hi"}}]}},{}]}})",
                     root["candidates"].at(0)["content"].raw());
}

std::string_view model_of(const dialect::Dialect& dialect) {
  if (dialect.name == "anthropic") return "claude-sonnet-4-5";
  return dialect.name == "gemini" ? "gemini-3-pro-preview" : "gpt-5.1";
}

// Gemini models take this in place of a signature that is not there.
// https://ai.google.dev/gemini-api/docs/thought-signatures
constexpr std::string_view kStandIn = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

std::string told_calls(const std::vector<llm::Part>& parts) {
  std::string out;
  for (const llm::Part& part : parts) {
    const auto* call = part.as<llm::ToolCallPart>();
    if (call == nullptr) continue;
    out += fmt::format("call {} {} {} {}\n", call->id, call->name,
                       call->arguments.empty() ? "{}" : canonical(call->arguments),
                       call->signature == kStandIn ? "" : call->signature);
  }
  return out;
}

std::string told_seals(const std::vector<llm::Part>& parts) {
  std::string out;
  for (const llm::Part& part : parts) {
    const auto* thought = part.as<llm::ReasoningPart>();
    if (thought == nullptr || (thought->signature.empty() && thought->data.empty())) continue;
    out += fmt::format("thought {} {} {}\n", thought->text, thought->signature, thought->data);
  }
  return out;
}

TEST_F(HistoryTest, CallsAndSealsComeBackToTheirProvider) {
  for (const Recording& recording : fitting()) {
    if (recording.status != 200 || recording.stream) continue;
    const dialect::Dialect& provider = *recording.dialect;
    const auto answer = provider.chat->decode_response(recording.answer);
    ASSERT_TRUE(answer) << recording.name;
    const std::vector<llm::Part>& said = answer->choices.front().parts;
    if (told_calls(said).empty() && told_seals(said).empty()) {
      tally_.add("without calls and seals");
      continue;
    }
    for (const dialect::Dialect* caller : dialect::all()) {
      SCOPED_TRACE(fmt::format("{} by {}", recording.name, caller->name));
      const std::string body = padded(
          next_request(*caller, caller->chat->encode_response(*answer, {.fallback_id = "x"})));
      const auto request = caller->chat->decode_request({.body = body, .path_model = "m"});
      ASSERT_TRUE(request) << request.error().message << body;
      const std::string_view model = model_of(provider);
      const auto sent =
          provider.chat->encode_request(*request, {.model = model, .flavor = kLossless});
      ASSERT_TRUE(sent) << sent.error().message;
      const std::string sent_body = padded(sent->body);
      const auto seen = provider.chat->decode_request({.body = sent_body, .path_model = model});
      ASSERT_TRUE(seen) << seen.error().message;
      std::vector<llm::Part> parts;
      for (const llm::Message& message : seen->messages) {
        parts.insert(parts.end(), message.parts.begin(), message.parts.end());
      }
      EXPECT_EQ(told_calls(parts), told_calls(said)) << body << "\n" << sent_body;
      const bool keeps_seals = caller->name == "openai_chat" || caller->name == "openai_responses";
      if (keeps_seals || caller == &provider) {
        EXPECT_EQ(told_seals(parts), told_seals(said)) << body << "\n" << sent_body;
      }
      tally_.add(fmt::format("{} by {}", provider.name, caller->name));
    }
  }
}

}  // namespace
}  // namespace bifrost::test
