#include "dialect/openai_chat/decode_request.h"

#include "dialect/fallbacks.h"
#include "dialect/openai_chat/functions.h"

#include <array>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

using llm::Request;

constexpr std::array kCallersNames = std::to_array<llm::FieldName>({
    {"reasoning.include_thoughts", "reasoning.exclude"},
});

// A request while its fields come in, in the caller's order.
struct Decoding {
  Request request;
  std::optional<std::int64_t> max_completion_tokens;
  bool has_messages = false;
};

template <auto kMember>
Result<void> text(json::Value value, const Path& path, Decoding& into) {
  BF_TRY(into.request.*kMember, read_string(value, path));
  return {};
}

template <auto kMember>
Result<void> flag(json::Value value, const Path& path, Decoding& into) {
  BF_TRY(into.request.*kMember, read_bool(value, path));
  return {};
}

template <auto kMember>
Result<void> integer(json::Value value, const Path& path, Decoding& into) {
  BF_TRY(into.request.*kMember, read_integer(value, path));
  return {};
}

template <auto kMember>
Result<void> number(json::Value value, const Path& path, Decoding& into) {
  BF_TRY(into.request.*kMember, read_number(value, path));
  return {};
}

template <auto kMember>
Result<void> object(json::Value value, const Path& path, Decoding& into) {
  BF_TRY(into.request.*kMember, read_object_text(value, path));
  return {};
}

// For fields with a decoder of their own.
template <auto kDecode>
Result<void> apart(json::Value value, const Path& path, Decoding& into) {
  return kDecode(value, path, into.request);
}

Result<void> messages(json::Value value, const Path& path, Decoding& into) {
  if (!value.is_array()) return wrong_type(path, value, "an array of messages");
  into.has_messages = true;
  Request& request = into.request;
  MessageDecoder decoder(request);
  request.messages.clear();
  request.messages.reserve(value.size());
  for (const json::Value item : value.children()) {
    const std::size_t index = request.messages.size();
    const llm::Place place = request.source.add({}, "messages", index);
    BF_TRY(auto message, decoder.decode(item, Path(path, index), place));
    request.messages.push_back(std::move(message));
  }
  return {};
}

Result<void> max_completion_tokens(json::Value value, const Path& path, Decoding& into) {
  BF_TRY(into.max_completion_tokens, read_integer(value, path));
  return {};
}

Result<void> stop(json::Value value, const Path& path, Decoding& into) {
  if (auto one = value.string()) {
    into.request.stop = {*std::move(one)};
    return {};
  }
  if (!value.is_array()) return wrong_type(path, value, "a string or an array of strings");
  BF_TRY(into.request.stop, read_strings(value, path));
  return {};
}

Result<void> modalities(json::Value value, const Path& path, Decoding& into) {
  BF_TRY(into.request.modalities, read_strings(value, path));
  return {};
}

Result<void> stream_options(json::Value value, const Path& path, Decoding& into) {
  constexpr std::array<std::string_view, 1> kKnown{"include_usage"};
  if (!value.is_object()) {
    return wrong_type(path, value, "an object", R"(write {"include_usage":true})");
  }
  BF_TRY(const auto include, read_optional_bool(value, "include_usage", path));
  into.request.include_usage = include.value_or(false);
  note_unknown(value, kKnown, path, into.request.extras);
  return {};
}

Result<void> reasoning_effort(json::Value value, const Path& path, Decoding& into) {
  BF_TRY(std::string effort, read_string(value, path));
  if (!into.request.reasoning) into.request.reasoning.emplace();
  // The gateway's own object says more and wins, whichever comes first.
  if (into.request.reasoning->effort.empty()) into.request.reasoning->effort = std::move(effort);
  return {};
}

Result<void> fallbacks(json::Value value, const Path& /*path*/, Decoding& into) {
  BF_TRY(into.request.fallbacks, read_fallbacks(value));
  return {};
}

struct Field {
  std::string_view name;
  Result<void> (*read)(json::Value value, const Path& path, Decoding& into);
};

// `cache_control` is read apart: it belongs to the whole object.
constexpr std::array<Field, 38> kFields{{
    {"model", text<&Request::model>},
    {"messages", messages},
    {"stream", flag<&Request::stream>},
    {"stream_options", stream_options},
    {"tools", apart<decode_tools>},
    {"tool_choice", apart<decode_tool_choice>},
    {"parallel_tool_calls", flag<&Request::parallel_tool_calls>},
    {"functions", apart<decode_functions>},
    {"function_call", apart<decode_function_call>},
    {"response_format", apart<decode_response_format>},
    {"reasoning_effort", reasoning_effort},
    {"reasoning", apart<decode_reasoning_options>},
    {"max_completion_tokens", max_completion_tokens},
    {"max_tokens", integer<&Request::max_tokens>},
    {"temperature", number<&Request::temperature>},
    {"top_p", number<&Request::top_p>},
    {"top_k", integer<&Request::top_k>},
    {"frequency_penalty", number<&Request::frequency_penalty>},
    {"presence_penalty", number<&Request::presence_penalty>},
    {"seed", integer<&Request::seed>},
    {"n", integer<&Request::n>},
    {"stop", stop},
    {"logprobs", flag<&Request::logprobs>},
    {"top_logprobs", integer<&Request::top_logprobs>},
    {"logit_bias", object<&Request::logit_bias>},
    {"user", text<&Request::user>},
    {"metadata", object<&Request::metadata>},
    {"service_tier", text<&Request::service_tier>},
    {"verbosity", text<&Request::verbosity>},
    {"store", flag<&Request::store>},
    {"modalities", modalities},
    {"audio", object<&Request::audio>},
    {"prediction", object<&Request::prediction>},
    {"prompt_cache_key", text<&Request::prompt_cache_key>},
    {"safety_identifier", text<&Request::safety_identifier>},
    {"web_search_options", object<&Request::web_search_options>},
    {"fallbacks", fallbacks},
    {"cache_control", nullptr},
}};

const Field* find_field(std::string_view name) {
  for (const Field& field : kFields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

Result<void> decode_fields(json::Value root, Decoding& into) {
  const Path top;
  for (const json::Value member : root.children()) {
    const std::string key = member.key();
    const Path path(top, key);
    const Field* field = find_field(key);
    if (field == nullptr) {
      into.request.extras.push_back({path.text(), std::string(member.raw())});
    } else if (field->read != nullptr && !member.is_null()) {
      BF_TRY_VOID(field->read(member, path, into));
    }
  }
  BF_TRY(into.request.cache, read_cache_control(root, top));
  return {};
}

}  // namespace

Result<Request> decode_request(const RequestInput& input) {
  BF_TRY(const auto document, json::Document::parse(input.body));
  const json::Value root = document.root();
  const Path top;
  if (!root.is_object()) return wrong_type(top, root, "a JSON object");

  Decoding decoding;
  decoding.request.source = llm::Source(kCallersNames);
  BF_TRY_VOID(decode_fields(root, decoding));
  Request& request = decoding.request;
  request.dialect = kName;
  if (request.model.empty()) request.model = input.path_model;
  if (request.model.empty()) {
    return missing(Path(top, "model"), "write a model as \"provider/model\"");
  }
  if (!decoding.has_messages) return missing(Path(top, "messages"));
  if (request.messages.empty()) {
    return invalid(Path(top, "messages"), "is empty; write at least one message");
  }
  if (decoding.max_completion_tokens) {
    request.max_tokens = decoding.max_completion_tokens;
  } else if (request.max_tokens) {
    request.source.rename("max_completion_tokens", "max_tokens");
  }
  return std::move(decoding.request);
}

}  // namespace bifrost::dialect::openai_chat
