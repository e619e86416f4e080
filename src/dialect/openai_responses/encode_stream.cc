// Our own events into a legal stream of this dialect: the first choice of an answer.
//
// Texts and thoughts are written one item after the other. Calls may get their arguments by turns,
// so one stays open until its arguments are complete and something else begins, or to the end.
#include "dialect/anthropic/json_progress.h"
#include "dialect/openai_chat/answer.h"
#include "dialect/openai_responses/citations.h"
#include "dialect/openai_responses/failure.h"
#include "dialect/openai_responses/finish.h"
#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/item_stream.h"
#include "dialect/openai_responses/response_object.h"
#include "dialect/openai_responses/sealed.h"

#include <map>
#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

using ItemKind = OutputItem::Kind;
using TextKind = OutputText::Kind;
using ReasoningKind = llm::ReasoningPart::Kind;

class Encoder final : public StreamEncoder {
 public:
  explicit Encoder(AnswerContext context)
      : context_(std::move(context)), response_(context_.echo) {}

  void event(const llm::StreamEvent& event, std::string& out) override {
    if (closed_) return;
    if (llm::choice_of(event).value_or(0) != 0) return;
    out_ = &out;
    std::visit([this](const auto& one) { on(one); }, event);
    out_ = nullptr;
  }

 private:
  struct Call {
    std::size_t place = 0;
    anthropic::JsonProgress progress;
  };

  void on(const llm::StreamStart& start) { begin(start); }
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
  void on(const llm::Ping& /*ping*/) { *out_ += ": keep-alive\n\n"; }
  void on(const llm::StreamFailure& failure);
  void on(const llm::StreamEnd& end);

  void begin(const llm::StreamStart& start);
  // An event with the response as it stands; the first and the last have `extra_fields`.
  void response_event(std::string_view type, const ResponseObject::State& state, bool last = false);

  // A new item behind all that can be closed by now; nothing when there are too many.
  std::optional<std::size_t> open_item(OutputItem item, std::string_view own_id = {});
  void close_current();
  void close_complete_calls();
  // A text of the wanted kind in the message at hand, or in a new one.
  bool ensure_message_text(TextKind kind, std::int64_t block);
  bool ensure_reasoning(const llm::ReasoningDelta& delta, bool whole);
  void add_seal(Seal::Kind kind, std::string_view signature);
  void whole_item(OutputItem item);

  AnswerContext context_;
  ResponseObject response_;
  ItemStream items_;
  std::string* out_ = nullptr;  // of the event at hand
  llm::Usage usage_;
  llm::FinishReason finish_ = llm::FinishReason::kUnknown;

  std::optional<std::size_t> current_;  // the message or the reasoning item that is open
  std::int64_t block_ = 0;              // of its last text
  std::string reasoning_id_;            // that the events give it
  std::map<std::int64_t, Call> calls_;  // by the event's number
  bool refused_ = false;
  bool begun_ = false;
  bool finished_ = false;
  bool closed_ = false;
};

// ------------------------------------------------------------------------------------------------
// The frame

void Encoder::begin(const llm::StreamStart& start) {
  if (std::exchange(begun_, true)) return;
  response_.id = response_id(start.id, context_.fallback_id);
  response_.created = start.created == 0 ? context_.created : start.created;
  response_.model = context_.model.empty() ? start.model : context_.model;
  response_.service_tier = start.service_tier;
  items_.name(response_.id);
  response_event("response.created", {});
  response_event("response.in_progress", {});
}

void Encoder::response_event(std::string_view type, const ResponseObject::State& state, bool last) {
  const ChunkPlace place{.number = items_.events(), .last = last};
  items_.event(type, *out_, [&](json::Writer& writer) {
    writer.key("response");
    response_.write(
        writer, state, [&](json::Writer& output) { items_.write_output(output, "incomplete"); },
        [](json::Writer&) {});
    if (context_.chunk_extra_fields && (place.number == 0 || last)) {
      writer.key("extra_fields").raw(context_.chunk_extra_fields(place));
    }
  });
}

void Encoder::on(const llm::StreamFinish& finish) {
  begin({});
  if (std::exchange(finished_, true)) return;
  finish_ = items_.cut() ? llm::FinishReason::kLength : finish.reason;
  if (finish_ == llm::FinishReason::kRefusal && !refused_ &&
      ensure_message_text(TextKind::kRefusal, 0)) {
    items_.add_text(*current_, kRefusalText, {}, *out_);
  }
  close_complete_calls();
  items_.close_all(encode_status(finish_), *out_);
  current_.reset();
}

void Encoder::on(const llm::StreamFailure& failure) {
  begin({});
  closed_ = true;
  const std::string data =
      encode_error_event(failure.error, static_cast<std::int64_t>(items_.events()));
  items_.raw_event("error", data, *out_);
  response_event("response.failed", {.status = "failed", .error = &failure.error, .usage = &usage_},
                 true);
}

void Encoder::on(const llm::StreamEnd& /*end*/) {
  on(llm::StreamFinish{});
  closed_ = true;
  const std::string_view status = encode_status(finish_);
  response_event(
      status == "completed" ? "response.completed" : "response.incomplete",
      {.status = status, .incomplete_reason = encode_incomplete_reason(finish_), .usage = &usage_},
      true);
}

// ------------------------------------------------------------------------------------------------
// Items

std::optional<std::size_t> Encoder::open_item(OutputItem item, std::string_view own_id) {
  begin({});
  close_current();
  close_complete_calls();
  return items_.open(std::move(item), own_id, *out_);
}

void Encoder::close_current() {
  if (current_) items_.close(*current_, "completed", *out_);
  current_.reset();
}

void Encoder::close_complete_calls() {
  for (const auto& [index, call] : calls_) {
    if (call.progress.complete()) items_.close(call.place, "completed", *out_);
  }
}

void Encoder::whole_item(OutputItem item) {
  if (const auto place = open_item(std::move(item))) items_.close(*place, "completed", *out_);
}

void Encoder::add_seal(Seal::Kind kind, std::string_view signature) {
  whole_item(
      {.kind = ItemKind::kReasoning,
       .encrypted = seal(
           {.kind = kind, .format = std::string(kGeminiFormat), .data = std::string(signature)})});
}

bool Encoder::ensure_message_text(TextKind kind, std::int64_t block) {
  const bool message = current_ && items_.item(*current_).kind == ItemKind::kMessage;
  if (!message) current_ = open_item({.kind = ItemKind::kMessage});
  if (!current_) return false;
  const auto& texts = items_.item(*current_).texts;
  if (texts.empty() || texts.back().kind != kind || block_ != block) {
    items_.open_text(*current_, kind, *out_);
  }
  block_ = block;
  return true;
}

void Encoder::on(const llm::TextDelta& delta) {
  if (delta.text.empty() && delta.signature.empty() && delta.logprobs.empty()) return;
  if (finished_) return;
  if (!delta.signature.empty()) add_seal(Seal::Kind::kText, delta.signature);
  if (!ensure_message_text(TextKind::kText, delta.block)) return;
  if (delta.text.empty() && delta.logprobs.empty()) return;
  items_.add_text(*current_, delta.text, delta.logprobs, *out_);
}

void Encoder::on(const llm::RefusalDelta& delta) {
  if (finished_ || delta.text.empty() || !ensure_message_text(TextKind::kRefusal, 0)) return;
  refused_ = true;
  items_.add_text(*current_, delta.text, {}, *out_);
}

void Encoder::on(const llm::CitationDelta& delta) {
  if (finished_ || !is_annotation(delta.citation)) return;
  const bool has_text = current_ && !items_.item(*current_).texts.empty() &&
                        items_.item(*current_).texts.back().kind == TextKind::kText;
  if (!has_text && !ensure_message_text(TextKind::kText, delta.block)) return;
  std::string json;
  json::Writer writer(json);
  encode_annotation(writer, delta.citation);
  items_.add_annotation(*current_, std::move(json), *out_);
}

void Encoder::on(const llm::MediaDelta& delta) {
  if (finished_) return;
  if (const auto* image = delta.part.as<llm::ImagePart>()) {
    if (image->media.data.empty()) return;
    whole_item({.kind = ItemKind::kImage,
                .json = image->media.data,
                .media_type = image->media.media_type});
  } else if (const auto* audio = delta.part.as<llm::AudioPart>()) {
    // There is no item of sounds: what was said can be read.
    on(llm::TextDelta{.text = audio->transcript});
  }
}

void Encoder::on(const llm::RawDelta& delta) {
  if (finished_ || delta.part.dialect != kName) return;
  whole_item({.kind = ItemKind::kForeign, .json = delta.part.json});
}

// ------------------------------------------------------------------------------------------------
// Thoughts

// The item that the delta belongs to is the current one then. `whole`: it has to be a new one.
// A block of another format may be signed at its end, so each is an item of its own.
bool Encoder::ensure_reasoning(const llm::ReasoningDelta& delta, bool whole) {
  const bool own = delta.format == kOwnFormat;
  const bool same_id = delta.id.empty() || reasoning_id_.empty() || delta.id == reasoning_id_;
  const bool reasoning = current_ && items_.item(*current_).kind == ItemKind::kReasoning;
  if (reasoning && !whole && same_id && (own || block_ == delta.block)) return true;
  current_ = open_item({.kind = ItemKind::kReasoning}, own ? delta.id : std::string_view());
  reasoning_id_ = delta.id;
  block_ = delta.block;
  return current_.has_value();
}

void Encoder::on(const llm::ReasoningDelta& delta) {
  if (finished_) return;
  if (!delta.text.empty()) {
    if (!ensure_reasoning(delta, false)) return;
    const bool as_it_is = delta.kind == ReasoningKind::kText && delta.format == kOwnFormat;
    const TextKind kind = as_it_is ? TextKind::kReasoning : TextKind::kSummary;
    const auto& texts = items_.item(*current_).texts;
    if (texts.empty() || texts.back().kind != kind || block_ != delta.block) {
      items_.open_text(*current_, kind, *out_);
    }
    block_ = delta.block;
    items_.add_text(*current_, delta.text, {}, *out_);
  }
  if (delta.signature.empty() && delta.data.empty()) return;
  const auto sealed = seal_of({.kind = delta.kind,
                               .signature = delta.signature,
                               .data = delta.data,
                               .format = delta.format});
  const bool whole = sealed && sealed->kind != Seal::Kind::kSignature;
  if (!ensure_reasoning(delta, whole)) return;
  items_.set_encrypted(*current_, sealed ? seal(*sealed) : delta.data);
  close_current();
}

// ------------------------------------------------------------------------------------------------
// Calls

void Encoder::on(const llm::ToolCallStart& start) {
  if (finished_) return;
  if (!start.signature.empty()) add_seal(Seal::Kind::kCall, start.signature);
  OutputItem item{.kind = ItemKind::kCall};
  item.call = {.id = start.id, .name = start.name, .custom = start.custom};
  begin({});
  if (item.call.id.empty()) {
    item.call.id = openai_chat::made_up_call_id(response_.id, 0, items_.size());
  }
  if (const auto place = open_item(std::move(item))) {
    calls_.insert_or_assign(start.index, Call{.place = *place, .progress = {}});
  }
}

void Encoder::on(const llm::ToolCallDelta& delta) {
  if (finished_ || delta.arguments.empty()) return;
  if (!calls_.contains(delta.index)) on(llm::ToolCallStart{.index = delta.index});
  const auto found = calls_.find(delta.index);
  if (found == calls_.end() || !items_.is_open(found->second.place)) return;
  if (!items_.item(found->second.place).call.custom) found->second.progress.add(delta.arguments);
  items_.add_arguments(found->second.place, delta.arguments, *out_);
}

}  // namespace

std::unique_ptr<StreamEncoder> make_stream_encoder(AnswerContext context) {
  return std::make_unique<Encoder>(std::move(context));
}

}  // namespace bifrost::dialect::openai_responses
