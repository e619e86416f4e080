#include "dialect/anthropic/decode_blocks.h"

#include "base/try.h"
#include "dialect/anthropic/citations.h"
#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/tool_call.h"
#include "dialect/data_url.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 4> kTextFields = {"type", "text", "cache_control",
                                                         "citations"};
constexpr std::array<std::string_view, 3> kImageFields = {"type", "source", "cache_control"};
constexpr std::array<std::string_view, 6> kDocumentFields = {"type",    "source", "cache_control",
                                                             "context", "title",  "citations"};
constexpr std::array<std::string_view, 5> kToolUseFields = {"type", "id", "name", "input",
                                                            "cache_control"};
constexpr std::array<std::string_view, 5> kToolResultFields = {"type", "tool_use_id", "content",
                                                               "is_error", "cache_control"};
constexpr std::array<std::string_view, 4> kThinkingFields = {"type", "thinking", "signature",
                                                             "data"};

Result<std::string> required_string(json::Value object, std::string_view name, const Place& place) {
  auto text = object[name].string();
  if (!text) return invalid(place.member(name), "a string is required");
  return std::move(*text);
}

Result<std::string> optional_string(json::Value object, std::string_view name, const Place& place) {
  const json::Value value = object[name];
  if (!value.is_set()) return std::string{};
  auto text = value.string();
  if (!text) return invalid(place.member(name), "must be a string");
  return std::move(*text);
}

// A source of type base64, url or file.
Result<llm::Media> read_media(json::Value source, const Place& place) {
  llm::Media media;
  if (source["type"].equals("base64")) {
    BF_TRY(media.data, required_string(source, "data", place));
    BF_TRY(media.media_type, required_string(source, "media_type", place));
  } else if (source["type"].equals("url")) {
    BF_TRY(media.url, required_string(source, "url", place));
    if (auto inlined = read_data_url(media.url)) return *std::move(inlined);
  } else if (source["type"].equals("file")) {
    BF_TRY(media.file_id, required_string(source, "file_id", place));
  } else {
    return invalid(place.member("type"), "must be one of base64, url, file");
  }
  return media;
}

// The text of a document that is given as content blocks. Nothing when they hold more than text.
std::optional<std::string> joined_text(json::Value content) {
  if (auto text = content.string()) return text;
  if (!content.is_array()) return std::nullopt;
  std::string joined;
  for (const json::Value block : content.children()) {
    const auto text = block["text"].string();
    if (!block["type"].equals("text") || !text) return std::nullopt;
    if (!joined.empty()) joined += "\n";
    joined += *text;
  }
  return joined;
}

llm::Part raw_part(json::Value block, std::string type) {
  return {.content = llm::RawPart{.dialect = "anthropic",
                                  .type = std::move(type),
                                  .json = std::string(block.raw())},
          .cache = {}};
}

}  // namespace

Error invalid(std::string param, std::string_view what) {
  return client_error(ErrorCode::kInvalidRequest, std::string(what), std::move(param));
}

void note_extras(json::Value object, Names known, llm::Place place, llm::Request& request) {
  for (const json::Value member : object.children()) {
    if (!member.is_set()) continue;
    const std::string key = member.key();
    if (std::ranges::find(known, key) != known.end()) continue;
    request.extras.push_back(
        {.path = request.source.path(place, key), .json = std::string(member.raw())});
  }
}

Result<std::optional<llm::CacheMarker>> read_cache(json::Value object, const Place& place,
                                                   llm::Request& request) {
  const json::Value control = object["cache_control"];
  if (!control.is_set()) return std::optional<llm::CacheMarker>{};
  const Place at{.field = place.member("cache_control"), .at = place.at};
  if (!control.is_object()) return invalid(at.field, "must be an object");
  BF_TRY(std::string ttl, optional_string(control, "ttl", at));
  const bool more = std::ranges::any_of(control.children(), [](json::Value member) {
    const std::string key = member.key();
    return key != "ttl" && !(key == "type" && member.equals("ephemeral"));
  });
  if (more) {
    request.extras.push_back({.path = request.source.path(place.at, "cache_control"),
                              .json = std::string(control.raw())});
  }
  return std::optional<llm::CacheMarker>{llm::CacheMarker{.ttl = std::move(ttl)}};
}

Result<llm::Part> BlockDecoder::decode(json::Value block, const Place& place) {
  if (!block.is_object()) return invalid(place.field, "a content block must be an object");
  auto type = block["type"].string();
  if (!type) return invalid(place.member("type"), "a string is required");
  BF_TRY(llm::Part part, decode_known(block, *type, place));
  part.place = place.at;
  return part;
}

Result<llm::Part> BlockDecoder::decode_known(json::Value block, const std::string& type,
                                             const Place& place) {
  if (type == "text") return decode_text(block, place);
  if (type == "image") return decode_image(block, place);
  if (type == "document") return decode_document(block, place);
  if (type == "tool_use") return decode_tool_use(block, place);
  if (type == "tool_result") return decode_tool_result(block, place);
  if (type == "thinking" || type == "redacted_thinking") return decode_thinking(block, place);
  return raw_part(block, type);
}

Result<std::vector<llm::Part>> BlockDecoder::decode_content(json::Value content, const Place& place,
                                                            std::string_view key) {
  std::vector<llm::Part> parts;
  if (!content.is_set()) return parts;
  if (auto text = content.string()) {
    parts.push_back({.content = llm::TextPart{.text = std::move(*text)},
                     .cache = {},
                     .place = request_.source.add(place.at, key)});
    return parts;
  }
  if (!content.is_array()) return invalid(place.field, "must be a string or a list of blocks");
  parts.reserve(content.size());
  for (const json::Value block : content.children()) {
    const std::size_t index = parts.size();
    const Place here{.field = place.field + "." + std::to_string(index),
                     .at = request_.source.add(place.at, key, index)};
    BF_TRY(llm::Part part, decode(block, here));
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<llm::Part> BlockDecoder::decode_text(json::Value block, const Place& place) {
  llm::TextPart text;
  BF_TRY(text.text, required_string(block, "text", place));
  text.citations = read_citations(block["citations"]);
  llm::Part part{.content = std::move(text), .cache = {}};
  BF_TRY(part.cache, read_cache(block, place, request_));
  note_extras(block, kTextFields, place.at, request_);
  return part;
}

Result<llm::Part> BlockDecoder::decode_image(json::Value block, const Place& place) {
  const Place at{.field = place.member("source"), .at = place.at};
  if (!block["source"].is_object()) return invalid(at.field, "an object is required");
  llm::ImagePart image;
  BF_TRY(image.media, read_media(block["source"], at));
  llm::Part part{.content = std::move(image), .cache = {}};
  BF_TRY(part.cache, read_cache(block, place, request_));
  note_extras(block, kImageFields, place.at, request_);
  return part;
}

Result<llm::Part> BlockDecoder::decode_document(json::Value block, const Place& place) {
  const json::Value source = block["source"];
  const Place at{.field = place.member("source"), .at = place.at};
  if (!source.is_object()) return invalid(at.field, "an object is required");
  llm::FilePart file;
  if (source["type"].equals("text")) {
    BF_TRY(file.text, required_string(source, "data", at));
  } else if (source["type"].equals("content")) {
    auto text = joined_text(source["content"]);
    if (!text) return raw_part(block, "document");
    file.text = std::move(*text);
    // How the text was cut into blocks matters for citations, and only this dialect knows it.
    request_.extras.push_back(
        {.path = request_.source.path(place.at, "source"), .json = std::string(source.raw())});
  } else {
    BF_TRY(file.media, read_media(source, at));
  }
  BF_TRY(file.filename, optional_string(block, "title", place));
  BF_TRY(file.context, optional_string(block, "context", place));
  file.citations = block["citations"]["enabled"].boolean().value_or(false);
  llm::Part part{.content = std::move(file), .cache = {}};
  BF_TRY(part.cache, read_cache(block, place, request_));
  note_extras(block, kDocumentFields, place.at, request_);
  return part;
}

Result<llm::Part> BlockDecoder::decode_tool_use(json::Value block, const Place& place) {
  BF_TRY(const std::string wire_id, required_string(block, "id", place));
  ToolId id = hub_tool_id(wire_id);
  llm::ToolCallPart call{.id = std::move(id.id), .signature = std::move(id.signature)};
  BF_TRY(call.name, required_string(block, "name", place));
  const json::Value input = block["input"];
  if (input.is_set() && !input.is_object()) {
    return invalid(place.member("input"), "must be an object");
  }
  call.arguments = input.is_set() ? std::string(input.raw()) : "{}";
  tool_names_[call.id] = call.name;
  llm::Part part{.content = std::move(call), .cache = {}};
  BF_TRY(part.cache, read_cache(block, place, request_));
  note_extras(block, kToolUseFields, place.at, request_);
  return part;
}

Result<llm::Part> BlockDecoder::decode_tool_result(json::Value block, const Place& place) {
  BF_TRY(const std::string wire_id, required_string(block, "tool_use_id", place));
  llm::ToolResultPart result{.tool_call_id = hub_tool_id(wire_id).id};
  if (const auto name = tool_names_.find(result.tool_call_id); name != tool_names_.end()) {
    result.name = name->second;
  }
  BF_TRY(result.parts,
         decode_content(block["content"], {.field = place.member("content"), .at = place.at},
                        "content"));
  result.is_error = block["is_error"].boolean().value_or(false);
  llm::Part part{.content = std::move(result), .cache = {}};
  BF_TRY(part.cache, read_cache(block, place, request_));
  note_extras(block, kToolResultFields, place.at, request_);
  return part;
}

Result<llm::Part> BlockDecoder::decode_thinking(json::Value block, const Place& place) {
  llm::ReasoningPart reasoning;
  if (block["type"].equals("redacted_thinking")) {
    reasoning.kind = llm::ReasoningPart::Kind::kRedacted;
    BF_TRY(reasoning.data, required_string(block, "data", place));
  } else {
    BF_TRY(reasoning.text, required_string(block, "thinking", place));
    BF_TRY(reasoning.signature, optional_string(block, "signature", place));
  }
  if (!reasoning.signature.empty() || !reasoning.data.empty()) reasoning.format = kSignatureFormat;
  note_extras(block, kThinkingFields, place.at, request_);
  return llm::Part{.content = std::move(reasoning), .cache = {}};
}

}  // namespace bifrost::dialect::anthropic
