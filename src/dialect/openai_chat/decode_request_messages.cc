#include "dialect/openai_chat/answer.h"
#include "dialect/openai_chat/decode_request.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/reasoning.h"

#include <array>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

using llm::Message;
using llm::Part;
using llm::Role;

constexpr std::array<std::string_view, 4> kUserKeys{"role", "content", "name", "cache_control"};
constexpr std::array<std::string_view, 4> kToolKeys{"role", "content", "tool_call_id",
                                                    "cache_control"};
constexpr std::array<std::string_view, 12> kAssistantKeys{"role",
                                                          "content",
                                                          "name",
                                                          "cache_control",
                                                          "refusal",
                                                          "audio",
                                                          "tool_calls",
                                                          "function_call",
                                                          "reasoning",
                                                          "reasoning_content",
                                                          "reasoning_details",
                                                          "extra_content"};
constexpr std::array<std::string_view, 3> kCalledKeys{"name", "arguments", "input"};
constexpr std::array<std::string_view, 5> kToolCallKeys{"id", "type", "function", "custom",
                                                        "extra_content"};

// A marker on a message stands behind its last part.
Result<void> mark_last(json::Value message, const Path& path, std::vector<Part>& parts) {
  BF_TRY(auto marker, read_cache_control(message, path));
  if (marker && !parts.empty() && !parts.back().cache) parts.back().cache = std::move(marker);
  return {};
}

Result<void> check_reasoning(json::Value message, const Path& path) {
  for (const char* key : {"reasoning", "reasoning_content"}) {
    BF_TRY_VOID(read_optional_string(message, key, path));
  }
  const json::Value details = message["reasoning_details"];
  if (!details.is_set()) return {};
  const Path here(path, "reasoning_details");
  if (!details.is_array()) return wrong_type(here, details, "an array of objects");
  std::size_t index = 0;
  for (const json::Value entry : details.children()) {
    const Path place(here, index++);
    if (!entry.is_object()) return wrong_type(place, entry, "an object");
    for (const char* key : {"type", "text", "summary", "data", "signature"}) {
      BF_TRY_VOID(read_optional_string(entry, key, place));
    }
  }
  return {};
}

// Where the thoughts of a message stand. The details repeat what the plain texts say.
std::string_view reasoning_key(json::Value message) {
  for (const std::string_view key : {"reasoning_details", "reasoning_content"}) {
    if (message[key].is_set()) return key;
  }
  return "reasoning";
}

// Gemini's compatible endpoint signs the text of a message.
void attach_signature(json::Value message, std::vector<Part>& parts) {
  std::string signature = decode_signature(message);
  if (signature.empty()) return;
  for (Part& part : parts) {
    if (auto* text = part.as<llm::TextPart>()) {
      text->signature = std::move(signature);
      return;
    }
  }
}

}  // namespace

Result<Message> MessageDecoder::decode(json::Value value, const Path& path, llm::Place place) {
  place_ = place;
  if (!value.is_object()) {
    return wrong_type(path, value, "an object", R"(write {"role":"user","content":"…"})");
  }
  const json::Value role = value["role"];
  const Path role_path(path, "role");
  if (!role.is_set()) return missing(role_path, "write \"user\", \"assistant\", \"system\" …");
  if (!role.is_string()) return wrong_type(role_path, role, "a string");
  if (role.equals("user")) return user(value, path, Role::kUser);
  if (role.equals("system")) return user(value, path, Role::kSystem);
  if (role.equals("developer")) return user(value, path, Role::kDeveloper);
  if (role.equals("assistant")) return assistant(value, path);
  if (role.equals("tool")) return tool(value, path);
  if (role.equals("function")) return function(value, path);
  return invalid(role_path, "is " + std::string(role.raw()) +
                                ", but must be one of system, developer, user, assistant, tool, "
                                "function");
}

Result<Message> MessageDecoder::user(json::Value value, const Path& path, Role role) {
  const json::Value text = value["content"];
  const Path content_path(path, "content");
  if (!text.exists()) return missing(content_path);
  if (text.is_null()) return wrong_type(content_path, text, "a string or an array of parts");
  Message message{.role = role, .place = place_};
  BF_TRY(message.parts, content(text, content_path));
  BF_TRY(message.name, read_optional_string(value, "name", path));
  BF_TRY_VOID(mark_last(value, path, message.parts));
  note_unknown(value, kUserKeys, path, extras_);
  return message;
}

Result<Message> MessageDecoder::assistant(json::Value value, const Path& path) {
  Message message{.role = Role::kAssistant, .place = place_};
  BF_TRY(message.name, read_optional_string(value, "name", path));
  BF_TRY_VOID(check_reasoning(value, path));
  for (llm::ReasoningPart& part : decode_reasoning(value)) {
    message.parts.push_back(
        {.content = std::move(part), .place = source_.add(place_, reasoning_key(value))});
  }
  const json::Value text = value["content"];
  if (text.is_set() && !text.equals("")) {
    BF_TRY(auto parts, content(text, Path(path, "content")));
    for (Part& part : parts) message.parts.push_back(std::move(part));
  }
  attach_signature(value, message.parts);
  BF_TRY(std::string refusal, read_optional_string(value, "refusal", path));
  if (!refusal.empty()) {
    message.parts.push_back(
        {.content = llm::RefusalPart{std::move(refusal)}, .place = source_.add(place_, "refusal")});
  }
  const json::Value sound = value["audio"];
  if (sound.is_set() && !sound.is_object()) {
    return wrong_type(Path(path, "audio"), sound, "an object", R"(write {"id":"…"})");
  }
  if (auto part = decode_audio(sound)) {
    message.parts.push_back({.content = *std::move(part), .place = source_.add(place_, "audio")});
  }
  BF_TRY_VOID(append_tool_calls(value, path, message.parts));
  BF_TRY_VOID(append_function_call(value, path, message.parts));
  BF_TRY_VOID(mark_last(value, path, message.parts));
  note_unknown(value, kAssistantKeys, path, extras_);
  return message;
}

Result<void> MessageDecoder::append_tool_calls(json::Value message, const Path& path,
                                               std::vector<Part>& parts) {
  const json::Value calls = message["tool_calls"];
  if (!calls.is_set()) return {};
  const Path calls_path(path, "tool_calls");
  if (!calls.is_array()) return wrong_type(calls_path, calls, "an array of objects");
  std::size_t index = 0;
  for (const json::Value call : calls.children()) {
    const llm::Place place = source_.add(place_, "tool_calls", index);
    const Path here(calls_path, index++);
    if (!call.is_object()) return wrong_type(here, call, "an object");
    const bool custom = call["custom"].is_object() && !call["function"].is_object();
    const char* kind = custom ? "custom" : "function";
    const Path kind_path(here, kind);
    if (!call[kind].is_object()) return missing(kind_path, R"(write {"name":"…","arguments":"…"})");
    BF_TRY_VOID(read_optional_string(call, "id", here));
    if (!call[kind]["name"].is_set()) return missing(Path(kind_path, "name"));
    BF_TRY_VOID(read_optional_string(call[kind], "name", kind_path));
    auto part = decode_tool_call(call);
    if (!part) return missing(Path(here, "id"));
    if (part->id.empty()) part->id = made_up_call_id({}, 0, call_names_.size());
    call_names_[part->id] = part->name;
    parts.push_back({.content = *std::move(part), .place = place});
    note_unknown(call[kind], kCalledKeys, kind_path, extras_);
    note_unknown(call, kToolCallKeys, here, extras_);
  }
  return {};
}

// The legacy form had no ids. The answer to it follows as a message of role "function".
Result<void> MessageDecoder::append_function_call(json::Value message, const Path& path,
                                                  std::vector<Part>& parts) {
  const json::Value call = message["function_call"];
  if (!call.is_set()) return {};
  const Path here(path, "function_call");
  if (!call.is_object()) return wrong_type(here, call, "an object");
  if (!call["name"].is_set()) return missing(Path(here, "name"));
  BF_TRY(std::string name, read_string(call["name"], Path(here, "name")));
  legacy_call_id_ = "call_function_" + std::to_string(legacy_calls_++);
  parts.push_back({.content = llm::ToolCallPart{.id = legacy_call_id_,
                                                .name = std::move(name),
                                                .arguments = decode_arguments(call["arguments"])},
                   .place = source_.add(place_, "function_call")});
  return {};
}

Result<Message> MessageDecoder::tool(json::Value value, const Path& path) {
  const json::Value id = value["tool_call_id"];
  const Path id_path(path, "tool_call_id");
  if (!id.is_set()) return missing(id_path, "write the id of the call that this answers");
  llm::ToolResultPart result;
  BF_TRY(result.tool_call_id, read_string(id, id_path));
  BF_TRY(result.name, read_optional_string(value, "name", path));
  if (const auto call = call_names_.find(result.tool_call_id);
      result.name.empty() && call != call_names_.end()) {
    result.name = call->second;
  }
  const json::Value text = value["content"];
  if (text.is_set() && !text.equals("")) {
    BF_TRY(result.parts, content(text, Path(path, "content")));
  }
  Message message{.role = Role::kTool, .place = place_};
  message.parts.push_back({.content = std::move(result), .place = place_});
  BF_TRY_VOID(mark_last(value, path, message.parts));
  // A name stays an extra: OpenAI does not know it here, others of this dialect want it back.
  note_unknown(value, kToolKeys, path, extras_);
  return message;
}

Result<Message> MessageDecoder::function(json::Value value, const Path& path) {
  llm::ToolResultPart result;
  const json::Value name = value["name"];
  if (!name.is_set()) return missing(Path(path, "name"), "write the name of the function");
  BF_TRY(result.name, read_string(name, Path(path, "name")));
  result.tool_call_id = legacy_call_id_;
  const json::Value text = value["content"];
  if (text.is_set() && !text.equals("")) {
    BF_TRY(result.parts, content(text, Path(path, "content")));
  }
  Message message{.role = Role::kTool, .place = place_};
  message.parts.push_back({.content = std::move(result), .place = place_});
  note_unknown(value, kUserKeys, path, extras_);
  return message;
}

}  // namespace bifrost::dialect::openai_chat
