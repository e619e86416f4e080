// Bytes of a Messages request into our own request.
#include "base/try.h"
#include "dialect/anthropic/decode_blocks.h"
#include "dialect/anthropic/decode_tools.h"
#include "dialect/anthropic/functions.h"
#include "dialect/fallbacks.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

constexpr std::array<std::string_view, 18> kFields = {
    "model",    "messages",      "system",         "max_tokens",   "stream",    "temperature",
    "top_p",    "top_k",         "stop_sequences", "metadata",     "tools",     "tool_choice",
    "thinking", "output_config", "output_format",  "service_tier", "fallbacks", "cache_control",
};

constexpr std::array kCallersNames = std::to_array<llm::FieldName>({
    {"max_completion_tokens", "max_tokens"},
    {"stop", "stop_sequences"},
    {"user", "metadata.user_id"},
    {"parallel_tool_calls", "tool_choice.disable_parallel_tool_use"},
    {"response_format", "output_config.format"},
    {"reasoning_effort", "thinking"},
    {"reasoning", "thinking"},
    {"reasoning.include_thoughts", "thinking.display"},
    {"function.strict", "strict"},
    {"file.filename", "title"},
});

// A conversation that Anthropic's servers hold: with `thread`, `messages` are only what is new,
// which tells another provider nothing. Anthropic's SDKs know this code and send everything
// instead.
Error no_threads() {
  Error error = client_error(ErrorCode::kUnsupportedOperation,
                             "message threads are not available for a model that another provider "
                             "serves; send the full conversation without it",
                             "thread");
  error.upstream_code = "thread_unsupported_request";
  error.retry = Retry::kOtherTarget;  // Anthropic itself may be a fallback
  return error;
}

// Claude Code begins its system prompt with a note to Anthropic's billing, which is no instruction
// and means nothing to anybody else.
bool is_billing_note(const llm::Part& part) {
  const auto* text = part.as<llm::TextPart>();
  return text != nullptr && text->text.starts_with("x-anthropic-billing-header:");
}

class RequestDecoder {
 public:
  explicit RequestDecoder(json::Value root) : root_(root), blocks_(request_) {
    request_.source = llm::Source(kCallersNames);
  }

  Result<llm::Request> decode(const RequestInput& input);

 private:
  Result<void> read_system();
  Result<void> read_messages();
  Result<void> read_message(json::Value message, const Place& place);
  Result<void> add_block(json::Value block, std::string_view role, const Place& place);
  Result<void> read_limits();
  Result<void> read_sampling();
  Result<void> read_metadata();
  Result<void> read_fallbacks();

  template <class T>
  Result<std::optional<T>> read(std::string_view name);

  json::Value root_;
  llm::Request request_;
  BlockDecoder blocks_;
};

template <class T>
Result<std::optional<T>> RequestDecoder::read(std::string_view name) {
  const json::Value value = root_[name];
  if (!value.is_set()) return std::optional<T>{};
  std::optional<T> found;
  std::string_view kind;
  if constexpr (std::is_same_v<T, bool>) {
    found = value.boolean();
    kind = "true or false";
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    found = value.integer();
    kind = "a whole number";
  } else if constexpr (std::is_same_v<T, double>) {
    found = value.number();
    kind = "a number";
  } else {
    found = value.string();
    kind = "a string";
  }
  if (!found) return invalid(std::string(name), "must be " + std::string(kind));
  return found;
}

Result<llm::Request> RequestDecoder::decode(const RequestInput& input) {
  request_.dialect = "anthropic";
  if (root_["thread"].is_set()) return no_threads();
  BF_TRY(auto model, read<std::string>("model"));
  request_.model = model ? std::move(*model) : std::string(input.path_model);
  if (request_.model.empty()) return invalid("model", "a model is required");
  BF_TRY(const auto stream, read<bool>("stream"));
  request_.stream = stream.value_or(input.path_stream);

  BF_TRY_VOID(read_system());
  BF_TRY_VOID(read_messages());
  BF_TRY_VOID(read_tools(root_, request_));
  BF_TRY_VOID(read_thinking(root_, request_));
  BF_TRY_VOID(read_limits());
  BF_TRY_VOID(read_sampling());
  BF_TRY_VOID(read_metadata());
  BF_TRY_VOID(read_fallbacks());
  BF_TRY(request_.cache, read_cache(root_, {}, request_));
  note_extras(root_, kFields, {}, request_);
  return std::move(request_);
}

Result<void> RequestDecoder::read_system() {
  const json::Value system = root_["system"];
  if (!system.is_set()) return {};
  BF_TRY(auto parts, blocks_.decode_content(system, {.field = "system", .at = {}}, "system"));
  std::erase_if(parts, is_billing_note);
  if (parts.empty()) return {};
  request_.messages.push_back({.role = llm::Role::kSystem, .parts = std::move(parts), .name = {}});
  return {};
}

Result<void> RequestDecoder::read_messages() {
  const json::Value messages = root_["messages"];
  if (!messages.is_array()) return invalid("messages", "a list of messages is required");
  request_.messages.reserve(request_.messages.size() + messages.size());
  std::size_t index = 0;
  for (const json::Value message : messages.children()) {
    const Place place{.field = "messages." + std::to_string(index),
                      .at = request_.source.add({}, "messages", index)};
    BF_TRY_VOID(read_message(message, place));
    ++index;
  }
  return {};
}

Result<void> RequestDecoder::read_message(json::Value message, const Place& place) {
  if (!message.is_object()) return invalid(place.field, "a message must be an object");
  const std::string role = message["role"].string_or({});
  if (role != "user" && role != "assistant" && role != "system") {
    return invalid(place.member("role"), "must be one of user, assistant, system");
  }
  const json::Value content = message["content"];
  const std::string content_field = place.member("content");
  llm::Source& source = request_.source;
  if (content.is_string()) {
    return add_block(content, role,
                     {.field = content_field, .at = source.add(place.at, "content")});
  }
  if (!content.is_array()) return invalid(content_field, "must be a string or a list of blocks");
  std::size_t index = 0;
  for (const json::Value block : content.children()) {
    const Place here{.field = content_field + "." + std::to_string(index),
                     .at = source.add(place.at, "content", index)};
    BF_TRY_VOID(add_block(block, role, here));
    ++index;
  }
  return {};
}

Result<void> RequestDecoder::add_block(json::Value block, std::string_view role,
                                       const Place& place) {
  llm::Part part{.content = {}, .cache = {}, .place = place.at};
  if (auto text = block.string()) {
    part.content = llm::TextPart{.text = std::move(*text)};
  } else {
    BF_TRY(part, blocks_.decode(block, place));
  }
  llm::Role to = llm::Role::kUser;
  if (role == "assistant") to = llm::Role::kAssistant;
  if (role == "system") to = llm::Role::kSystem;
  if (role == "user" && part.as<llm::ToolResultPart>() != nullptr) to = llm::Role::kTool;
  if (request_.messages.empty() || request_.messages.back().role != to) {
    request_.messages.push_back({.role = to, .parts = {}, .name = {}});
  }
  request_.messages.back().parts.push_back(std::move(part));
  return {};
}

Result<void> RequestDecoder::read_limits() {
  BF_TRY(request_.max_tokens, read<std::int64_t>("max_tokens"));
  const json::Value stop = root_["stop_sequences"];
  if (!stop.is_set()) return {};
  if (!stop.is_array()) return invalid("stop_sequences", "must be a list of strings");
  for (const json::Value sequence : stop.children()) {
    auto text = sequence.string();
    if (!text) return invalid("stop_sequences", "must be a list of strings");
    request_.stop.push_back(std::move(*text));
  }
  return {};
}

Result<void> RequestDecoder::read_sampling() {
  BF_TRY(request_.temperature, read<double>("temperature"));
  BF_TRY(request_.top_p, read<double>("top_p"));
  BF_TRY(request_.top_k, read<std::int64_t>("top_k"));
  BF_TRY(const auto tier, read<std::string>("service_tier"));
  if (tier) request_.service_tier = *tier == "standard_only" ? "default" : *tier;
  return {};
}

Result<void> RequestDecoder::read_metadata() {
  constexpr std::array<std::string_view, 1> kKnown = {"user_id"};
  const json::Value metadata = root_["metadata"];
  if (!metadata.is_set()) return {};
  if (!metadata.is_object()) return invalid("metadata", "must be an object");
  const json::Value user = metadata["user_id"];
  if (user.is_set() && !user.is_string()) return invalid("metadata.user_id", "must be a string");
  request_.user = user.string_or({});
  note_extras(metadata, kKnown, request_.source.add({}, "metadata"), request_);
  return {};
}

Result<void> RequestDecoder::read_fallbacks() {
  const json::Value fallbacks = root_["fallbacks"];
  if (!fallbacks.is_set()) return {};
  if (!is_gateway_fallbacks(fallbacks)) {
    request_.extras.push_back({.path = "fallbacks", .json = std::string(fallbacks.raw())});
    return {};
  }
  BF_TRY(request_.fallbacks, dialect::read_fallbacks(fallbacks));
  return {};
}

}  // namespace

bool is_gateway_fallbacks(json::Value fallbacks) {
  return fallbacks.is_null() ||
         (fallbacks.is_array() &&
          std::ranges::all_of(fallbacks.children(), &json::Value::is_string));
}

Result<llm::Request> decode_request(const RequestInput& input) {
  BF_TRY(const json::Document document, json::Document::parse(input.body));
  if (!document.root().is_object()) return invalid({}, "the body must be a JSON object");
  return RequestDecoder(document.root()).decode(input);
}

}  // namespace bifrost::dialect::anthropic
