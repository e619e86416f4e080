#include "dialect/openai_chat/media.h"
#include "dialect/openai_responses/encode_request.h"
#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/sealed.h"
#include "dialect/raw_text.h"

#include <algorithm>
#include <cstddef>

namespace bifrost::dialect::openai_responses {
namespace {

using llm::Part;
using llm::Role;

std::string_view role_name(const Encoding& encoding, Role role) {
  if (role == Role::kSystem) return "system";
  if (role == Role::kDeveloper) return encoding.flavor.developer_role ? "developer" : "system";
  return "user";
}

bool is_answer(const Part& part) {
  return part.as<llm::TextPart>() != nullptr || part.as<llm::RefusalPart>() != nullptr;
}

// Only what OpenAI itself sealed has a use there: it knows its thoughts by nothing else.
bool is_own_thought(const llm::ReasoningPart& part) { return part.format == kOwnFormat; }

bool has_bytes(const llm::Media& media) {
  return !media.url.empty() || !media.data.empty() || !media.file_id.empty();
}

}  // namespace

bool Encoding::same_dialect() const { return request.dialect == kName; }

void InputEncoder::encode_all() {
  writer_.begin_array();
  for (const llm::Message& message : encoding_.request.messages) {
    results(message);
    if (message.role == Role::kTool) continue;
    message.role == Role::kAssistant ? turn(message) : said(message);
  }
  writer_.end_array();
}

void InputEncoder::said(const llm::Message& message) {
  const std::vector<const Part*> parts = written(message.parts);
  if (parts.empty()) return;
  if (!message.name.empty()) encoding_.dropped.member(message.place, "name");
  encoding_.any_turn = true;
  writer_.begin_object();
  writer_.member("type", "message");
  writer_.member("role", role_name(encoding_, message.role));
  writer_.key("content");
  content(parts);
  writer_.end_object();
}

void InputEncoder::turn(const llm::Message& message) {
  if (!message.name.empty()) encoding_.dropped.member(message.place, "name");
  const std::vector<Part>& parts = message.parts;
  std::size_t at = 0;
  while (at < parts.size()) {
    const Part& part = parts[at];
    if (is_answer(part)) {
      at = answer(parts, at);
      continue;
    }
    if (part.as<llm::ReasoningPart>() != nullptr) {
      at = thoughts(parts, at);
      continue;
    }
    if (const auto* called = part.as<llm::ToolCallPart>()) {
      call(*called);
    } else if (const auto* raw = part.as<llm::RawPart>(); raw != nullptr && raw->dialect == kName) {
      encoding_.any_turn = true;
      writer_.raw(raw->json);
    } else if (part.as<llm::ToolResultPart>() == nullptr) {
      encoding_.dropped.at(part.place);
    }
    ++at;
  }
}

std::size_t InputEncoder::answer(const std::vector<Part>& parts, std::size_t at) {
  encoding_.any_turn = true;
  writer_.begin_object();
  writer_.member("type", "message");
  writer_.member("role", "assistant");
  writer_.key("content").begin_array();
  for (; at < parts.size() && is_answer(parts[at]); ++at) {
    writer_.begin_object();
    if (const auto* refusal = parts[at].as<llm::RefusalPart>()) {
      writer_.member("type", "refusal").member("refusal", refusal->text);
    } else {
      const auto& said = *parts[at].as<llm::TextPart>();
      if (!said.citations.empty()) encoding_.dropped.member(parts[at].place, "citations");
      if (!said.signature.empty()) encoding_.dropped.field("signature");
      text("output_text", said.text);
      writer_.key("annotations").begin_array().end_array();
    }
    writer_.end_object();
  }
  writer_.end_array().end_object();
  return at;
}

std::size_t InputEncoder::thoughts(const std::vector<Part>& parts, std::size_t at) {
  const std::size_t first = at;
  const auto& begun = *parts[at].as<llm::ReasoningPart>();
  for (; at < parts.size(); ++at) {
    const auto* next = parts[at].as<llm::ReasoningPart>();
    if (next == nullptr || next->id != begun.id || next->format != begun.format) break;
  }
  const std::span<const Part> item = std::span(parts).subspan(first, at - first);
  if (is_own_thought(begun)) {
    thoughts_item(item);
  } else {
    for (const Part& part : item) encoding_.dropped.at(part.place);
  }
  return at;
}

void InputEncoder::thoughts_item(std::span<const Part> parts) {
  using Kind = llm::ReasoningPart::Kind;
  const auto list = [&](std::string_view key, Kind kind, std::string_view type) {
    writer_.key(key).begin_array();
    for (const Part& part : parts) {
      const auto& thought = *part.as<llm::ReasoningPart>();
      if (thought.kind != kind) continue;
      writer_.begin_object();
      text(type, thought.text);
      writer_.end_object();
    }
    writer_.end_array();
  };
  const auto of_kind = [](Kind kind) {
    return [kind](const Part& part) { return part.as<llm::ReasoningPart>()->kind == kind; };
  };
  const std::string& id = parts.front().as<llm::ReasoningPart>()->id;
  writer_.begin_object();
  writer_.member("type", "reasoning");
  if (!id.empty()) writer_.member("id", id);
  list("summary", Kind::kSummary, "summary_text");
  if (std::ranges::any_of(parts, of_kind(Kind::kText))) {
    list("content", Kind::kText, "reasoning_text");
  }
  const auto sealed = std::ranges::find_if(parts, of_kind(Kind::kEncrypted));
  if (sealed != parts.end()) {
    writer_.member("encrypted_content", sealed->as<llm::ReasoningPart>()->data);
  }
  writer_.end_object();
}

void InputEncoder::call(const llm::ToolCallPart& call) {
  encoding_.any_turn = true;
  if (!call.signature.empty()) encoding_.dropped.field("signature");
  if (call.custom) custom_calls_.insert(call.id);
  writer_.begin_object();
  writer_.member("type", call.custom ? "custom_tool_call" : "function_call");
  writer_.member("call_id", call.id);
  writer_.member("name", call.name);
  // Refused when empty, as some models write it for no arguments.
  const bool none = call.arguments.empty() && !call.custom;
  writer_.member(call.custom ? "input" : "arguments",
                 none ? std::string_view("{}") : call.arguments);
  writer_.end_object();
}

void InputEncoder::results(const llm::Message& message) {
  for (const Part& part : message.parts) {
    if (const auto* given = part.as<llm::ToolResultPart>()) result(part, *given);
  }
}

void InputEncoder::result(const Part& outer, const llm::ToolResultPart& result) {
  encoding_.any_turn = true;
  const bool custom = custom_calls_.contains(result.tool_call_id);
  writer_.begin_object();
  writer_.member("type", custom ? "custom_tool_call_output" : "function_call_output");
  writer_.member("call_id", result.tool_call_id);
  writer_.key("output");
  const std::vector<const Part*> parts = written(result.parts);
  if (parts.empty()) {
    writer_.string(result.json);
  } else {
    content(parts);
  }
  if (result.is_error) encoding_.dropped.member(outer.place, "is_error");
  writer_.end_object();
}

std::vector<const Part*> InputEncoder::written(const std::vector<Part>& parts) {
  std::vector<const Part*> out;
  out.reserve(parts.size());
  for (const Part& part : parts) {
    const auto* raw = part.as<llm::RawPart>();
    const auto* sound = part.as<llm::AudioPart>();
    const bool writes =
        part.as<llm::TextPart>() != nullptr || part.as<llm::ImagePart>() != nullptr ||
        part.as<llm::FilePart>() != nullptr || (sound != nullptr && !sound->media.data.empty()) ||
        (raw != nullptr && (raw->dialect == kName || !raw_text(*raw).empty()));
    if (writes) {
      out.push_back(&part);
    } else if (part.as<llm::ToolResultPart>() == nullptr) {
      encoding_.dropped.at(part.place);
    }
  }
  return out;
}

// One plain text is a string, as nearly every caller writes it.
void InputEncoder::content(const std::vector<const Part*>& parts) {
  if (parts.size() == 1) {
    if (const auto* only = parts.front()->as<llm::TextPart>()) {
      writer_.string(only->text);
      return;
    }
  }
  writer_.begin_array();
  for (const Part* part : parts) {
    if (const auto* raw = part->as<llm::RawPart>(); raw != nullptr && raw->dialect == kName) {
      writer_.raw(raw->json);
      continue;
    }
    writer_.begin_object();
    content_part(*part);
    writer_.end_object();
  }
  writer_.end_array();
}

void InputEncoder::text(std::string_view type, std::string_view text) {
  writer_.member("type", type);
  writer_.member("text", text);
}

void InputEncoder::content_part(const Part& part) {
  if (part.cache) encoding_.dropped.field("cache_control");
  if (const auto* said = part.as<llm::TextPart>()) {
    text("input_text", said->text);
  } else if (const auto* picture = part.as<llm::ImagePart>()) {
    image(*picture, part.place);
  } else if (const auto* document = part.as<llm::FilePart>()) {
    file(*document, part.place);
  } else if (const auto* sound = part.as<llm::AudioPart>()) {
    audio(*sound);
  } else if (const auto* raw = part.as<llm::RawPart>()) {
    text("input_text", raw_text(*raw));
  }
}

void InputEncoder::image(const llm::ImagePart& image, llm::Place place) {
  if (!has_bytes(image.media)) {
    encoding_.dropped.at(place);
    text("input_text", "[an image that cannot be shown here]");
    return;
  }
  writer_.member("type", "input_image");
  if (!image.media.file_id.empty()) {
    writer_.member("file_id", image.media.file_id);
  } else {
    writer_.member("image_url", openai_chat::url_of_media(image.media));
  }
  writer_.member("detail", image.detail.empty() ? "auto" : image.detail);
}

void InputEncoder::file(const llm::FilePart& file, llm::Place place) {
  if (!file.context.empty()) encoding_.dropped.member(place, "context");
  if (file.citations) encoding_.dropped.member(place, "citations");
  if (!file.text.empty()) {
    if (!file.filename.empty()) encoding_.dropped.member(place, "file.filename");
    text("input_text", file.text);
    return;
  }
  writer_.member("type", "input_file");
  const llm::Media& media = file.media;
  if (!media.file_id.empty()) {
    if (!file.filename.empty()) encoding_.dropped.member(place, "file.filename");
    writer_.member("file_id", media.file_id);
  } else if (!media.data.empty()) {
    // Refused without a name.
    const std::string_view usual = media.media_type == "application/pdf" ? "file.pdf" : "file";
    writer_.member("filename", file.filename.empty() ? usual : std::string_view(file.filename));
    writer_.member("file_data",
                   media.media_type.empty() ? media.data : openai_chat::url_of_media(media));
  } else {
    if (!file.filename.empty()) encoding_.dropped.member(place, "file.filename");
    writer_.member("file_url", media.url);
  }
}

void InputEncoder::audio(const llm::AudioPart& audio) {
  writer_.member("type", "input_audio");
  writer_.key("input_audio").begin_object();
  writer_.member("data", audio.media.data);
  writer_.member("format", audio.format.empty() ? openai_chat::audio_format(audio.media.media_type)
                                                : audio.format);
  writer_.end_object();
}

}  // namespace bifrost::dialect::openai_responses
