#include "dialect/openai_chat/answer.h"
#include "dialect/openai_chat/errors.h"
#include "dialect/openai_chat/finish.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/stream_event.h"
#include "dialect/openai_chat/usage.h"
#include "dialect/sse_stream.h"
#include "json/skim.h"
#include "json/writer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

constexpr std::string_view kEndMarker = "data: [DONE]\n\n";

// What an event may have in it, told by the strings in it. The depth is not looked at, nor whether
// a string is a name: an event that only seems to matter is read a little deeper.
struct Signs {
  bool content = false;
  bool call = false;
  bool chunk = false;
  bool first_choice = false;
  bool other_index = false;  // of another choice, or of a later tool call
  bool telling = false;      // usage, finish reason or error
  std::size_t bytes = 0;     // of content: the longest text, since some say it twice
};

enum class Sign : std::uint8_t { kNone, kContent, kCall, kArguments, kChoices, kIndex, kTelling };

Sign sign_of(std::string_view name) {
  switch (name.size()) {
    case 4:
      return name == "text" ? Sign::kContent : Sign::kNone;
    case 5:
      if (name == "index") return Sign::kIndex;
      if (name == "usage" || name == "error") return Sign::kTelling;
      return name == "audio" ? Sign::kContent : Sign::kNone;
    case 6:
      return name == "images" ? Sign::kContent : Sign::kNone;
    case 7:
      if (name == "choices") return Sign::kChoices;
      return name == "content" || name == "refusal" ? Sign::kContent : Sign::kNone;
    case 9:
      if (name == "arguments") return Sign::kArguments;
      return name == "reasoning" ? Sign::kContent : Sign::kNone;
    case 10:
      return name == "tool_calls" ? Sign::kCall : Sign::kNone;
    case 13:
      if (name == "finish_reason") return Sign::kTelling;
      return name == "function_call" ? Sign::kCall : Sign::kNone;
    case 17:
      return name == "reasoning_content" || name == "reasoning_details" ? Sign::kContent
                                                                        : Sign::kNone;
    default:
      return Sign::kNone;
  }
}

// The value of the name that stands before `rest`.
std::string_view value_behind(std::string_view rest) {
  rest = json::skip_space(rest);
  return rest.starts_with(':') ? json::skip_space(rest.substr(1)) : rest;
}

// Neither null nor empty.
bool filled(std::string_view value) {
  return !value.empty() && !value.starts_with("null") && !value.starts_with("\"\"") &&
         !value.starts_with("[]") && !value.starts_with("{}");
}

Signs signs_in(std::string_view data) {
  Signs signs;
  bool is_text = false;  // this string, by the name before it
  json::each_string(data, [&](std::string_view string, std::string_view rest) {
    if (std::exchange(is_text, false)) {
      signs.bytes = std::max(signs.bytes, string.size());
      return;
    }
    const Sign sign = sign_of(string);
    if (sign == Sign::kNone) return;
    const std::string_view value = value_behind(rest);
    if (sign == Sign::kChoices) signs.chunk = true;
    if (sign == Sign::kIndex) {
      const bool first = value.starts_with('0');
      signs.first_choice |= first;
      signs.other_index |= !first;
    }
    if (sign == Sign::kTelling) signs.telling |= filled(value);
    if (sign == Sign::kCall) signs.call |= filled(value);
    if (sign == Sign::kContent) signs.content |= filled(value);
    is_text = (sign == Sign::kContent || sign == Sign::kArguments) && value.starts_with('"');
  });
  signs.content |= signs.call;
  return signs;
}

class Tap final : public SseTap {
 public:
  std::string stop(const StreamStop& stop) override;

 private:
  void on_event(const http::sse::Event& event) override;
  std::string on_bytes_end() override;
  Error on_plain_body(std::string_view text) const override;
  void read(const http::sse::Event& event);
  void read_choice(json::Value choice, std::size_t position);
  // A chunk of our own; `write` appends its choices and what follows them.
  template <class Write>
  void write_chunk(std::string& out, const StreamStop& stop, std::uint64_t number, bool last,
                   Write write) const;

  std::int64_t created_ = 0;
  bool identified_ = false;  // id and model are known
  bool first_seen_ = false;  // the first choice is open or closed
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
  const Signs signs = signs_in(data);
  if (signs.content) ++state_.content_events;
  state_.untold_bytes += signs.bytes;
  any_tool_call_ |= signs.call;
  // Nearly every event ends here: a delta of the first choice, of an answer that is known already.
  const bool first_only = signs.chunk && signs.first_choice && !signs.other_index;
  if (first_only && identified_ && first_seen_ && !signs.telling) return;
  read(event);
}

void Tap::read(const http::sse::Event& event) {
  const auto document = parse(event);
  if (!document) return;
  const json::Value root = document->root();
  if (auto error = find_error(root, 0)) {
    state_.error = std::move(error);
    return;
  }
  const EventKind kind = kind_of(event, root);
  if (kind == EventKind::kForeign && !any_chunk_) state_.error = foreign_answer(event.data);
  if (kind != EventKind::kChunk) return;
  any_chunk_ = true;
  const json::Value choices = root["choices"];
  const bool first = !identified_ && choices.size() > 0;
  if (first) {
    identified_ = true;
    state_.id = root["id"].string_or("");
    state_.model = root["model"].string_or("");
    created_ = root["created"].integer().value_or(0);
  }
  const std::size_t closed_before = closed_.size();
  std::size_t position = 0;
  for (const json::Value choice : choices.children()) {
    read_choice(choice, position++);
    if (state_.error) return;
  }
  const json::Value usage = find_usage(root);
  const llm::Usage now = decode_usage(usage);
  if (now.known) state_.tell(now);
  const bool only_usage = choices.size() == 0 && usage.exists();
  if (only_usage && wishes_.without_usage) {
    leave_out(event);
  } else if (wishes_.extra_fields && (first || only_usage || closed_.size() > closed_before)) {
    const bool all_closed = open_.empty() && !closed_.empty();
    add_extra_fields(event, root, all_closed && (wishes_.without_usage || only_usage || now.known));
  }
}

void Tap::read_choice(json::Value choice, std::size_t position) {
  const auto index = choice["index"].integer().value_or(static_cast<std::int64_t>(position));
  first_seen_ = first_seen_ || index == 0;
  if (!closed_.contains(index)) open_.insert(index);
  if (open_.size() + closed_.size() > kChoicesMax) {
    state_.error = unreadable_answer({}, "a stream of too many choices");
    return;
  }
  const std::string word = choice["finish_reason"].string_or("");
  if (word.empty() || open_.erase(index) == 0) return;
  closed_.insert(index);
  const bool first = !std::exchange(state_.finished, true);
  if (first) state_.finish = settle_finish(decode_finish(word), any_tool_call_);
}

std::string Tap::on_bytes_end() {
  if (closed_.empty() || !open_.empty()) return {};
  state_.ended = true;
  return std::string(kEndMarker);
}

template <class Write>
void Tap::write_chunk(std::string& out, const StreamStop& stop, std::uint64_t number, bool last,
                      Write write) const {
  out += "data: ";
  json::Writer writer(out);
  writer.begin_object();
  writer.member("id", state_.id).member("object", "chat.completion.chunk");
  writer.member("created", created_).member("model", state_.model);
  write(writer);
  if (stop.extra_fields) {
    writer.key("extra_fields").raw(stop.extra_fields({.number = number, .last = last}));
  }
  writer.end_object();
  out += "\n\n";
}

std::string Tap::stop(const StreamStop& stop) {
  if (!any_chunk_ || state_.ended || state_.error || open_.empty()) return {};
  std::string out;
  const std::uint64_t next = state_.events - left_out();
  const bool with_usage = !wishes_.without_usage;
  write_chunk(out, stop, next, !with_usage, [&](json::Writer& writer) {
    writer.key("choices").begin_array();
    for (const std::int64_t index : open_) {
      writer.begin_object().member("index", index).key("delta").begin_object().end_object();
      writer.key("logprobs").null();
      writer.member("finish_reason", encode_finish(llm::FinishReason::kLength)).end_object();
    }
    writer.end_array();
  });
  if (with_usage) {
    write_chunk(out, stop, next + 1, true, [&](json::Writer& writer) {
      writer.key("choices").begin_array().end_array().key("usage");
      encode_usage(writer, stop.usage);
    });
  }
  out += kEndMarker;
  open_.clear();
  state_.stop();
  return out;
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
  const auto [id, model, choices, extra_fields] =
      root.members<4>({"id", "model", "choices", "extra_fields"});
  state.id = id.string_or("");
  state.model = model.string_or("");
  state.has_extra_fields = extra_fields.exists();
  state.usage = decode_usage(find_usage(root));
  const json::Value choice = choices.at(0);
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
