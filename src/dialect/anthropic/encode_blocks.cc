#include "dialect/anthropic/encode_blocks.h"

#include "base/strings.h"
#include "base/try.h"
#include "dialect/anthropic/citations.h"
#include "dialect/anthropic/media.h"
#include "dialect/anthropic/tool_call.h"

#include <algorithm>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

// Only what this API has signed may be shown to it again.
bool is_ours(const llm::ReasoningPart& reasoning) {
  return reasoning.format.empty() || reasoning.format.starts_with("anthropic");
}

}  // namespace

void write_cache_control(json::Writer& writer, const llm::CacheMarker& marker) {
  writer.begin_object().member("type", "ephemeral");
  if (!marker.ttl.empty()) writer.member("ttl", marker.ttl);
  writer.end_object();
}

bool BlockEncoder::keeps(const llm::Part& part, llm::Role role) const {
  using Kind = llm::ReasoningPart::Kind;
  if (const auto* raw = part.as<llm::RawPart>()) return raw->dialect == "anthropic";
  if (const auto* audio = part.as<llm::AudioPart>()) {
    return role != llm::Role::kAssistant || !audio->transcript.empty();
  }
  if (const auto* reasoning = part.as<llm::ReasoningPart>()) {
    const bool redacted = reasoning->kind == Kind::kRedacted;
    if ((!redacted && reasoning->kind != Kind::kText) || !is_ours(*reasoning)) return false;
    // A thought without its signature is refused, unless it is the caller's own word.
    return native_ || !(redacted ? reasoning->data : reasoning->signature).empty();
  }
  return true;
}

Result<void> BlockEncoder::write(const llm::Part& part, llm::Role role) {
  if (const auto* text = part.as<llm::TextPart>()) write_text(part, *text);
  if (const auto* image = part.as<llm::ImagePart>()) return write_image(part, *image);
  if (const auto* audio = part.as<llm::AudioPart>()) return write_audio(part, *audio, role);
  if (const auto* file = part.as<llm::FilePart>()) return write_file(part, *file);
  if (const auto* reasoning = part.as<llm::ReasoningPart>()) write_reasoning(part, *reasoning);
  if (const auto* refusal = part.as<llm::RefusalPart>()) {
    write_text(part, {.text = refusal->text});
  }
  if (const auto* call = part.as<llm::ToolCallPart>()) write_tool_call(part, *call);
  if (const auto* result = part.as<llm::ToolResultPart>()) {
    return write_tool_result(part, *result);
  }
  if (const auto* raw = part.as<llm::RawPart>()) writer_.raw(raw->json);
  return {};
}

Result<void> BlockEncoder::write_content(const std::vector<const llm::Part*>& parts,
                                         llm::Role role) {
  if (parts.size() == 1) {
    const llm::Part* part = parts.front();
    const auto* text = part->as<llm::TextPart>();
    if (text != nullptr && text->citations.empty() && !part->cache &&
        extras_.find(source_, part->place) == nullptr) {
      writer_.string(text->text);
      return {};
    }
  }
  writer_.begin_array();
  for (const llm::Part* part : parts) {
    BF_TRY_VOID(write(*part, role));
  }
  writer_.end_array();
  return {};
}

void BlockEncoder::close(ExtensibleObject& object, const llm::Part& part) {
  if (part.cache && object.takes("cache_control")) {
    writer_.key("cache_control");
    write_cache_control(writer_, *part.cache);
  }
  object.close();
}

void BlockEncoder::write_text(const llm::Part& part, const llm::TextPart& text) {
  ExtensibleObject object(writer_, extras_.find(source_, part.place));
  writer_.member("type", "text").member("text", text.text);
  const auto ours = [](const llm::Citation& citation) {
    return citation.raw_dialect == "anthropic";
  };
  if (std::ranges::any_of(text.citations, ours)) {
    writer_.key("citations").begin_array();
    for (const llm::Citation& citation : text.citations) {
      if (ours(citation)) write_citation(writer_, citation);
    }
    writer_.end_array();
  }
  close(object, part);
}

Result<void> BlockEncoder::write_image(const llm::Part& part, const llm::ImagePart& image) {
  ExtensibleObject object(writer_, extras_.find(source_, part.place));
  writer_.member("type", "image").key("source");
  BF_TRY_VOID(write_media_source(writer_, image.media, image_type(image.media), where(part)));
  close(object, part);
  if (!image.detail.empty() && image.detail != "auto") {
    dropped_.member(part.place, "image_url.detail");
  }
  return {};
}

Result<void> BlockEncoder::write_audio(const llm::Part& part, const llm::AudioPart& audio,
                                       llm::Role role) {
  // What the model itself said is in the transcript; what the user said would be lost.
  if (role == llm::Role::kAssistant) {
    write_text({.content = {}, .cache = {}, .place = part.place}, {.text = audio.transcript});
    return {};
  }
  return not_taken(where(part), "this provider does not take audio input");
}

Result<void> BlockEncoder::write_file(const llm::Part& part, const llm::FilePart& file) {
  if (file.text.empty() && !file.media.data.empty() && document_type(file).starts_with("image/")) {
    llm::Media media = file.media;
    media.media_type = document_type(file);
    if (!file.filename.empty()) dropped_.member(part.place, "file.filename");
    return write_image(part, {.media = std::move(media)});
  }
  ExtensibleObject object(writer_, extras_.find(source_, part.place));
  writer_.member("type", "document");
  if (object.takes("source")) {
    writer_.key("source");
    BF_TRY_VOID(write_file_source(part, file));
  }
  if (!file.filename.empty()) writer_.member("title", file.filename);
  if (!file.context.empty()) writer_.member("context", file.context);
  if (file.citations) writer_.key("citations").begin_object().member("enabled", true).end_object();
  close(object, part);
  return {};
}

Result<void> BlockEncoder::write_file_source(const llm::Part& part, const llm::FilePart& file) {
  const auto write_plain = [this](std::string_view text) {
    writer_.begin_object().member("type", "text").member("media_type", "text/plain");
    writer_.member("data", text).end_object();
  };
  const bool inline_text =
      !file.text.empty() ||
      (file.media.data.empty() && file.media.url.empty() && file.media.file_id.empty());
  if (inline_text) {
    write_plain(file.text);
    return {};
  }
  const std::string type = document_type(file);
  if (file.media.data.empty() || type == "application/pdf") {
    return write_media_source(writer_, file.media, type, where(part));
  }
  const bool textual =
      type.starts_with("text/") || type == "application/json" || type == "application/xml";
  const auto text = textual ? base64_decode(file.media.data) : std::nullopt;
  if (!text) {
    return not_taken(where(part), "this provider takes PDF and plain text files, not " +
                                      (type.empty() ? "files of an unknown type" : type));
  }
  write_plain(*text);
  return {};
}

void BlockEncoder::write_reasoning(const llm::Part& part, const llm::ReasoningPart& reasoning) {
  ExtensibleObject object(writer_, extras_.find(source_, part.place));
  if (reasoning.kind == llm::ReasoningPart::Kind::kRedacted) {
    writer_.member("type", "redacted_thinking").member("data", reasoning.data);
  } else {
    writer_.member("type", "thinking").member("thinking", reasoning.text);
    writer_.member("signature", reasoning.signature);
  }
  object.close();
}

void BlockEncoder::write_tool_call(const llm::Part& part, const llm::ToolCallPart& call) {
  ExtensibleObject object(writer_, extras_.find(source_, part.place));
  writer_.member("type", "tool_use");
  writer_.member("id", wire_tool_id(call.id));
  writer_.member("name", call.name);
  writer_.key("input").raw(tool_input(call.arguments, call.custom));
  close(object, part);
}

Result<void> BlockEncoder::write_result_content(const llm::ToolResultPart& result) {
  std::vector<const llm::Part*> parts;
  parts.reserve(result.parts.size());
  for (const llm::Part& part : result.parts) {
    if (keeps(part, llm::Role::kTool)) {
      parts.push_back(&part);
    } else {
      dropped_.at(part.place);
    }
  }
  return write_content(parts, llm::Role::kTool);
}

Result<void> BlockEncoder::write_tool_result(const llm::Part& part,
                                             const llm::ToolResultPart& result) {
  ExtensibleObject object(writer_, extras_.find(source_, part.place));
  writer_.member("type", "tool_result");
  writer_.member("tool_use_id", wire_tool_id(result.tool_call_id));
  if (!result.parts.empty()) {
    writer_.key("content");
    BF_TRY_VOID(write_result_content(result));
  } else if (!result.json.empty()) {
    writer_.member("content", result.json);
  }
  if (result.is_error) writer_.member("is_error", true);
  close(object, part);
  return {};
}

}  // namespace bifrost::dialect::anthropic
