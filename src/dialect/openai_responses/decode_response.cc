#include "dialect/openai_chat/errors.h"
#include "dialect/openai_responses/answer_items.h"
#include "dialect/openai_responses/failure.h"
#include "dialect/openai_responses/finish.h"
#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/usage.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

// What is wrong with a body that should be a response; nothing when it is one.
std::optional<Error> find_fault(json::Value root, std::string_view body) {
  const auto [object, output, status] = root.members<3>({"object", "output", "status"});
  if (!object.equals("response") && !output.is_array()) {
    if (auto error = openai_chat::find_error(root, 0)) return error;
    return openai_chat::unreadable_answer(body, "no response: it has no output");
  }
  if (status.equals("failed")) return decode_failure(root);
  // A server that says nothing of a status but of an error.
  if (!output.is_array() && root["error"].is_set()) return openai_chat::find_error(root, 0);
  if (output.size() > kItemsMax) return openai_chat::unreadable_answer(body, "of too many items");
  return std::nullopt;
}

bool is_call(std::string_view type) { return kind_of_item(type) == ItemKind::kCall; }

}  // namespace

Result<llm::Response> decode_response(std::string_view body) {
  const auto document = json::Document::parse(body);
  if (!document) return openai_chat::unreadable_answer(body, "not JSON");
  const json::Value root = document->root();
  if (auto error = find_fault(root, body)) return *std::move(error);

  llm::Response response;
  response.id = root["id"].string_or("");
  response.model = root["model"].string_or("");
  response.created = root["created_at"].integer().value_or(0);
  response.service_tier = root["service_tier"].string_or("");
  response.dialect = kName;
  Answer answer = decode_items(root["output"], response.id);
  llm::Choice choice;
  choice.parts = std::move(answer.parts);
  choice.logprobs = std::move(answer.logprobs);
  Finish finish = decode_finish(root, std::ranges::any_of(choice.parts, [](const auto& part) {
                                  return part.template as<llm::ToolCallPart>() != nullptr;
                                }));
  choice.finish = finish.reason;
  choice.finish_raw = std::move(finish.raw);
  response.choices.push_back(std::move(choice));
  response.usage = decode_usage(root["usage"]);
  return response;
}

TapState tap_response(std::string_view body) {
  TapState state;
  const auto document = json::Document::parse(body);
  if (!document) {
    state.error = openai_chat::unreadable_answer(body, "not JSON");
    return state;
  }
  const json::Value root = document->root();
  state.error = find_fault(root, body);
  if (state.error) return state;
  const auto [id, model, usage, output, extra_fields] =
      root.members<5>({"id", "model", "usage", "output", "extra_fields"});
  state.id = id.string_or("");
  state.model = model.string_or("");
  state.usage = decode_usage(usage);
  state.has_extra_fields = extra_fields.exists();
  bool any_call = false;
  for (const json::Value item : output.children()) {
    any_call = any_call || is_call(item["type"].string_or(""));
  }
  const Finish finish = decode_finish(root, any_call);
  state.finish = finish.reason;
  state.finished = finish.settled;
  state.ended = true;
  state.events = 1;
  state.content_events = 1;
  return state;
}

}  // namespace bifrost::dialect::openai_responses
