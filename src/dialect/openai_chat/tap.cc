#include "dialect/openai_chat/answer.h"
#include "dialect/openai_chat/errors.h"
#include "dialect/openai_chat/finish.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/usage.h"
#include "dialect/sse_stream.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

// Is there a member of this name (given with its quotes) whose value is neither null nor empty?
// Inside a JSON string the closing quote would be escaped, so that text cannot be taken for a
// member. The depth is not looked at: an event that only seems to matter is read a little deeper.
bool has_filled(std::string_view data, std::string_view quoted_name) {
  for (auto at = data.find(quoted_name); at != std::string_view::npos;
       at = data.find(quoted_name, at)) {
    at += quoted_name.size();
    const auto value = data.find_first_not_of(" \t\r\n:", at);
    if (value == std::string_view::npos) return false;
    const std::string_view rest = data.substr(value);
    const bool empty = rest.starts_with("null") || rest.starts_with("\"\"") ||
                       rest.starts_with("[]") || rest.starts_with("{}");
    if (!empty) return true;
  }
  return false;
}

constexpr std::array<std::string_view, 10> kContentNames{
    "\"content\"",       "\"tool_calls\"", "\"reasoning_content\"",
    "\"reasoning\"",     "\"refusal\"",    "\"reasoning_details\"",
    "\"function_call\"", "\"audio\"",      "\"images\"",
    "\"text\"",
};

bool any_filled(std::string_view data, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return has_filled(data, name); });
}

class Tap final : public SseTap {
 private:
  void on_event(const http::sse::Event& event) override;
  std::string on_bytes_end() override;
  Error on_plain_body(std::string_view text) const override;
  void read(std::string_view data);
  void read_choice(json::Value choice, std::size_t position);

  bool identified_ = false;  // id and model are known
  bool any_chunk_ = false;
  bool any_tool_call_ = false;
  std::set<std::int64_t> open_;    // choices without a finish reason
  std::set<std::int64_t> closed_;  // choices with one
};

void Tap::on_event(const http::sse::Event& event) {
  const std::string_view data = event.data;
  if (data.empty() || state_.ended || state_.error) return;
  if (data.starts_with("[DONE]")) {
    if (!any_chunk_) state_.error = unreadable_answer({}, "");
    state_.ended = any_chunk_;
    return;
  }
  if (any_filled(data, kContentNames)) ++state_.content_events;
  any_tool_call_ =
      any_tool_call_ || has_filled(data, "\"tool_calls\"") || has_filled(data, "\"function_call\"");
  const bool chunk = data.find("\"choices\"") != std::string_view::npos;
  // Nearly every event ends here: a delta of the first choice, of an answer that is known already.
  const bool first_choice = data.find("\"index\":0") != std::string_view::npos ||
                            data.find("\"index\": 0") != std::string_view::npos;
  constexpr std::array<std::string_view, 3> kTelling{"\"usage\"", "\"finish_reason\"", "\"error\""};
  if (chunk && identified_ && first_choice && !any_filled(data, kTelling)) return;
  read(data);
}

void Tap::read(std::string_view data) {
  const auto document = json::Document::parse(data);
  if (!document) {
    state_.error = unreadable_answer(data, "a stream with an event that is not JSON");
    return;
  }
  const json::Value root = document->root();
  if (auto error = find_error(root, 0)) {
    state_.error = std::move(error);
    return;
  }
  const json::Value choices = root["choices"];
  const json::Value usage = find_usage(root);
  any_chunk_ = any_chunk_ || choices.is_array() || usage.exists();
  if (!identified_ && choices.size() > 0) {
    identified_ = true;
    state_.id = root["id"].string_or("");
    state_.model = root["model"].string_or("");
  }
  std::size_t position = 0;
  for (const json::Value choice : choices.children()) read_choice(choice, position++);
  if (const llm::Usage now = decode_usage(usage); now.known) state_.usage = now;
}

void Tap::read_choice(json::Value choice, std::size_t position) {
  const auto index = choice["index"].integer().value_or(static_cast<std::int64_t>(position));
  if (open_.size() + closed_.size() < kChoicesMax && !closed_.contains(index)) open_.insert(index);
  const std::string word = choice["finish_reason"].string_or("");
  if (word.empty() || open_.erase(index) == 0) return;
  closed_.insert(index);
  const bool first = !std::exchange(state_.finished, true);
  if (first) state_.finish = settle_finish(decode_finish(word), any_tool_call_);
}

std::string Tap::on_bytes_end() {
  if (closed_.empty() || !open_.empty()) return {};
  state_.ended = true;
  return "data: [DONE]\n\n";
}

Error Tap::on_plain_body(std::string_view text) const {
  if (const auto document = json::Document::parse(text)) {
    if (auto error = find_error(document->root(), 0)) return *std::move(error);
  }
  return not_a_stream(text);
}

}  // namespace

std::unique_ptr<StreamTap> make_stream_tap() { return std::make_unique<Tap>(); }

TapState tap_response(std::string_view body) {
  TapState state;
  const auto document = json::Document::parse(body);
  if (!document) {
    state.error = unreadable_answer(body, "not JSON");
    return state;
  }
  const json::Value root = document->root();
  if (auto error = find_error(root, 0)) {
    state.error = std::move(error);
    return state;
  }
  state.id = root["id"].string_or("");
  state.model = root["model"].string_or("");
  state.usage = decode_usage(find_usage(root));
  const json::Value choice = root["choices"].at(0);
  if (!choice.exists()) {
    state.error = unreadable_answer(body, "no chat completion: it has no choices");
    return state;
  }
  const json::Value message = choice["message"];
  bool calls = !message["function_call"]["name"].string_or("").empty();
  for (const json::Value call : message["tool_calls"].children()) {
    calls = calls || decode_tool_call(call).has_value();
  }
  const std::string word = choice["finish_reason"].string_or("");
  state.finish = settle_finish(decode_finish(word), calls);
  state.finished = !word.empty();
  state.ended = true;
  state.events = 1;
  state.content_events = 1;
  return state;
}

}  // namespace bifrost::dialect::openai_chat
