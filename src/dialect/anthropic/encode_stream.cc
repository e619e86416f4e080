// Our own events into a legal stream of this dialect.
//
// Blocks are strictly one after the other here, while others may send the arguments of several
// calls by turns. The open call is left open until its object is complete, and what comes for a
// later one meanwhile is kept back, bounded. message_start waits for the first content, so that a
// usage that follows the start is in it; message_delta waits for the end, because usage may come
// after the finish.
#include "base/limits.h"
#include "dialect/anthropic/answer_blocks.h"
#include "dialect/anthropic/citations.h"
#include "dialect/anthropic/finish.h"
#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/json_progress.h"
#include "dialect/anthropic/tool_call.h"
#include "dialect/anthropic/usage.h"
#include "http/sse/parser.h"
#include "json/writer.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

constexpr std::size_t kHeldBytesMax = 8 * 1024 * 1024;  // arguments of calls that have to wait
constexpr std::size_t kCallsMax = 4096;
constexpr std::size_t kRefusalBytesMax = 64 * 1024;

// A call that waits for its turn, or the one that is being written.
struct Call {
  llm::ToolCallStart start;
  std::string held;  // arguments that have not been written
  JsonProgress progress;
};

class Encoder final : public StreamEncoder {
 public:
  explicit Encoder(AnswerContext context) : context_(std::move(context)) {}

  void event(const llm::StreamEvent& event, std::string& out) override {
    if (closed_) return;
    out_ = &out;
    std::visit([this](const auto& each) { on(each); }, event);
    out_ = nullptr;
  }

 private:
  enum class Block : std::uint8_t { kNone, kText, kThinking, kTool };

  void on(const llm::StreamStart& start) { start_ = start; }
  void on(const llm::TextDelta& delta);
  void on(const llm::RefusalDelta& delta);
  void on(const llm::ReasoningDelta& delta);
  void on(const llm::ToolCallStart& start);
  void on(const llm::ToolCallDelta& delta);
  void on(const llm::CitationDelta& delta);
  void on(const llm::MediaDelta& delta);
  void on(const llm::RawDelta& delta);
  void on(const llm::UsageUpdate& update) { usage_ = update.usage; }
  void on(const llm::StreamFinish& finish);
  void on(const llm::Ping& ping);
  void on(const llm::StreamFailure& failure);
  void on(const llm::StreamEnd& end);

  void write_message_start();
  void write_message_delta();

  // `write(writer)` writes the value of `content_block`.
  template <class Write>
  void open_block(Block kind, std::int64_t number, Write write);
  template <class Write>
  void write_delta(std::string_view type, Write write);
  void close_block();
  void ensure_text(std::int64_t number);
  void ensure_thinking(std::int64_t number);
  template <class Write>
  void write_whole_block(Write write);

  void open_call();
  void write_arguments(Call& call, std::string_view arguments);
  void advance_calls();
  void finish_calls();

  void write_event(std::string_view type, std::string_view data) {
    http::sse::append_event(*out_, type, data);
  }

  AnswerContext context_;
  std::string* out_ = nullptr;  // of the event at hand
  llm::StreamStart start_;
  llm::Usage usage_;
  llm::StreamFinish finish_;
  std::string refusal_;

  Block block_ = Block::kNone;
  std::int64_t block_number_ = 0;  // that the events give it
  std::int64_t next_index_ = 0;

  std::deque<Call> calls_;  // the front one is open when block_ is kTool
  std::set<std::int64_t> seen_calls_;
  std::size_t held_bytes_ = 0;

  bool started_ = false;
  bool closed_ = false;
};

// ---------------------------------------------------------------------------------------------
// The frame

void Encoder::write_message_start() {
  if (std::exchange(started_, true)) return;
  std::string data;
  json::Writer writer(data);
  writer.begin_object().member("type", "message_start").key("message").begin_object();
  writer.member("id", start_.id.empty() ? context_.fallback_id : start_.id);
  writer.member("type", "message").member("role", "assistant");
  writer.member("model", context_.model.empty() ? start_.model : context_.model);
  writer.key("content").begin_array().end_array();
  writer.key("stop_reason").null().key("stop_sequence").null();
  writer.key("usage").begin_object();
  write_usage_fields(writer, usage_);
  if (!start_.service_tier.empty()) {
    writer.member("service_tier", wire_service_tier(start_.service_tier));
  }
  writer.end_object();
  writer.end_object().end_object();
  write_event("message_start", data);
}

void Encoder::write_message_delta() {
  std::string data;
  json::Writer writer(data);
  writer.begin_object().member("type", "message_delta").key("delta").begin_object();
  writer.member("stop_reason", stop_reason(finish_.reason, finish_.raw,
                                           {.has_tool_call = !seen_calls_.empty(),
                                            .has_refusal = !refusal_.empty()}));
  writer.key("stop_sequence");
  if (finish_.stop_sequence.empty()) {
    writer.null();
  } else {
    writer.string(finish_.stop_sequence);
  }
  if (!refusal_.empty()) write_refusal_details(writer, refusal_);
  writer.end_object().key("usage").begin_object();
  write_usage_fields(writer, usage_);
  writer.end_object().end_object();
  write_event("message_delta", data);
}

void Encoder::on(const llm::StreamFinish& finish) {
  if (finish.choice != 0) return;
  finish_ = finish;
  write_message_start();
  finish_calls();
  close_block();
}

void Encoder::on(const llm::StreamEnd&) {
  write_message_start();
  finish_calls();
  close_block();
  write_message_delta();
  write_event("message_stop", R"({"type":"message_stop"})");
  closed_ = true;
}

void Encoder::on(const llm::StreamFailure& failure) {
  *out_ += encode_stream_error(failure.error);
  closed_ = true;
}

// Legal everywhere, before message_start too: the official clients skip it by its name.
void Encoder::on(const llm::Ping&) { write_event("ping", R"({"type": "ping"})"); }

// ---------------------------------------------------------------------------------------------
// Blocks

template <class Write>
void Encoder::open_block(Block kind, std::int64_t number, Write write) {
  write_message_start();
  close_block();
  std::string data;
  json::Writer writer(data);
  writer.begin_object().member("type", "content_block_start").member("index", next_index_);
  writer.key("content_block");
  write(writer);
  writer.end_object();
  write_event("content_block_start", data);
  block_ = kind;
  block_number_ = number;
}

template <class Write>
void Encoder::write_delta(std::string_view type, Write write) {
  std::string data;
  json::Writer writer(data);
  writer.begin_object().member("type", "content_block_delta").member("index", next_index_);
  writer.key("delta").begin_object().member("type", type);
  write(writer);
  writer.end_object().end_object();
  write_event("content_block_delta", data);
}

void Encoder::close_block() {
  if (block_ == Block::kNone) return;
  block_ = Block::kNone;
  std::string data;
  json::Writer writer(data);
  writer.begin_object().member("type", "content_block_stop").member("index", next_index_++);
  writer.end_object();
  write_event("content_block_stop", data);
}

template <class Write>
void Encoder::write_whole_block(Write write) {
  finish_calls();
  open_block(Block::kText, -1, write);
  close_block();
}

void Encoder::ensure_text(std::int64_t number) {
  finish_calls();
  if (block_ == Block::kText && block_number_ == number) return;
  open_block(Block::kText, number, write_text_start);
}

void Encoder::ensure_thinking(std::int64_t number) {
  finish_calls();
  if (block_ == Block::kThinking && block_number_ == number) return;
  open_block(Block::kThinking, number,
             [](json::Writer& writer) { write_thinking(writer, {}, {}); });
}

void Encoder::on(const llm::TextDelta& delta) {
  if (delta.choice != 0 || delta.text.empty()) return;
  ensure_text(delta.block);
  write_delta("text_delta", [&](json::Writer& writer) { writer.member("text", delta.text); });
}

// Reported at the end, where the API has it.
void Encoder::on(const llm::RefusalDelta& delta) {
  if (delta.choice == 0 && refusal_.size() + delta.text.size() <= kRefusalBytesMax) {
    refusal_ += delta.text;
  }
}

void Encoder::on(const llm::ReasoningDelta& delta) {
  using Kind = llm::ReasoningPart::Kind;
  if (delta.choice != 0 || delta.kind == Kind::kEncrypted) return;
  if (delta.kind == Kind::kRedacted) {
    write_whole_block([&](json::Writer& writer) { write_redacted_thinking(writer, delta.data); });
    return;
  }
  if (!delta.text.empty()) {
    ensure_thinking(delta.block);
    write_delta("thinking_delta",
                [&](json::Writer& writer) { writer.member("thinking", delta.text); });
  }
  if (!delta.signature.empty()) {
    ensure_thinking(delta.block);
    write_delta("signature_delta",
                [&](json::Writer& writer) { writer.member("signature", delta.signature); });
  }
}

void Encoder::on(const llm::CitationDelta& delta) {
  if (delta.choice != 0) return;
  ensure_text(delta.block);
  write_delta("citations_delta", [&](json::Writer& writer) {
    writer.key("citation");
    write_citation(writer, delta.citation);
  });
}

void Encoder::on(const llm::MediaDelta& delta) {
  if (delta.choice != 0) return;
  if (const auto* image = delta.part.as<llm::ImagePart>()) {
    write_whole_block([&](json::Writer& writer) { write_image(writer, image->media); });
  }
  if (const auto* audio = delta.part.as<llm::AudioPart>()) {
    on(llm::TextDelta{.text = audio->transcript});
  }
}

void Encoder::on(const llm::RawDelta& delta) {
  if (delta.choice != 0 || delta.part.dialect != kName) return;
  write_whole_block([&](json::Writer& writer) { writer.raw(delta.part.json); });
}

// ---------------------------------------------------------------------------------------------
// Tool calls

void Encoder::on(const llm::ToolCallStart& start) {
  if (start.choice != 0 || seen_calls_.contains(start.index)) return;
  if (seen_calls_.size() >= kCallsMax) return;
  seen_calls_.insert(start.index);
  calls_.push_back({.start = start, .held = {}, .progress = {}});
  advance_calls();
}

void Encoder::on(const llm::ToolCallDelta& delta) {
  if (delta.choice != 0) return;
  const auto call =
      std::ranges::find(calls_, delta.index, [](const Call& each) { return each.start.index; });
  if (call == calls_.end()) return;  // it is closed: its object was complete
  if (call == calls_.begin() && block_ == Block::kTool) {
    write_arguments(*call, delta.arguments);
    advance_calls();
    return;
  }
  held_bytes_ += delta.arguments.size();
  if (held_bytes_ > kHeldBytesMax) {
    on(llm::StreamFailure{upstream_error(ErrorCode::kUpstreamProtocol, Retry::kSameTarget,
                                         "the provider mixes tool calls that are too large")});
    return;
  }
  call->held += delta.arguments;
}

// Closes the front call when it is complete and another one waits, and opens the next.
void Encoder::advance_calls() {
  while (!calls_.empty()) {
    if (block_ != Block::kTool) open_call();
    if (calls_.size() < 2 || !calls_.front().progress.complete()) return;
    calls_.pop_front();
    close_block();
  }
}

void Encoder::open_call() {
  Call& call = calls_.front();
  open_block(Block::kTool, 0, [&](json::Writer& writer) {
    writer.begin_object().member("type", "tool_use");
    writer.member("id", wire_tool_id(call.start.id, call.start.signature));
    writer.member("name", call.start.name);
    writer.key("input").begin_object().end_object().end_object();
  });
  if (call.start.custom) {
    write_delta("input_json_delta",
                [](json::Writer& writer) { writer.member("partial_json", R"({"input":")"); });
  }
  held_bytes_ -= std::min(held_bytes_, call.held.size());
  const std::string held = std::exchange(call.held, {});
  write_arguments(call, held);
}

void Encoder::write_arguments(Call& call, std::string_view arguments) {
  if (arguments.empty()) return;
  std::string escaped;
  if (call.start.custom) {
    // The text grows inside the string that `open_call` began; see tool_call.h.
    escaped = json::quoted(arguments);
    arguments = std::string_view(escaped).substr(1, escaped.size() - 2);
  } else {
    if (call.progress.complete()) return;  // what follows an object is not part of it
    call.progress.add(arguments);
  }
  write_delta("input_json_delta",
              [&](json::Writer& writer) { writer.member("partial_json", arguments); });
}

// Something else begins: whatever the calls lack will not come.
void Encoder::finish_calls() {
  while (!calls_.empty()) {
    if (block_ != Block::kTool) open_call();
    if (calls_.front().start.custom) {
      write_delta("input_json_delta",
                  [](json::Writer& writer) { writer.member("partial_json", "\"}"); });
    }
    calls_.pop_front();
    close_block();
  }
}

}  // namespace

std::unique_ptr<StreamEncoder> make_stream_encoder(AnswerContext context) {
  return std::make_unique<Encoder>(std::move(context));
}

}  // namespace bifrost::dialect::anthropic
