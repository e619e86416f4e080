#include "dialect/openai_chat/media.h"
#include "dialect/openai_responses/decode_request.h"
#include "dialect/openai_responses/functions.h"

#include <array>
#include <utility>
#include <vector>

namespace bifrost::dialect::openai_responses {
namespace {

using llm::Part;
using llm::Role;
using openai_chat::invalid;
using openai_chat::missing;
using openai_chat::note_unknown;
using openai_chat::read_cache_control;
using openai_chat::read_optional_string;
using openai_chat::read_string;
using openai_chat::wrong_type;

// What the answers of a model hold and its provider does not need to read again.
constexpr std::array<std::string_view, 6> kMessageKeys{"type", "role",   "content",
                                                       "id",   "status", "cache_control"};
constexpr std::array<std::string_view, 7> kCallKeys{"type",      "id",     "call_id",      "name",
                                                    "arguments", "status", "cache_control"};
constexpr std::array<std::string_view, 7> kCustomKeys{"type",  "id",     "call_id",      "name",
                                                      "input", "status", "cache_control"};
constexpr std::array<std::string_view, 6> kOutputKeys{"type",   "id",     "call_id",
                                                      "output", "status", "cache_control"};
constexpr std::array<std::string_view, 6> kReasoningKeys{"type",    "id",      "status",
                                                         "summary", "content", "encrypted_content"};
constexpr std::array<std::string_view, 5> kTextKeys{"type", "text", "annotations", "logprobs",
                                                    "cache_control"};
constexpr std::array<std::string_view, 3> kRefusalKeys{"type", "refusal", "cache_control"};
constexpr std::array<std::string_view, 5> kImageKeys{"type", "image_url", "file_id", "detail",
                                                     "cache_control"};
constexpr std::array<std::string_view, 6> kFileKeys{"type",     "file_id",  "file_data",
                                                    "file_url", "filename", "cache_control"};
constexpr std::array<std::string_view, 3> kAudioKeys{"type", "input_audio", "cache_control"};
constexpr std::array<std::string_view, 2> kInnerAudioKeys{"data", "format"};

struct RoleName {
  std::string_view name;
  Role role;
};

constexpr std::array<RoleName, 4> kRoles{{
    {"user", Role::kUser},
    {"assistant", Role::kAssistant},
    {"system", Role::kSystem},
    {"developer", Role::kDeveloper},
}};

Result<Role> read_role(json::Value item, const Path& path) {
  const json::Value role = item["role"];
  const Path here(path, "role");
  if (!role.is_set()) return missing(here, R"(write "user", "assistant", "system" or "developer")");
  if (!role.is_string()) return wrong_type(here, role, "a string");
  for (const RoleName& row : kRoles) {
    if (role.equals(row.name)) return row.role;
  }
  return invalid(here, "is " + std::string(role.raw()) +
                           ", but must be one of user, assistant, system, developer");
}

Result<std::string> read_required(json::Value item, std::string_view key, const Path& path,
                                  std::string_view fix = {}) {
  const Path here(path, key);
  if (!item[key].is_set()) return missing(here, fix);
  return read_string(item[key], here);
}

}  // namespace

Error needs_state(const Path& path, std::string_view fix) {
  Error error = invalid(path, "needs a provider that keeps answers, as OpenAI does; " +
                                  std::string(fix) + ", or choose a model of such a provider");
  error.retry = Retry::kOtherTarget;
  return error;
}

Result<void> InputDecoder::decode(json::Value input, const Path& path) {
  if (auto text = input.string()) {
    const llm::Place place = request_.source.add({}, "input");
    llm::Message message{.role = Role::kUser, .place = place};
    message.parts.push_back({.content = llm::TextPart{.text = *std::move(text)}, .place = place});
    request_.messages.push_back(std::move(message));
    return {};
  }
  if (!input.is_array()) return wrong_type(path, input, "a string or an array of items");
  if (input.size() == 0) return invalid(path, "is empty; write at least one item");
  std::size_t index = 0;
  for (const json::Value each : input.children()) {
    const llm::Place place = request_.source.add({}, "input", index);
    BF_TRY_VOID(item(each, Path(path, index++), place));
  }
  return {};
}

const InputDecoder::ItemType* InputDecoder::find_type(std::string_view name) {
  static constexpr std::array<ItemType, 7> kTypes{{
      {"message", &InputDecoder::message},
      {"reasoning", &InputDecoder::reasoning},
      {"function_call", &InputDecoder::function_call},
      {"function_call_output", &InputDecoder::call_output},
      {"custom_tool_call", &InputDecoder::custom_call},
      {"custom_tool_call_output", &InputDecoder::call_output},
      {"item_reference", &InputDecoder::item_reference},
  }};
  for (const ItemType& type : kTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

Result<void> InputDecoder::item(json::Value value, const Path& path, llm::Place place) {
  if (!value.is_object()) {
    return wrong_type(path, value, "an object", R"(write {"role":"user","content":"…"})");
  }
  BF_TRY(std::string type, read_optional_string(value, "type", path));
  if (type.empty())
    type = value["id"].is_set() && !value["role"].is_set() ? "item_reference" : "message";
  if (const ItemType* known = find_type(type)) return (this->*known->read)(value, path, place);
  // The call of a tool that a provider runs, and what came of it.
  add(Role::kAssistant,
      {.content = llm::RawPart{std::string(kName), std::move(type), std::string(value.raw())},
       .place = place});
  return {};
}

llm::Message& InputDecoder::turn(Role role, llm::Place place) {
  std::vector<llm::Message>& messages = request_.messages;
  if (messages.empty() || messages.back().role != role) {
    messages.push_back({.role = role, .place = place});
  }
  return messages.back();
}

void InputDecoder::add(Role role, Part part) {
  llm::Message& message = turn(role, part.place);
  message.parts.push_back(std::move(part));
}

Result<void> InputDecoder::message(json::Value item, const Path& path, llm::Place place) {
  BF_TRY(const Role role, read_role(item, path));
  const json::Value text = item["content"];
  const Path here(path, "content");
  if (!text.is_set()) return missing(here, "write a string or an array of parts");
  BF_TRY(std::vector<Part> parts, content(text, here, place, "content"));
  BF_TRY(auto marker, read_cache_control(item, path));
  if (marker && !parts.empty() && !parts.back().cache) parts.back().cache = std::move(marker);
  note_unknown(item, kMessageKeys, path, request_.extras);
  if (role != Role::kAssistant) {
    request_.messages.push_back({.role = role, .parts = std::move(parts), .place = place});
    return {};
  }
  llm::Message& message = turn(role, place);
  message.parts.reserve(message.parts.size() + parts.size());
  for (Part& part : parts) {
    auto* said = part.as<llm::TextPart>();
    if (said != nullptr && seal_ && seal_->kind == Seal::Kind::kText) {
      said->signature = std::exchange(seal_, std::nullopt)->data;
    }
    message.parts.push_back(std::move(part));
  }
  return {};
}

void InputDecoder::summary(json::Value item, const std::string& id, llm::Place place) {
  using Kind = llm::ReasoningPart::Kind;
  for (const auto& [key, kind] :
       {std::pair{"summary", Kind::kSummary}, std::pair{"content", Kind::kText}}) {
    for (const json::Value entry : item[key].children()) {
      std::string text = entry["text"].string_or("");
      if (text.empty()) continue;
      add(Role::kAssistant, {.content = llm::ReasoningPart{.kind = kind,
                                                           .text = std::move(text),
                                                           .id = id,
                                                           .format = std::string(kOwnFormat)},
                             .place = place});
    }
  }
}

Result<void> InputDecoder::reasoning(json::Value item, const Path& path, llm::Place place) {
  using Kind = llm::ReasoningPart::Kind;
  BF_TRY(const std::string id, read_optional_string(item, "id", path));
  BF_TRY(std::string encrypted, read_optional_string(item, "encrypted_content", path));
  note_unknown(item, kReasoningKeys, path, request_.extras);
  std::optional<Seal> sealed = unseal(encrypted);
  if (!sealed) {
    summary(item, id, place);
    if (encrypted.empty()) return {};
    add(Role::kAssistant, {.content = llm::ReasoningPart{.kind = Kind::kEncrypted,
                                                         .data = std::move(encrypted),
                                                         .id = id,
                                                         .format = std::string(kOwnFormat)},
                           .place = place});
    return {};
  }
  if (sealed->kind == Seal::Kind::kCall || sealed->kind == Seal::Kind::kText) {
    seal_ = std::move(sealed);
    return {};
  }
  llm::ReasoningPart part{.format = std::move(sealed->format)};
  if (sealed->kind == Seal::Kind::kSignature) {
    for (const json::Value entry : item["summary"].children()) {
      part.text += entry["text"].string_or("");
    }
    part.signature = std::move(sealed->data);
  } else {
    part.kind = sealed->kind == Seal::Kind::kRedacted ? Kind::kRedacted : Kind::kEncrypted;
    part.data = std::move(sealed->data);
  }
  add(Role::kAssistant, {.content = std::move(part), .place = place});
  return {};
}

Result<void> InputDecoder::call(llm::ToolCallPart call, json::Value item, const Path& path,
                                llm::Place place) {
  BF_TRY(call.id, read_required(item, "call_id", path));
  BF_TRY(call.name, read_required(item, "name", path));
  if (seal_ && seal_->kind == Seal::Kind::kCall) {
    call.signature = std::exchange(seal_, std::nullopt)->data;
  }
  call_names_[call.id] = call.name;
  BF_TRY(auto marker, read_cache_control(item, path));
  add(Role::kAssistant, {.content = std::move(call), .cache = std::move(marker), .place = place});
  return {};
}

Result<void> InputDecoder::function_call(json::Value item, const Path& path, llm::Place place) {
  llm::ToolCallPart called;
  const json::Value arguments = item["arguments"];
  if (arguments.is_object()) {
    called.arguments = arguments.raw();  // as some write it who had it parsed
  } else {
    BF_TRY(called.arguments, read_optional_string(item, "arguments", path));
  }
  note_unknown(item, kCallKeys, path, request_.extras);
  return call(std::move(called), item, path, place);
}

Result<void> InputDecoder::custom_call(json::Value item, const Path& path, llm::Place place) {
  llm::ToolCallPart called{.custom = true};
  BF_TRY(called.arguments, read_optional_string(item, "input", path));
  note_unknown(item, kCustomKeys, path, request_.extras);
  return call(std::move(called), item, path, place);
}

Result<void> InputDecoder::call_output(json::Value item, const Path& path, llm::Place place) {
  llm::ToolResultPart result;
  BF_TRY(result.tool_call_id,
         read_required(item, "call_id", path, "write the id of the call that this answers"));
  if (const auto known = call_names_.find(result.tool_call_id); known != call_names_.end()) {
    result.name = known->second;
  }
  const json::Value output = item["output"];
  const Path here(path, "output");
  if (!output.exists()) return missing(here, "write what the call gave, a string or parts");
  if (!output.is_null()) {
    BF_TRY(result.parts, content(output, here, place, "output"));
  }
  note_unknown(item, kOutputKeys, path, request_.extras);
  BF_TRY(auto marker, read_cache_control(item, path));
  add(Role::kTool, {.content = std::move(result), .cache = std::move(marker), .place = place});
  return {};
}

Result<void> InputDecoder::item_reference(json::Value /*item*/, const Path& path,
                                          llm::Place /*place*/) {
  return needs_state(
      path, "write the item itself (SDKs do where 'store' is false) instead of a reference");
}

Result<std::vector<Part>> InputDecoder::content(json::Value value, const Path& path,
                                                llm::Place owner, std::string_view key) {
  std::vector<Part> parts;
  if (auto text = value.string()) {
    parts.push_back({.content = llm::TextPart{.text = *std::move(text)},
                     .place = request_.source.add(owner, key)});
    return parts;
  }
  if (!value.is_array()) return wrong_type(path, value, "a string or an array of parts");
  parts.reserve(value.size());
  for (const json::Value each : value.children()) {
    const Path here(path, parts.size());
    BF_TRY(Part decoded, part(each, here));
    BF_TRY(decoded.cache, read_cache_control(each, here));
    decoded.place = request_.source.add(owner, key, parts.size());
    parts.push_back(std::move(decoded));
  }
  return parts;
}

Result<Part> InputDecoder::part(json::Value value, const Path& path) {
  if (!value.is_object()) {
    return wrong_type(path, value, "an object", R"(write {"type":"input_text","text":"…"})");
  }
  const json::Value type = value["type"];
  const Path type_path(path, "type");
  if (!type.is_set()) return missing(type_path, R"(write "input_text", "input_image" …)");
  if (!type.is_string()) return wrong_type(type_path, type, "a string");
  if (type.equals("input_text") || type.equals("output_text") || type.equals("text")) {
    BF_TRY(std::string text, read_required(value, "text", path));
    note_unknown(value, kTextKeys, path, request_.extras);
    return Part{llm::TextPart{.text = std::move(text)}, {}};
  }
  if (type.equals("refusal")) {
    BF_TRY(std::string text, read_required(value, "refusal", path));
    note_unknown(value, kRefusalKeys, path, request_.extras);
    return Part{llm::RefusalPart{std::move(text)}, {}};
  }
  if (type.equals("input_image")) return image(value, path);
  if (type.equals("input_file")) return file(value, path);
  if (type.equals("input_audio")) return audio(value, path);
  return Part{llm::RawPart{std::string(kName), type.string_or(""), std::string(value.raw())}, {}};
}

Result<Part> InputDecoder::image(json::Value value, const Path& path) {
  llm::ImagePart image;
  BF_TRY(const std::string url, read_optional_string(value, "image_url", path));
  if (!url.empty()) {
    image.media = openai_chat::media_of_url(url);
  } else {
    BF_TRY(image.media.file_id, read_optional_string(value, "file_id", path));
    if (image.media.file_id.empty()) {
      return invalid(path,
                     "has neither image_url nor file_id; write one of them, an address or a "
                     "data: URL as a string");
    }
  }
  BF_TRY(image.detail, read_optional_string(value, "detail", path));
  note_unknown(value, kImageKeys, path, request_.extras);
  return Part{std::move(image), {}};
}

Result<Part> InputDecoder::file(json::Value value, const Path& path) {
  llm::FilePart file;
  BF_TRY(std::string data, read_optional_string(value, "file_data", path));
  BF_TRY(file.media.file_id, read_optional_string(value, "file_id", path));
  BF_TRY(const std::string url, read_optional_string(value, "file_url", path));
  BF_TRY(file.filename, read_optional_string(value, "filename", path));
  if (!data.empty()) {
    const bool address = data.starts_with("data:");
    file.media = address ? openai_chat::media_of_url(data) : llm::Media{.data = std::move(data)};
  } else if (!url.empty()) {
    file.media = openai_chat::media_of_url(url);
  } else if (file.media.file_id.empty()) {
    return invalid(path, "has none of file_data, file_url and file_id; write one of them");
  }
  note_unknown(value, kFileKeys, path, request_.extras);
  return Part{std::move(file), {}};
}

Result<Part> InputDecoder::audio(json::Value value, const Path& path) {
  const json::Value sound = value["input_audio"];
  const Path here(path, "input_audio");
  if (!sound.is_object()) return missing(here, R"(write {"data":"…","format":"wav"})");
  llm::AudioPart audio;
  BF_TRY(audio.media.data, read_required(sound, "data", here, "write the sound in base64"));
  BF_TRY(audio.format, read_optional_string(sound, "format", here));
  audio.media.media_type = openai_chat::audio_media_type(audio.format);
  note_unknown(sound, kInnerAudioKeys, here, request_.extras);
  note_unknown(value, kAudioKeys, path, request_.extras);
  return Part{std::move(audio), {}};
}

}  // namespace bifrost::dialect::openai_responses
