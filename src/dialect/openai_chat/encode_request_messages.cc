#include "dialect/openai_chat/encode_request.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/reasoning.h"
#include "dialect/raw_text.h"
#include "dialect/what_is_left.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

using llm::Message;
using llm::Part;
using llm::Role;

// The marker of the last part that is not a block of the content array stands on the message.
std::optional<llm::CacheMarker> message_cache(const Message& message) {
  if (message.parts.empty()) return std::nullopt;
  const Part& last = message.parts.back();
  const bool block = last.as<llm::TextPart>() || last.as<llm::ImagePart>() ||
                     last.as<llm::FilePart>() || last.as<llm::RawPart>();
  return block ? std::nullopt : last.cache;
}

bool has_media(const Part& part) {
  return part.as<llm::ImagePart>() || part.as<llm::AudioPart>() ||
         (part.as<llm::FilePart>() && part.as<llm::FilePart>()->text.empty());
}

}  // namespace

MessageEncoder::MessageEncoder(Encoding& encoding)
    : encoding_(encoding), writer_(encoding.writer) {}

void MessageEncoder::encode_all() {
  writer_.begin_array();
  for (const Message& each : encoding_.request.messages) message(each);
  flush_media();
  writer_.end_array();
}

void MessageEncoder::message(const Message& message) {
  const bool results = std::ranges::any_of(
      message.parts, [](const Part& part) { return part.as<llm::ToolResultPart>() != nullptr; });
  if (results) tool_results(message);
  if (message.role == Role::kTool) return;
  const bool others = !std::ranges::all_of(
      message.parts, [](const Part& part) { return part.as<llm::ToolResultPart>() != nullptr; });
  if (results && !others) return;
  flush_media();
  // A turn of which nothing is left says nothing, and is refused.
  if (!encoding_.same_dialect() && !says_anything(message)) return;
  encoding_.any_turn = true;
  message.role == Role::kAssistant ? assistant(message) : user(message);
}

// Names what is dropped of a turn that is left out for it.
bool MessageEncoder::says_anything(const Message& message) {
  const auto written = [this](const Part& part) {
    if (part.as<llm::ToolCallPart>() || part.as<llm::RefusalPart>()) return true;
    if (const auto* audio = part.as<llm::AudioPart>()) {
      if (!audio->id.empty()) return true;
    }
    if (part.as<llm::ReasoningPart>()) {
      return encoding_.flavor.reasoning_history != ReasoningHistory::kNone;
    }
    return writes_as_content(part);
  };
  if (std::ranges::any_of(message.parts, written)) return true;
  static_cast<void>(content_parts(message.parts));
  drop_reasoning(message);
  return false;
}

void MessageEncoder::drop_reasoning(const Message& message) {
  for (const Part& part : message.parts) {
    if (part.as<llm::ReasoningPart>() != nullptr) encoding_.dropped.at(part.place);
  }
}

void MessageEncoder::user(const Message& message) {
  std::string_view role = "user";
  if (message.role == Role::kSystem) role = "system";
  if (message.role == Role::kDeveloper) {
    role = encoding_.flavor.developer_role ? "developer" : "system";
  }
  writer_.begin_object();
  writer_.member("role", role);
  if (!message.name.empty()) writer_.member("name", message.name);
  content(content_parts(message.parts));
  encoding_.write_cache(message_cache(message));
  write_extras(message.place);
  writer_.end_object();
}

void MessageEncoder::assistant(const Message& message) {
  writer_.begin_object();
  writer_.member("role", "assistant");
  if (!message.name.empty()) writer_.member("name", message.name);
  reasoning(message);
  std::string_view signature;
  const llm::AudioPart* audio = nullptr;
  for (const Part& part : message.parts) {
    if (const auto* text = part.as<llm::TextPart>()) signature = text->signature;
    if (const auto* found = part.as<llm::AudioPart>(); found && !found->id.empty()) audio = found;
  }
  const std::vector<const Part*> parts = content_parts(message.parts);
  if (parts.empty()) {
    writer_.key("content").null();
  } else {
    content(parts);
  }
  if (encoding_.writes_signatures()) {
    encode_signature(writer_, signature);
  } else if (has_signature(message)) {
    encoding_.drop("signature");
  }
  refusal(message);
  if (audio != nullptr) {
    writer_.key("audio").begin_object().member("id", audio->id).end_object();
  }
  tool_calls(message);
  encoding_.write_cache(message_cache(message));
  write_extras(message.place);
  writer_.end_object();
}

void MessageEncoder::write_extras(llm::Place place) {
  if (!encoding_.extras.empty()) encoding_.extras.write(writer_, encoding_.extras_path(place));
}

void MessageEncoder::reasoning(const Message& message) {
  std::vector<const llm::ReasoningPart*> thoughts;
  for (const Part& part : message.parts) {
    if (const auto* thought = part.as<llm::ReasoningPart>()) thoughts.push_back(thought);
  }
  if (thoughts.empty()) return;
  ReasoningHistory form = encoding_.flavor.reasoning_history;
  // What the caller wrote in this dialect itself is for its endpoint to judge.
  if (form == ReasoningHistory::kNone && encoding_.same_dialect())
    form = ReasoningHistory::kDetails;
  if (form == ReasoningHistory::kNone) {
    drop_reasoning(message);
  } else if (form == ReasoningHistory::kDetails) {
    encode_reasoning(writer_, thoughts);
  } else {
    name_seals(message);
    if (const std::string text = joined_text(thoughts); !text.empty()) {
      writer_.member("reasoning_content", text);
    }
  }
}

// What is lost of thoughts of which only the text is told.
void MessageEncoder::name_seals(const Message& message) {
  for (const Part& part : message.parts) {
    const auto* thought = part.as<llm::ReasoningPart>();
    if (thought == nullptr) continue;
    if (thought->text.empty()) {
      encoding_.dropped.at(part.place);
    } else if (!thought->signature.empty()) {
      encoding_.drop("signature");
    }
  }
}

void MessageEncoder::refusal(const Message& message) {
  std::string text;
  for (const Part& part : message.parts) {
    if (const auto* refused = part.as<llm::RefusalPart>()) text += refused->text;
  }
  if (!text.empty()) writer_.member("refusal", text);
}

void MessageEncoder::tool_calls(const Message& message) {
  std::size_t count = 0;
  for (const Part& part : message.parts) {
    const auto* call = part.as<llm::ToolCallPart>();
    if (call == nullptr) continue;
    if (count == 0) writer_.key("tool_calls").begin_array();
    const std::string_view kind = call->custom ? "custom" : "function";
    const std::string place = encoding_.extras_path(part.place);
    writer_.begin_object();
    writer_.member("id", call->id);
    writer_.member("type", kind);
    writer_.key(kind).begin_object();
    writer_.member("name", call->name);
    // Strict endpoints refuse the empty text that some models give for no arguments.
    const bool no_arguments = call->arguments.empty() && !call->custom;
    writer_.member(call->custom ? "input" : "arguments",
                   no_arguments ? std::string_view("{}") : std::string_view(call->arguments));
    encoding_.extras.write(writer_, place + "." + std::string(kind));
    writer_.end_object();
    if (encoding_.writes_signatures()) encode_signature(writer_, call->signature);
    encoding_.extras.write(writer_, place);
    writer_.end_object();
    ++count;
  }
  if (count > 0) writer_.end_array();
}

void MessageEncoder::tool_results(const Message& message) {
  for (const Part& part : message.parts) {
    if (const auto* result = part.as<llm::ToolResultPart>()) {
      tool_result(part, *result);
    } else if (message.role == Role::kTool) {
      encoding_.dropped.at(part.place);
    }
  }
}

void MessageEncoder::tool_result(const Part& outer, const llm::ToolResultPart& result) {
  encoding_.any_turn = true;
  std::vector<const Part*> parts;
  for (const Part* part : content_parts(result.parts)) {
    const bool behind = has_media(*part) && !encoding_.same_dialect();
    (behind ? media_ : parts).push_back(part);
  }
  if (result.is_error) encoding_.dropped.member(outer.place, "is_error");
  writer_.begin_object();
  writer_.member("role", "tool");
  writer_.member("tool_call_id", result.tool_call_id);
  if (!parts.empty()) {
    content(parts);
  } else if (!result.json.empty()) {
    writer_.member("content", result.json);
  } else {
    writer_.member("content", media_.empty() ? "" : "The result follows as an attachment.");
  }
  encoding_.write_cache(outer.cache);
  write_extras(outer.place);
  writer_.end_object();
}

void MessageEncoder::flush_media() {
  if (media_.empty()) return;
  const std::vector<const Part*> parts = std::exchange(media_, {});
  writer_.begin_object();
  writer_.member("role", "user");
  content(parts);
  writer_.end_object();
}

std::vector<const Part*> MessageEncoder::content_parts(const std::vector<Part>& parts) {
  std::vector<const Part*> out;
  for (const Part& part : parts) {
    if (writes_as_content(part)) {
      out.push_back(&part);
      const auto* text = part.as<llm::TextPart>();
      if (text != nullptr && !text->citations.empty()) {
        encoding_.dropped.member(part.place, "citations");
      }
    } else if (part.as<llm::RawPart>() || by_address_only(part)) {
      encoding_.dropped.at(part.place);
    }
  }
  return out;
}

// OpenAI wants the bytes of sounds and documents; only images may be told by their address.
// https://platform.openai.com/docs/guides/pdf-files
bool MessageEncoder::by_address_only(const Part& part) const {
  const auto lacks_bytes = [](const llm::Media& media) {
    return media.data.empty() && media.file_id.empty() && !media.url.empty();
  };
  if (encoding_.same_dialect()) return false;
  if (const auto* file = part.as<llm::FilePart>()) {
    return file->text.empty() && lacks_bytes(file->media) && !encoding_.flavor.files_by_address;
  }
  const auto* audio = part.as<llm::AudioPart>();
  return audio != nullptr && audio->id.empty() && audio->transcript.empty() &&
         lacks_bytes(audio->media);
}

bool MessageEncoder::writes_as_content(const Part& part) const {
  if (const auto* raw = part.as<llm::RawPart>()) {
    return raw->dialect == kName || !raw_text(*raw).empty();
  }
  if (by_address_only(part)) return false;
  if (const auto* audio = part.as<llm::AudioPart>()) {
    // An answer of the model is referred to by its id.
    return audio->id.empty() && (!audio->media.data.empty() || !audio->transcript.empty());
  }
  return part.as<llm::TextPart>() || part.as<llm::ImagePart>() || part.as<llm::FilePart>();
}

}  // namespace bifrost::dialect::openai_chat
