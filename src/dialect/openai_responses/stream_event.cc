#include "dialect/openai_responses/stream_event.h"

#include "dialect/classify.h"
#include "dialect/openai_chat/errors.h"
#include "dialect/openai_responses/failure.h"
#include "dialect/sse_stream.h"
#include "json/skim.h"

#include <algorithm>
#include <array>
#include <span>

namespace bifrost::dialect::openai_responses {
namespace {

constexpr std::array<std::string_view, 3> kLifecycle{"response.created", "response.queued",
                                                     "response.in_progress"};
constexpr std::array<std::string_view, 5> kTerminal{"response.completed", "response.incomplete",
                                                    "response.failed", "response.cancelled",
                                                    "response.done"};

constexpr std::array<PieceEvent, 12> kPieceEvents{{
    {"response.output_text.delta", PieceKind::kText, "delta", false},
    {"response.output_text.done", PieceKind::kText, "text", true},
    {"response.refusal.delta", PieceKind::kRefusal, "delta", false},
    {"response.refusal.done", PieceKind::kRefusal, "refusal", true},
    {"response.reasoning_summary_text.delta", PieceKind::kSummary, "delta", false},
    {"response.reasoning_summary_text.done", PieceKind::kSummary, "text", true},
    {"response.reasoning_text.delta", PieceKind::kReasoning, "delta", false},
    {"response.reasoning_text.done", PieceKind::kReasoning, "text", true},
    {"response.function_call_arguments.delta", PieceKind::kArguments, "delta", false},
    {"response.function_call_arguments.done", PieceKind::kArguments, "arguments", true},
    {"response.custom_tool_call_input.delta", PieceKind::kArguments, "delta", false, true},
    {"response.custom_tool_call_input.done", PieceKind::kArguments, "input", true, true},
}};

constexpr std::array<std::string_view, 3> kItemEvents{"response.output_item.added",
                                                      "response.output_item.done",
                                                      "response.output_text.annotation.added"};

bool is_one_of(std::span<const std::string_view> types, std::string_view type) {
  return std::ranges::find(types, type) != types.end();
}

// Removes the name, its colon and what space there is; false when it does not stand there.
bool skip_name(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return false;
  std::string_view rest = json::skip_space(text.substr(name.size()));
  if (!rest.starts_with(':')) return false;
  text = json::skip_space(rest.substr(1));
  return true;
}

}  // namespace

std::string type_of(const http::sse::Event& event, json::Value root) {
  return root["type"].string_or(event.type);
}

EventKind kind_of(std::string_view type, json::Value root) {
  if (is_one_of(kLifecycle, type)) return EventKind::kLifecycle;
  if (is_one_of(kTerminal, type)) return EventKind::kTerminal;
  if (type == "error" || type == "response.error") return EventKind::kError;
  if (type.starts_with("response.")) return EventKind::kOther;
  if (root["error"].is_set() || root["object"].equals("error")) return EventKind::kError;
  // Signs of life and sidebands have names of their own: "keepalive", "codex.rate_limits".
  const bool sideband = type == "ping" || type == "keepalive" || type.contains('.');
  if (sideband) return EventKind::kOther;
  return openai_chat::find_error(root, 0) ? EventKind::kError : EventKind::kForeign;
}

std::string_view leading_type(std::string_view data) {
  if (!data.starts_with('{')) return {};
  data = json::skip_space(data.substr(1));
  if (skip_name(data, R"("sequence_number")")) {
    const auto comma = data.find_first_not_of("0123456789");
    if (comma == std::string_view::npos || data[comma] != ',') return {};
    data = json::skip_space(data.substr(comma + 1));
  }
  if (!skip_name(data, R"("type")") || !data.starts_with('"')) return {};
  data.remove_prefix(1);
  const auto end = data.find_first_of("\"\\");
  if (end == std::string_view::npos || data[end] != '"') return {};
  return data.substr(0, end);
}

bool is_delta(std::string_view type) {
  return type.starts_with("response.") && type.ends_with(".delta");
}

bool is_call_delta(std::string_view type) {
  return type == "response.function_call_arguments.delta" ||
         type == "response.custom_tool_call_input.delta";
}

const PieceEvent* find_piece_event(std::string_view type) {
  const auto found = std::ranges::find(kPieceEvents, type, &PieceEvent::type);
  return found == kPieceEvents.end() ? nullptr : &*found;
}

bool is_answer_event(std::string_view type) {
  return is_one_of(kItemEvents, type) || find_piece_event(type) != nullptr;
}

std::optional<Error> failure_in(EventKind kind, std::string_view type, json::Value root) {
  if (kind == EventKind::kError) {
    if (auto error = openai_chat::find_error(root, 0)) return error;
    return provider_error({0, "server_error", {}, "the provider says that the answer failed"},
                          root.raw());
  }
  const json::Value response = root["response"];
  if (type == "response.failed" || response["status"].equals("failed")) {
    return decode_failure(response);
  }
  return std::nullopt;
}

Finish terminal_finish(std::string_view type, json::Value response, bool any_call) {
  Finish finish = decode_finish(response, any_call);
  const bool told = response["status"].equals("incomplete");
  if (type == "response.incomplete" && !told) finish.reason = llm::FinishReason::kLength;
  finish.settled = true;
  return finish;
}

Error foreign_answer(std::string_view event) {
  return openai_chat::unreadable_answer(event, "a stream with an event that is none of Responses");
}

Error plain_body_error(std::string_view text) {
  if (const auto document = json::Document::parse(text)) {
    const json::Value root = document->root();
    if (root["status"].equals("failed")) return decode_failure(root);
    if (auto error = openai_chat::find_error(root, 0)) return *std::move(error);
  }
  return not_a_stream(text);
}

Error too_many_items() { return openai_chat::unreadable_answer({}, "a stream of too many items"); }

}  // namespace bifrost::dialect::openai_responses
