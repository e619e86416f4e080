#include "dialect/openai_chat/citations.h"
#include "dialect/openai_chat/encode_answer.h"
#include "dialect/openai_chat/finish.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/reasoning.h"
#include "dialect/openai_chat/usage.h"
#include "json/writer.h"

#include <algorithm>

namespace bifrost::dialect::openai_chat {
namespace {

using llm::Choice;
using llm::Part;

template <class T>
std::vector<const T*> all_of(const Choice& choice) {
  std::vector<const T*> found;
  for (const Part& part : choice.parts) {
    if (const T* one = part.as<T>()) found.push_back(one);
  }
  return found;
}

bool own_raw(const Part& part) {
  const auto* raw = part.as<llm::RawPart>();
  return raw != nullptr && raw->dialect == kName;
}

// A list of chunks only where a chunk is one that only this dialect knows.
void encode_chunks(json::Writer& writer, const Choice& choice) {
  writer.begin_array();
  for (const Part& part : choice.parts) {
    if (const auto* text = part.as<llm::TextPart>()) {
      writer.begin_object().member("type", "text").member("text", text->text).end_object();
    } else if (own_raw(part)) {
      writer.raw(part.as<llm::RawPart>()->json);
    }
  }
  writer.end_array();
}

void encode_content(json::Writer& writer, const Choice& choice) {
  writer.key("content");
  if (std::ranges::any_of(choice.parts, own_raw)) {
    encode_chunks(writer, choice);
    return;
  }
  std::string text;
  bool any = false;
  bool instead = false;  // something that stands for the text
  for (const Part& part : choice.parts) {
    if (const auto* piece = part.as<llm::TextPart>()) {
      text += piece->text;
      any = true;
    }
    instead = instead || part.as<llm::ToolCallPart>() || part.as<llm::RefusalPart>() ||
              part.as<llm::AudioPart>();
  }
  if (!any && instead) {
    writer.null();
  } else {
    writer.string(text);
  }
}

void encode_refusal(json::Writer& writer, const Choice& choice) {
  std::string text;
  for (const llm::RefusalPart* part : all_of<llm::RefusalPart>(choice)) text += part->text;
  writer.key("refusal");
  text.empty() ? writer.null() : writer.string(text);
}

void encode_annotations(json::Writer& writer, const Choice& choice) {
  const auto texts = all_of<llm::TextPart>(choice);
  // Counting the characters of a long text is worth it only where something is placed in it.
  if (std::ranges::all_of(texts, [](const auto* text) { return text->citations.empty(); })) return;
  std::int64_t shift = 0;
  bool open = false;
  for (const llm::TextPart* text : texts) {
    for (const llm::Citation& citation : text->citations) {
      if (!is_annotation(citation)) continue;
      if (!open) writer.key("annotations").begin_array();
      open = true;
      encode_annotation(writer, citation, shift);
    }
    shift += character_count(text->text);
  }
  if (open) writer.end_array();
}

void encode_media(json::Writer& writer, const Choice& choice) {
  std::int64_t index = 0;
  for (const llm::ImagePart* image : all_of<llm::ImagePart>(choice)) {
    if (index == 0) writer.key("images").begin_array();
    encode_image(writer, *image, index++);
  }
  if (index > 0) writer.end_array();
  if (const auto audio = all_of<llm::AudioPart>(choice); !audio.empty()) {
    writer.key("audio");
    encode_audio(writer, *audio.front());
  }
}

void encode_message(json::Writer& writer, const Choice& choice) {
  writer.begin_object();
  writer.member("role", "assistant");
  encode_content(writer, choice);
  encode_refusal(writer, choice);
  encode_reasoning(writer, all_of<llm::ReasoningPart>(choice));
  for (const llm::TextPart* text : all_of<llm::TextPart>(choice)) {
    if (text->signature.empty()) continue;
    encode_signature(writer, text->signature);
    break;
  }
  encode_annotations(writer, choice);
  encode_media(writer, choice);
  const auto calls = all_of<llm::ToolCallPart>(choice);
  if (!calls.empty()) {
    writer.key("tool_calls").begin_array();
    for (const llm::ToolCallPart* call : calls) {
      writer.begin_object();
      encode_tool_call(writer, *call);
      writer.end_object();
    }
    writer.end_array();
  }
  writer.end_object();
}

void encode_choice(json::Writer& writer, const Choice& choice) {
  const bool calls = !all_of<llm::ToolCallPart>(choice).empty();
  writer.begin_object();
  writer.member("index", choice.index);
  writer.key("message");
  encode_message(writer, choice);
  writer.key("logprobs").raw(choice.logprobs);
  writer.member("finish_reason", encode_finish(settle_finish(choice.finish, calls)));
  writer.end_object();
}

}  // namespace

std::string encode_response(const llm::Response& response, const AnswerContext& context) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.member("id", response.id.empty() ? context.fallback_id : response.id);
  writer.member("object", "chat.completion");
  writer.member("created", response.created == 0 ? context.created : response.created);
  writer.member("model", context.model.empty() ? response.model : context.model);
  writer.key("choices").begin_array();
  for (const Choice& choice : response.choices) encode_choice(writer, choice);
  writer.end_array();
  if (response.usage.known) {
    writer.key("usage");
    encode_usage(writer, response.usage);
  }
  if (!response.service_tier.empty()) writer.member("service_tier", response.service_tier);
  if (!response.system_fingerprint.empty()) {
    writer.member("system_fingerprint", response.system_fingerprint);
  }
  if (!context.extra_fields.empty()) writer.key("extra_fields").raw(context.extra_fields);
  writer.end_object();
  return out;
}

}  // namespace bifrost::dialect::openai_chat
