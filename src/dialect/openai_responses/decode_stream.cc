// The events of a stream into our own.
//
// Every piece of an answer is told up to four times: in deltas, when it is done, in its item, and
// in the response at the end. Servers leave some of them out, so a piece is taken from the first
// that has it, and not again. Items are known by their place in the output: ids are not the same
// from event to event everywhere (GitHub Copilot).
#include "base/limits.h"
#include "dialect/openai_chat/answer.h"
#include "dialect/openai_chat/errors.h"
#include "dialect/openai_responses/answer_items.h"
#include "dialect/openai_responses/citations.h"
#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/stream_event.h"
#include "dialect/openai_responses/usage.h"
#include "dialect/sse_stream.h"

#include <map>
#include <utility>

namespace bifrost::dialect::openai_responses {
namespace {

using Events = std::vector<llm::StreamEvent>;
using ReasoningKind = llm::ReasoningPart::Kind;

constexpr std::size_t kPiecesMax = 1024;  // of one item

ItemKind item_kind(PieceKind kind) {
  switch (kind) {
    case PieceKind::kText:
    case PieceKind::kRefusal:
      return ItemKind::kMessage;
    case PieceKind::kSummary:
    case PieceKind::kReasoning:
      return ItemKind::kReasoning;
    case PieceKind::kArguments:
      return ItemKind::kCall;
  }
  return ItemKind::kMessage;
}

struct Piece {
  std::int64_t block = 0;
  bool any = false;  // something of it has come
  bool any_logprobs = false;
  std::size_t citations = 0;
};

struct Item {
  ItemKind kind = ItemKind::kMessage;
  std::string type;
  std::string id;
  bool done = false;
  std::map<std::pair<PieceKind, std::int64_t>, Piece> pieces;
  std::int64_t last_block = -1;

  llm::ToolCallPart call;  // as far as it is known; its arguments wait for its name
  std::int64_t number = 0;
  bool call_started = false;
  bool any_arguments = false;
};

class Decoder final : public SseDecoder {
 private:
  void on_event(const http::sse::Event& event, Events& out) override;
  void on_bytes_end(Events& /*out*/) override {}
  Error on_plain_body(std::string_view text) const override;

  void answer_event(std::string_view type, json::Value root, Events& out);
  void start(json::Value response, Events& out);
  void usage(json::Value response, Events& out);
  void terminal(std::string_view type, json::Value response, Events& out);
  void complete(Finish finish, Events& out);

  // The item that an event is about, made when it is new; nullptr: there are too many.
  Item* item_of(json::Value root);
  Item* item_at_end(json::Value item, std::int64_t position);
  Item* make_item(std::int64_t place);
  void announce(Item& item, json::Value value);
  void item_done(Item& item, json::Value value, Events& out);
  void message_done(Item& item, json::Value value, Events& out);
  void reasoning_done(Item& item, json::Value value, Events& out);
  void unseal(Item& item, Seal seal, Events& out);

  Piece* piece_of(Item& item, PieceKind kind, std::int64_t index);
  void piece(Item& item, PieceKind kind, std::int64_t index, std::string text, bool whole,
             json::Value logprobs, Events& out);
  void citations(Item& item, std::int64_t index, json::Value annotations, Events& out);
  void arguments(Item& item, std::string text, bool whole, Events& out);
  void start_call(Item& item, Events& out);
  // What has waited for its name in vain.
  void start_waiting_calls(Events& out);

  std::map<std::int64_t, Item> items_;  // by place in the output
  std::string id_;
  std::size_t announced_ = 0;
  std::int64_t next_block_ = 0;
  std::int64_t calls_ = 0;
  std::string text_signature_;  // sealed, of what follows
  std::string call_signature_;
  bool started_ = false;
};

void Decoder::on_event(const http::sse::Event& event, Events& out) {
  if (event.data.empty()) return;
  if (event.data.starts_with("[DONE]")) {
    if (started_) {
      complete({}, out);
    } else {
      fail(openai_chat::unreadable_answer({}, ""), out);
    }
    return;
  }
  const auto document = parse(event, out);
  if (!document) return;
  const json::Value root = document->root();
  const std::string type = type_of(event, root);
  const EventKind kind = kind_of(type, root);
  if (kind == EventKind::kError || kind == EventKind::kTerminal) {
    if (auto error = failure_in(kind, type, root)) {
      usage(root["response"], out);  // what has failed may cost something all the same
      fail(*std::move(error), out);
    } else {
      terminal(type, root["response"], out);
    }
  } else if (kind == EventKind::kLifecycle) {
    start(root["response"], out);
  } else if (kind == EventKind::kOther) {
    answer_event(type, root, out);
  } else if (!started_) {
    fail(foreign_answer(event.data), out);
  }
}

void Decoder::answer_event(std::string_view type, json::Value root, Events& out) {
  if (!is_answer_event(type)) return;
  const bool added = type == "response.output_item.added";
  const bool done = type == "response.output_item.done";
  const PieceEvent* known = find_piece_event(type);
  if (added && ++announced_ > kItemsMax) {
    fail(too_many_items(), out);
    return;
  }
  start({}, out);
  Item* item = item_of(root);
  if (item == nullptr) return;
  const auto [content_index, summary_index, logprobs] =
      root.members<3>({"content_index", "summary_index", "logprobs"});
  const std::int64_t index = content_index.integer().value_or(summary_index.integer().value_or(0));
  if (added) {
    announce(*item, root["item"]);
    if (item->kind == ItemKind::kCall && !item->call.name.empty()) start_call(*item, out);
  } else if (done) {
    item_done(*item, root["item"], out);
  } else if (known == nullptr) {  // an annotation
    if (Piece* piece = piece_of(*item, PieceKind::kText, index)) {
      ++piece->citations;
      out.emplace_back(llm::CitationDelta{0, decode_annotation(root["annotation"]), piece->block});
    }
  } else {
    if (item->type.empty()) item->kind = item_kind(known->kind);
    if (known->custom) item->call.custom = true;
    piece(*item, known->kind, index, root[known->member].string_or(""), known->whole, logprobs,
          out);
  }
}

void Decoder::start(json::Value response, Events& out) {
  if (std::exchange(started_, true)) return;
  id_ = response["id"].string_or("");
  out.emplace_back(llm::StreamStart{.id = id_,
                                    .model = response["model"].string_or(""),
                                    .created = response["created_at"].integer().value_or(0),
                                    .service_tier = response["service_tier"].string_or("")});
}

void Decoder::usage(json::Value response, Events& out) {
  const llm::Usage now = decode_usage(response["usage"]);
  if (now.known) out.emplace_back(llm::UsageUpdate{now});
}

void Decoder::terminal(std::string_view type, json::Value response, Events& out) {
  start(response, out);
  std::int64_t position = 0;
  for (const json::Value value : response["output"].children()) {
    if (position >= static_cast<std::int64_t>(kItemsMax)) break;
    Item* item = item_at_end(value, position++);
    if (item != nullptr && !item->done) item_done(*item, value, out);
  }
  start_waiting_calls(out);
  usage(response, out);
  complete(terminal_finish(type, response, calls_ > 0), out);
}

void Decoder::start_waiting_calls(Events& out) {
  for (auto& [place, item] : items_) {
    if (item.kind == ItemKind::kCall) start_call(item, out);
  }
}

void Decoder::complete(Finish finish, Events& out) {
  start_waiting_calls(out);
  if (finish.raw.empty() && calls_ > 0) finish.reason = llm::FinishReason::kToolCalls;
  out.emplace_back(llm::StreamFinish{.reason = finish.reason, .raw = std::move(finish.raw)});
  end(out);
}

// ------------------------------------------------------------------------------------------------
// Items

// Beyond this an `output_index` is no honest place.
constexpr std::int64_t kPlaceMax = 1'000'000;

Item* Decoder::make_item(std::int64_t place) {
  if (items_.size() >= kItemsMax || place < 0 || place > kPlaceMax) return nullptr;
  return &items_[place];
}

Item* Decoder::item_of(json::Value root) {
  const std::string id = root["item_id"].string_or(root["item"]["id"].string_or(""));
  if (const auto place = root["output_index"].integer()) {
    const auto found = items_.find(*place);
    if (found != items_.end()) return &found->second;
    Item* made = make_item(*place);
    if (made != nullptr) made->id = id;
    return made;
  }
  for (auto& [at, item] : items_) {
    if (!id.empty() && item.id == id) return &item;
  }
  if (!root["item"].exists() && id.empty() && !items_.empty()) return &items_.rbegin()->second;
  Item* made = make_item(items_.empty() ? 0 : items_.rbegin()->first + 1);
  if (made != nullptr) made->id = id;
  return made;
}

// The ids may be others, and the places too, when what stands before it was never told.
Item* Decoder::item_at_end(json::Value item, std::int64_t position) {
  const std::string id = item["id"].string_or("");
  if (!id.empty()) {
    for (auto& [place, known] : items_) {
      if (known.id == id) return &known;
    }
  }
  const auto found = items_.find(position);
  if (found == items_.end()) return make_item(position);
  if (found->second.type.empty() || item["type"].equals(found->second.type)) return &found->second;
  return make_item(items_.rbegin()->first + 1);
}

void Decoder::announce(Item& item, json::Value value) {
  const std::string type = value["type"].string_or("");
  if (item.id.empty()) item.id = value["id"].string_or("");
  if (type.empty()) return;
  item.type = type;
  item.kind = kind_of_item(type);
  if (item.kind != ItemKind::kCall) return;
  llm::ToolCallPart call = decode_call(value);
  item.call.custom = call.custom;
  if (item.call.id.empty()) item.call.id = std::move(call.id);
  if (item.call.name.empty()) item.call.name = std::move(call.name);
}

void Decoder::item_done(Item& item, json::Value value, Events& out) {
  if (!value.is_object() || std::exchange(item.done, true)) return;
  announce(item, value);
  switch (item.kind) {
    case ItemKind::kMessage:
      message_done(item, value, out);
      return;
    case ItemKind::kReasoning:
      reasoning_done(item, value, out);
      return;
    case ItemKind::kCall:
      start_call(item, out);
      arguments(item, decode_call(value).arguments, true, out);
      return;
    case ItemKind::kImage:
      if (auto image = decode_image(value)) {
        out.emplace_back(llm::MediaDelta{0, llm::Part{*std::move(image), {}}});
        return;
      }
      break;
    case ItemKind::kForeign:
      break;
  }
  out.emplace_back(llm::RawDelta{0, decode_foreign(value)});
}

void Decoder::message_done(Item& item, json::Value value, Events& out) {
  const json::Value content = value["content"];
  if (const auto text = content.string()) piece(item, PieceKind::kText, 0, *text, true, {}, out);
  std::int64_t index = 0;
  for (const json::Value part : content.children()) {
    const auto [type, text, refusal, annotations, logprobs] =
        part.members<5>({"type", "text", "refusal", "annotations", "logprobs"});
    if (type.equals("refusal")) {
      piece(item, PieceKind::kRefusal, index, refusal.string_or(""), true, {}, out);
    } else if (text.is_string()) {
      piece(item, PieceKind::kText, index, text.string_or(""), true, logprobs, out);
      citations(item, index, annotations, out);
    }
    ++index;
  }
}

void Decoder::reasoning_done(Item& item, json::Value value, Events& out) {
  std::int64_t index = 0;
  for (const json::Value part : value["summary"].children()) {
    piece(item, PieceKind::kSummary, index++, part["text"].string_or(""), true, {}, out);
  }
  index = 0;
  for (const json::Value part : value["content"].children()) {
    piece(item, PieceKind::kReasoning, index++, part["text"].string_or(""), true, {}, out);
  }
  Encrypted encrypted = decode_encrypted(value);
  if (encrypted.seal) unseal(item, *std::move(encrypted.seal), out);
  if (!encrypted.part) return;
  out.emplace_back(llm::ReasoningDelta{.kind = encrypted.part->kind,
                                       .data = std::move(encrypted.part->data),
                                       .id = std::move(encrypted.part->id),
                                       .format = std::move(encrypted.part->format),
                                       .block = next_block_++});
}

void Decoder::unseal(Item& item, Seal seal, Events& out) {
  if (seal.kind == Seal::Kind::kText) {
    text_signature_ = std::move(seal.data);
  } else if (seal.kind == Seal::Kind::kCall) {
    call_signature_ = std::move(seal.data);
  } else {
    out.emplace_back(
        llm::ReasoningDelta{.signature = std::move(seal.data),
                            .id = item.id,
                            .format = std::move(seal.format),
                            .block = item.last_block >= 0 ? item.last_block : next_block_++});
  }
}

// ------------------------------------------------------------------------------------------------
// Pieces of items

Piece* Decoder::piece_of(Item& item, PieceKind kind, std::int64_t index) {
  const auto found = item.pieces.find({kind, index});
  if (found != item.pieces.end()) return &found->second;
  if (item.pieces.size() >= kPiecesMax) return nullptr;
  Piece& made = item.pieces[{kind, index}];
  made.block = next_block_++;
  item.last_block = made.block;
  return &made;
}

void Decoder::piece(Item& item, PieceKind kind, std::int64_t index, std::string text, bool whole,
                    json::Value logprobs, Events& out) {
  if (kind == PieceKind::kArguments) {
    arguments(item, std::move(text), whole, out);
    return;
  }
  Piece* piece = piece_of(item, kind, index);
  if (piece == nullptr) return;
  if (whole && piece->any) text.clear();
  piece->any = piece->any || !text.empty();
  if (kind == PieceKind::kText) {
    std::string likely = whole && piece->any_logprobs ? "" : decode_logprobs(logprobs);
    piece->any_logprobs = piece->any_logprobs || !likely.empty();
    if (text.empty() && likely.empty() && text_signature_.empty()) return;
    out.emplace_back(llm::TextDelta{.text = std::move(text),
                                    .signature = std::exchange(text_signature_, {}),
                                    .logprobs = std::move(likely),
                                    .block = piece->block});
  } else if (text.empty()) {
    return;
  } else if (kind == PieceKind::kRefusal) {
    out.emplace_back(llm::RefusalDelta{0, std::move(text)});
  } else {
    const bool summary = kind == PieceKind::kSummary;
    out.emplace_back(
        llm::ReasoningDelta{.kind = summary ? ReasoningKind::kSummary : ReasoningKind::kText,
                            .text = std::move(text),
                            .id = item.id,
                            .format = std::string(kOwnFormat),
                            .block = piece->block});
  }
}

void Decoder::citations(Item& item, std::int64_t index, json::Value annotations, Events& out) {
  Piece* piece = piece_of(item, PieceKind::kText, index);
  if (piece == nullptr) return;
  std::vector<llm::Citation> all = decode_annotations(annotations);
  for (std::size_t i = piece->citations; i < all.size(); ++i) {
    out.emplace_back(llm::CitationDelta{0, std::move(all[i]), piece->block});
  }
}

void Decoder::arguments(Item& item, std::string text, bool whole, Events& out) {
  if (item.kind != ItemKind::kCall || text.empty() || (whole && item.any_arguments)) return;
  item.any_arguments = true;
  std::string& waiting = item.call.arguments;
  if (!item.call_started && item.call.name.empty() &&
      waiting.size() + text.size() <= limits::kStreamEventBytesMax) {
    waiting += text;
    return;
  }
  start_call(item, out);
  out.emplace_back(llm::ToolCallDelta{0, item.number, std::move(text)});
}

void Decoder::start_call(Item& item, Events& out) {
  if (std::exchange(item.call_started, true)) return;
  item.number = calls_++;
  if (item.call.id.empty()) {
    item.call.id = openai_chat::made_up_call_id(id_, 0, static_cast<std::size_t>(item.number));
  }
  out.emplace_back(llm::ToolCallStart{.index = item.number,
                                      .id = item.call.id,
                                      .name = item.call.name,
                                      .signature = std::exchange(call_signature_, {}),
                                      .custom = item.call.custom});
  if (item.call.arguments.empty()) return;
  out.emplace_back(llm::ToolCallDelta{0, item.number, std::exchange(item.call.arguments, {})});
}

Error Decoder::on_plain_body(std::string_view text) const { return plain_body_error(text); }

}  // namespace

std::unique_ptr<StreamDecoder> make_stream_decoder() { return std::make_unique<Decoder>(); }

}  // namespace bifrost::dialect::openai_responses
