#include "dialect/openai_responses/decode_request.h"

#include "dialect/fallbacks.h"
#include "dialect/openai_responses/functions.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

using llm::Request;
using openai_chat::missing;
using openai_chat::note_unknown;
using openai_chat::read_bool;
using openai_chat::read_integer;
using openai_chat::read_number;
using openai_chat::read_object_text;
using openai_chat::read_optional_string;
using openai_chat::read_string;
using openai_chat::read_strings;
using openai_chat::wrong_type;

constexpr std::array kCallersNames = std::to_array<llm::FieldName>({
    {"messages", "input"},
    {"max_completion_tokens", "max_output_tokens"},
    {"reasoning_effort", "reasoning.effort"},
    {"response_format", "text.format"},
    {"response_format.json_schema.description", "text.format.description"},
    {"verbosity", "text.verbosity"},
    {"logprobs", "include"},
    {"function.strict", "strict"},
    {"custom.format", "format"},
    {"file.filename", "filename"},
    {"image_url.detail", "detail"},
});

// What OpenAI adds to its answer. Ours have the thoughts in any case.
constexpr std::array<std::string_view, 1> kNeedless{"reasoning.encrypted_content"};
constexpr std::string_view kIncludeLogprobs = "message.output_text.logprobs";

template <auto kMember>
Result<void> text(json::Value value, const Path& path, Request& into) {
  BF_TRY(into.*kMember, read_string(value, path));
  return {};
}

template <auto kMember>
Result<void> flag(json::Value value, const Path& path, Request& into) {
  BF_TRY(into.*kMember, read_bool(value, path));
  return {};
}

template <auto kMember>
Result<void> integer(json::Value value, const Path& path, Request& into) {
  BF_TRY(into.*kMember, read_integer(value, path));
  return {};
}

template <auto kMember>
Result<void> number(json::Value value, const Path& path, Request& into) {
  BF_TRY(into.*kMember, read_number(value, path));
  return {};
}

Result<void> metadata(json::Value value, const Path& path, Request& into) {
  BF_TRY(into.metadata, read_object_text(value, path));
  return {};
}

Result<void> input(json::Value value, const Path& path, Request& into) {
  return InputDecoder(into).decode(value, path);
}

// It stands before the conversation, wherever the caller wrote it.
Result<void> instructions(json::Value value, const Path& path, Request& into) {
  BF_TRY(std::string said, read_string(value, path));
  const llm::Place place = into.source.add({}, "instructions");
  llm::Message message{.role = llm::Role::kSystem, .place = place};
  message.parts.push_back({.content = llm::TextPart{.text = std::move(said)}, .place = place});
  into.messages.insert(into.messages.begin(), std::move(message));
  return {};
}

Result<void> reasoning(json::Value value, const Path& path, Request& into) {
  constexpr std::array<std::string_view, 4> kKnown{"effort", "summary", "generate_summary",
                                                   "max_tokens"};
  if (!value.is_object()) {
    return wrong_type(path, value, "an object", R"(write {"effort":"medium"})");
  }
  llm::Reasoning wanted;
  BF_TRY(wanted.effort, read_optional_string(value, "effort", path));
  BF_TRY(wanted.summary, read_optional_string(value, "summary", path));
  if (wanted.summary.empty()) {  // its older name
    BF_TRY(wanted.summary, read_optional_string(value, "generate_summary", path));
  }
  if (const json::Value budget = value["max_tokens"]; budget.is_set()) {
    BF_TRY(wanted.budget_tokens, read_integer(budget, Path(path, "max_tokens")));
  }
  note_unknown(value, kKnown, path, into.extras);
  if (wanted != llm::Reasoning{}) into.reasoning = std::move(wanted);
  return {};
}

Result<void> include(json::Value value, const Path& path, Request& into) {
  BF_TRY(const std::vector<std::string> wishes, read_strings(value, path));
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    if (wishes[i] == kIncludeLogprobs) {
      into.logprobs = true;
    } else if (std::ranges::find(kNeedless, wishes[i]) == kNeedless.end()) {
      into.extras.push_back({Path(path, i).text(), std::string(value.at(i).raw())});
    }
  }
  return {};
}

Result<void> fallbacks(json::Value value, const Path& /*path*/, Request& into) {
  BF_TRY(into.fallbacks, read_fallbacks(value));
  return {};
}

Result<void> earlier_answer(json::Value /*value*/, const Path& path, Request& /*into*/) {
  return needs_state(path, "write the whole conversation in 'input'");
}

Result<void> kept_prompt(json::Value /*value*/, const Path& path, Request& /*into*/) {
  return needs_state(path, "write its text in 'instructions' and 'input'");
}

Result<void> background(json::Value value, const Path& path, Request& /*into*/) {
  BF_TRY(const bool wanted, read_bool(value, path));
  if (wanted) return needs_state(path, "wait for the answer, or stream it");
  return {};
}

Result<void> stream_options(json::Value value, const Path& path, Request& into) {
  constexpr std::array<std::string_view, 1> kKnown{"include_usage"};  // it is told in any case
  if (!value.is_object()) return wrong_type(path, value, "an object");
  note_unknown(value, kKnown, path, into.extras);
  return {};
}

struct Field {
  std::string_view name;
  Result<void> (*read)(json::Value value, const Path& path, Request& into);
};

constexpr std::array<Field, 28> kFields{{
    {"model", text<&Request::model>},
    {"input", input},
    {"instructions", instructions},
    {"stream", flag<&Request::stream>},
    {"stream_options", stream_options},
    {"tools", decode_tools},
    {"tool_choice", decode_tool_choice},
    {"parallel_tool_calls", flag<&Request::parallel_tool_calls>},
    {"text", decode_text},
    {"reasoning", reasoning},
    {"include", include},
    {"max_output_tokens", integer<&Request::max_tokens>},
    {"temperature", number<&Request::temperature>},
    {"top_p", number<&Request::top_p>},
    {"top_logprobs", integer<&Request::top_logprobs>},
    {"user", text<&Request::user>},
    {"metadata", metadata},
    {"service_tier", text<&Request::service_tier>},
    {"store", flag<&Request::store>},
    {"prompt_cache_key", text<&Request::prompt_cache_key>},
    {"safety_identifier", text<&Request::safety_identifier>},
    {"fallbacks", fallbacks},
    {"previous_response_id", earlier_answer},
    {"conversation", earlier_answer},
    {"prompt", kept_prompt},
    {"background", background},
    {"frequency_penalty", number<&Request::frequency_penalty>},
    {"presence_penalty", number<&Request::presence_penalty>},
}};

Result<void> decode_fields(json::Value root, Request& into) {
  const Path top;
  for (const json::Value member : root.children()) {
    const std::string key = member.key();
    const Path path(top, key);
    const auto field = std::ranges::find(kFields, key, &Field::name);
    if (field == kFields.end()) {
      into.extras.push_back({path.text(), std::string(member.raw())});
    } else if (!member.is_null()) {
      BF_TRY_VOID(field->read(member, path, into));
    }
  }
  return {};
}

}  // namespace

Result<Request> decode_request(const RequestInput& input) {
  BF_TRY(const auto document, json::Document::parse(input.body));
  const json::Value root = document.root();
  const Path top;
  if (!root.is_object()) return wrong_type(top, root, "a JSON object");

  Request request;
  request.source = llm::Source(kCallersNames);
  request.dialect = kName;
  BF_TRY_VOID(decode_fields(root, request));
  if (request.model.empty()) request.model = input.path_model;
  if (request.model.empty()) {
    return missing(Path(top, "model"), "write a model as \"provider/model\"");
  }
  if (!root["input"].is_set()) {
    return missing(Path(top, "input"), "write a text or an array of items");
  }
  return request;
}

}  // namespace bifrost::dialect::openai_responses
