#include "dialect/openai_chat/answer.h"
#include "dialect/openai_chat/citations.h"
#include "dialect/openai_chat/errors.h"
#include "dialect/openai_chat/finish.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/usage.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

bool has_tool_calls(const llm::Choice& choice) {
  return std::ranges::any_of(
      choice.parts, [](const llm::Part& part) { return part.as<llm::ToolCallPart>() != nullptr; });
}

void name_nameless_calls(llm::Choice& choice, std::string_view answer_id) {
  std::size_t call = 0;
  for (llm::Part& part : choice.parts) {
    auto* found = part.as<llm::ToolCallPart>();
    if (found == nullptr) continue;
    if (found->id.empty()) found->id = made_up_call_id(answer_id, choice.index, call);
    ++call;
  }
}

llm::Choice decode_choice(json::Value value, std::size_t position, std::string_view answer_id) {
  llm::Choice choice;
  choice.index = value["index"].integer().value_or(static_cast<std::int64_t>(position));
  choice.parts = decode_message_parts(value["message"]);
  // Text completions that are served on the chat path.
  if (!value["message"].exists()) choice.parts = decode_content(value["text"]);
  name_nameless_calls(choice, answer_id);
  choice.finish_raw = value["finish_reason"].string_or("");
  choice.finish = settle_finish(decode_finish(choice.finish_raw), has_tool_calls(choice));
  choice.logprobs = decode_logprobs(value["logprobs"]);
  return choice;
}

// Perplexity lists its sources beside the choices.
void add_search_results(json::Value root, llm::Response& response) {
  std::vector<llm::Citation> results = decode_search_results(root);
  if (results.empty() || response.choices.empty()) return;
  for (llm::Part& part : response.choices.front().parts) {
    auto* text = part.as<llm::TextPart>();
    if (text == nullptr) continue;
    if (text->citations.empty()) text->citations = std::move(results);
    return;
  }
}

}  // namespace

Result<llm::Response> decode_response(std::string_view body) {
  const auto document = json::Document::parse(body);
  if (!document) return unreadable_answer(body, "not JSON");
  const json::Value root = document->root();
  if (auto error = find_error(root, 0)) return *std::move(error);
  const json::Value choices = root["choices"];
  if (!choices.is_array() || choices.size() == 0) {
    return unreadable_answer(body, "no chat completion: it has no choices");
  }
  if (choices.size() > kChoicesMax) return unreadable_answer(body, "of too many choices");

  llm::Response response;
  response.id = root["id"].string_or("");
  response.model = root["model"].string_or("");
  response.created = root["created"].integer().value_or(0);
  response.service_tier = root["service_tier"].string_or("");
  response.system_fingerprint = root["system_fingerprint"].string_or("");
  response.dialect = kName;
  for (const json::Value value : choices.children()) {
    llm::Choice choice = decode_choice(value, response.choices.size(), response.id);
    // OpenRouter reports the failure of one choice inside it.
    if (choice.parts.empty() && value["error"].is_object()) {
      if (auto error = find_error(value, 0)) return *std::move(error);
    }
    response.choices.push_back(std::move(choice));
  }
  response.usage = decode_usage(find_usage(root));
  add_search_results(root, response);
  return response;
}

}  // namespace bifrost::dialect::openai_chat
