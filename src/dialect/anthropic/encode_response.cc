// Our own response into the bytes of a whole answer.
#include "dialect/anthropic/answer_blocks.h"
#include "dialect/anthropic/citations.h"
#include "dialect/anthropic/finish.h"
#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/tool_call.h"
#include "dialect/anthropic/usage.h"
#include "json/writer.h"

#include <algorithm>

namespace bifrost::dialect::anthropic {
namespace {

void write_text(json::Writer& writer, const llm::TextPart& text) {
  writer.begin_object().member("type", "text").member("text", text.text);
  if (!text.citations.empty()) {
    writer.key("citations").begin_array();
    for (const llm::Citation& citation : text.citations) write_citation(writer, citation);
    writer.end_array();
  }
  writer.end_object();
}

void write_tool_use(json::Writer& writer, const llm::ToolCallPart& call) {
  writer.begin_object().member("type", "tool_use");
  writer.member("id", wire_tool_id(call.id, call.signature)).member("name", call.name);
  writer.key("input").raw(tool_input(call.arguments, call.custom)).end_object();
}

void write_reasoning(json::Writer& writer, const llm::ReasoningPart& reasoning) {
  using Kind = llm::ReasoningPart::Kind;
  switch (reasoning.kind) {
    case Kind::kText:
    case Kind::kSummary:
      write_thinking(writer, reasoning.text, reasoning.signature);
      break;
    case Kind::kRedacted:
      write_redacted_thinking(writer, reasoning.data);
      break;
    case Kind::kEncrypted:
      break;  // readable to its own provider only
  }
}

// Parts without a counterpart are left out.
void write_part(json::Writer& writer, const llm::Part& part) {
  if (const auto* text = part.as<llm::TextPart>()) write_text(writer, *text);
  if (const auto* call = part.as<llm::ToolCallPart>()) write_tool_use(writer, *call);
  if (const auto* reasoning = part.as<llm::ReasoningPart>()) write_reasoning(writer, *reasoning);
  if (const auto* image = part.as<llm::ImagePart>()) write_image(writer, image->media);
  if (const auto* audio = part.as<llm::AudioPart>();
      audio != nullptr && !audio->transcript.empty()) {
    write_text(writer, {.text = audio->transcript});
  }
  if (const auto* raw = part.as<llm::RawPart>(); raw != nullptr && raw->dialect == kName) {
    writer.raw(raw->json);
  }
}

template <class T>
const T* find_part(const llm::Choice& choice) {
  for (const llm::Part& part : choice.parts) {
    if (const auto* found = part.as<T>()) return found;
  }
  return nullptr;
}

void write_choice(json::Writer& writer, const llm::Choice& choice) {
  writer.key("content").begin_array();
  for (const llm::Part& part : choice.parts) write_part(writer, part);
  writer.end_array();
  const auto* refusal = find_part<llm::RefusalPart>(choice);
  writer.member("stop_reason",
                stop_reason(choice.finish, choice.finish_raw,
                            {.has_tool_call = find_part<llm::ToolCallPart>(choice) != nullptr,
                             .has_refusal = refusal != nullptr}));
  writer.key("stop_sequence");
  if (choice.stop_sequence.empty()) {
    writer.null();
  } else {
    writer.string(choice.stop_sequence);
  }
  if (refusal != nullptr) write_refusal_details(writer, refusal->text);
}

}  // namespace

std::string encode_response(const llm::Response& response, const AnswerContext& context) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object();
  writer.member("id", response.id.empty() ? context.fallback_id : response.id);
  writer.member("type", "message").member("role", "assistant");
  writer.member("model", context.model.empty() ? response.model : context.model);
  // The dialect has one choice. Further ones were not asked for by its callers.
  write_choice(writer, response.choices.empty() ? llm::Choice{} : response.choices.front());
  writer.key("usage").begin_object();
  write_usage_fields(writer, response.usage);
  if (!response.service_tier.empty()) {
    writer.member("service_tier", wire_service_tier(response.service_tier));
  }
  writer.end_object();
  if (!context.extra_fields.empty()) writer.key("extra_fields").raw(context.extra_fields);
  writer.end_object();
  return body;
}

}  // namespace bifrost::dialect::anthropic
