#include "dialect/openai_chat/errors.h"
#include "dialect/openai_responses/answer_items.h"
#include "dialect/openai_responses/finish.h"
#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/response_object.h"
#include "dialect/openai_responses/stream_event.h"
#include "dialect/openai_responses/usage.h"
#include "dialect/sse_stream.h"
#include "http/sse/parser.h"
#include "json/writer.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

// Numbers of events that a stream may begin with; beyond them nobody counts honestly.
constexpr std::int64_t kNumberMax = std::int64_t{1} << 53;

// Of a delta's text as it stands, escapes included; 0 when there is none.
std::size_t text_bytes(std::string_view data) {
  constexpr std::string_view kKey = "\"delta\"";
  auto at = data.find(kKey);
  if (at == std::string_view::npos) return 0;
  at = data.find_first_not_of(" \t:", at + kKey.size());
  if (at == std::string_view::npos || data[at] != '"') return 0;
  const std::size_t begin = ++at;
  while (at < data.size() && data[at] != '"') at += data[at] == '\\' ? 2 : 1;
  return std::min(at, data.size()) - begin;
}

class Tap final : public SseTap {
 public:
  std::string stop(const StreamStop& stop) override;

 private:
  void on_event(const http::sse::Event& event) override;
  std::string on_bytes_end() override { return {}; }
  Error on_plain_body(std::string_view text) const override;

  void read(const http::sse::Event& event);
  void delta(std::string_view type, std::string_view data);
  void begin(json::Value root);
  void item(json::Value root, bool added);
  void usage(json::Value response);
  void end(std::string_view type, json::Value response);

  std::int64_t created_ = 0;
  std::int64_t first_number_ = 0;  // of the first event: a stream may be taken up in its middle
  bool begun_ = false;
  bool any_call_ = false;
};

void Tap::on_event(const http::sse::Event& event) {
  if (event.data.empty() || state_.ended || state_.error) return;
  if (event.data.starts_with("[DONE]")) {
    if (!begun_) state_.error = openai_chat::unreadable_answer({}, "");
    state_.ended = begun_;
    if (any_call_ && begun_) state_.finish = llm::FinishReason::kToolCalls;
    return;
  }
  // Nearly all events are deltas; the rest of their bytes is none of our business.
  const std::string_view type = leading_type(event.data);
  if (begun_ && is_delta(type)) {
    delta(type, event.data);
  } else {
    read(event);
  }
}

void Tap::delta(std::string_view type, std::string_view data) {
  ++state_.content_events;
  state_.untold_bytes += text_bytes(data);
  any_call_ = any_call_ || is_call_delta(type);
}

void Tap::read(const http::sse::Event& event) {
  const auto document = parse(event);
  if (!document) return;
  const json::Value root = document->root();
  const std::string type = type_of(event, root);
  const EventKind kind = kind_of(type, root);
  if (kind == EventKind::kForeign) {
    if (!begun_) state_.error = foreign_answer(event.data);
    return;
  }
  if (kind == EventKind::kError || kind == EventKind::kTerminal) {
    state_.error = failure_in(kind, type, root);
    usage(root["response"]);  // what has failed may cost something all the same
    if (state_.error) return;
  }
  const bool ends = kind == EventKind::kTerminal;
  const bool known = is_answer_event(type);
  const bool first = !begun_ && (ends || known || kind == EventKind::kLifecycle);
  if (first) begin(root);
  if (ends) {
    end(type, root["response"]);
  } else if (is_delta(type)) {
    delta(type, event.data);
  } else if (known) {
    item(root, type == "response.output_item.added");
  }
  if (wishes_.extra_fields && (first || ends)) add_extra_fields(event, root, ends);
}

void Tap::begin(json::Value root) {
  begun_ = true;
  const json::Value response = root["response"];
  state_.id = response["id"].string_or("");
  state_.model = response["model"].string_or("");
  created_ = response["created_at"].integer().value_or(0);
  first_number_ =
      std::clamp<std::int64_t>(root["sequence_number"].integer().value_or(0), 0, kNumberMax);
  first_number_ -= static_cast<std::int64_t>(state_.events - 1 - left_out());
}

// An item that begins or is through. Texts and thoughts are counted by their pieces.
void Tap::item(json::Value root, bool added) {
  const json::Value item = root["item"];
  if (!item.exists()) return;
  const ItemKind kind = kind_of_item(item["type"].string_or(""));
  any_call_ = any_call_ || kind == ItemKind::kCall;
  const bool text = kind == ItemKind::kMessage || kind == ItemKind::kReasoning;
  const bool call_begins = kind == ItemKind::kCall && added;
  if (call_begins || (!added && (!text || state_.content_events == 0))) ++state_.content_events;
}

void Tap::usage(json::Value response) {
  const llm::Usage now = decode_usage(response["usage"]);
  if (now.known) state_.tell(now);
}

void Tap::end(std::string_view type, json::Value response) {
  const json::Value output = response["output"];
  for (const json::Value item : output.children()) {
    any_call_ = any_call_ || kind_of_item(item["type"].string_or("")) == ItemKind::kCall;
  }
  if (state_.content_events == 0 && output.size() > 0) ++state_.content_events;
  state_.finish = terminal_finish(type, response, any_call_).reason;
  state_.finished = true;
  state_.ended = true;
}

std::string Tap::stop(const StreamStop& stop) {
  if (!begun_ || state_.ended || state_.error) return {};
  // What has been written is not repeated: it was not kept.
  ResponseObject response({});
  response.id = state_.id;
  response.created = created_;
  response.model = state_.model;
  const std::uint64_t place = state_.events - left_out();
  const llm::FinishReason finish = llm::FinishReason::kLength;
  std::string data;
  json::Writer writer(data);
  writer.begin_object().member("type", "response.incomplete");
  writer.member("sequence_number", first_number_ + static_cast<std::int64_t>(place));
  writer.key("response");
  response.write(
      writer,
      {.status = encode_status(finish),
       .incomplete_reason = encode_incomplete_reason(finish),
       .usage = &stop.usage},
      [](json::Writer&) {}, [](json::Writer&) {});
  if (stop.extra_fields) {
    writer.key("extra_fields").raw(stop.extra_fields({.number = place, .last = true}));
  }
  writer.end_object();
  std::string out;
  http::sse::append_event(out, "response.incomplete", data);
  state_.stop();
  return out;
}

Error Tap::on_plain_body(std::string_view text) const { return plain_body_error(text); }

}  // namespace

std::unique_ptr<StreamTap> make_stream_tap() { return std::make_unique<Tap>(); }

}  // namespace bifrost::dialect::openai_responses
