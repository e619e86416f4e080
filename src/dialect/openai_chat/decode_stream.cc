#include "dialect/openai_chat/answer.h"
#include "dialect/openai_chat/citations.h"
#include "dialect/openai_chat/errors.h"
#include "dialect/openai_chat/finish.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/reasoning.h"
#include "dialect/openai_chat/stream_event.h"
#include "dialect/openai_chat/tool_call_stream.h"
#include "dialect/openai_chat/usage.h"
#include "dialect/sse_stream.h"

#include <map>
#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

using Events = std::vector<llm::StreamEvent>;
using Kind = llm::ReasoningPart::Kind;

// What has come of one choice.
struct ChoiceState {
  explicit ChoiceState(std::int64_t index) : calls(index) {}

  ToolCallStream calls;
  std::map<std::pair<std::int64_t, Kind>, std::int64_t> blocks;  // of reasoning -> our number
  llm::FinishReason finish = llm::FinishReason::kUnknown;
  std::string finish_raw;
  bool finished = false;
};

class Decoder final : public SseDecoder {
 private:
  void on_event(const http::sse::Event& event, Events& out) override;
  void on_bytes_end(Events& out) override;
  Error on_plain_body(std::string_view text) const override;

  void chunk(json::Value root, Events& out);
  void start(json::Value root, Events& out);
  void usage(json::Value root, Events& out);
  void search_results(json::Value root, Events& out);
  void choice(json::Value value, std::size_t position, Events& out);
  void delta(json::Value value, std::int64_t index, ChoiceState& state, std::string logprobs,
             Events& out);
  void content(json::Value value, std::int64_t index, ChoiceState& state, std::string logprobs,
               Events& out);
  void reasoning(json::Value value, std::int64_t index, ChoiceState& state, Events& out);
  void media(json::Value value, std::int64_t index, Events& out);
  // The answer is complete: closes what is open and ends the stream.
  void complete(Events& out);

  static void thought(llm::ReasoningPart part, std::int64_t block_key, std::int64_t index,
                      ChoiceState& state, Events& out);

  std::map<std::int64_t, ChoiceState> choices_;
  std::string id_;
  llm::Usage usage_;
  bool started_ = false;
  bool any_chunk_ = false;
  bool cited_ = false;
};

void Decoder::on_event(const http::sse::Event& event, Events& out) {
  if (event.data.empty()) return;
  if (event.data.starts_with("[DONE]")) {
    complete(out);
    return;
  }
  const auto document = parse(event, out);
  if (!document) return;
  const json::Value root = document->root();
  if (auto error = find_error(root, 0)) {
    fail(*std::move(error), out);
    return;
  }
  const EventKind kind = kind_of(event, root);
  if (kind == EventKind::kChunk) {
    any_chunk_ = true;
    chunk(root, out);
  } else if (kind == EventKind::kForeign && !any_chunk_) {
    fail(foreign_answer(event.data), out);
  }
}

void Decoder::chunk(json::Value root, Events& out) {
  start(root, out);
  std::size_t position = 0;
  for (const json::Value value : root["choices"].children()) {
    choice(value, position++, out);
    if (closed()) return;
  }
  search_results(root, out);
  usage(root, out);
}

// Azure's first chunk has neither id nor model nor choices.
void Decoder::start(json::Value root, Events& out) {
  if (started_ || root["choices"].size() == 0) return;
  started_ = true;
  id_ = root["id"].string_or("");
  out.emplace_back(
      llm::StreamStart{.id = id_,
                       .model = root["model"].string_or(""),
                       .created = root["created"].integer().value_or(0),
                       .service_tier = root["service_tier"].string_or(""),
                       .system_fingerprint = root["system_fingerprint"].string_or("")});
}

void Decoder::usage(json::Value root, Events& out) {
  const json::Value value = find_usage(root);
  if (!value.exists()) return;
  const llm::Usage now = decode_usage(value);
  if (!now.known || now == usage_) return;
  usage_ = now;
  out.emplace_back(llm::UsageUpdate{now});
}

// Perplexity repeats its sources in every chunk.
void Decoder::search_results(json::Value root, Events& out) {
  if (cited_) return;
  for (llm::Citation& citation : decode_search_results(root)) {
    cited_ = true;
    out.emplace_back(llm::CitationDelta{0, std::move(citation)});
  }
}

void Decoder::choice(json::Value value, std::size_t position, Events& out) {
  const auto index = value["index"].integer().value_or(static_cast<std::int64_t>(position));
  const auto found = choices_.try_emplace(index, index);
  if (choices_.size() > kChoicesMax) {
    fail(unreadable_answer({}, "a stream of too many choices"), out);
    return;
  }
  ChoiceState& state = found.first->second;
  std::string logprobs = decode_logprobs(value["logprobs"]);
  if (value["delta"].is_object()) {
    delta(value["delta"], index, state, std::move(logprobs), out);
  } else if (value["message"].is_object()) {  // a whole answer dressed as a stream
    delta(value["message"], index, state, std::move(logprobs), out);
  } else {
    content(value["text"], index, state, std::move(logprobs), out);
  }
  if (closed()) return;
  // Kept back to the end: some repeat it, and some send more behind it.
  const std::string word = value["finish_reason"].string_or("");
  if (word.empty() || state.finished) return;
  state.finished = true;
  state.finish_raw = word;
  state.finish = decode_finish(word);
}

void Decoder::delta(json::Value value, std::int64_t index, ChoiceState& state, std::string logprobs,
                    Events& out) {
  reasoning(value, index, state, out);
  content(value["content"], index, state, std::move(logprobs), out);
  if (std::string signature = decode_signature(value); !signature.empty()) {
    out.emplace_back(llm::TextDelta{.choice = index, .signature = std::move(signature)});
  }
  if (std::string text = value["refusal"].string_or(""); !text.empty()) {
    out.emplace_back(llm::RefusalDelta{index, std::move(text)});
  }
  for (llm::Citation& citation : decode_annotations(value["annotations"])) {
    out.emplace_back(llm::CitationDelta{index, std::move(citation)});
  }
  media(value, index, out);
  for (const json::Value call : value["tool_calls"].children()) {
    if (!state.calls.piece(call, id_, out)) {
      fail(unreadable_answer({}, "a stream of too many tool calls"), out);
      return;
    }
  }
  if (value["function_call"].is_object()) state.calls.legacy(value["function_call"], id_, out);
}

void Decoder::content(json::Value value, std::int64_t index, ChoiceState& state,
                      std::string logprobs, Events& out) {
  for (llm::Part& part : decode_content(value)) {
    if (auto* text = part.as<llm::TextPart>()) {
      out.emplace_back(llm::TextDelta{
          .choice = index, .text = std::move(text->text), .logprobs = std::exchange(logprobs, {})});
    } else if (auto* thinking = part.as<llm::ReasoningPart>()) {
      thought(std::move(*thinking), -1, index, state, out);
    } else if (auto* refusal = part.as<llm::RefusalPart>()) {
      out.emplace_back(llm::RefusalDelta{index, std::move(refusal->text)});
    } else if (auto* raw = part.as<llm::RawPart>()) {
      out.emplace_back(llm::RawDelta{index, std::move(*raw)});
    } else {
      out.emplace_back(llm::MediaDelta{index, std::move(part)});
    }
  }
  if (!logprobs.empty()) {
    out.emplace_back(llm::TextDelta{.choice = index, .logprobs = std::move(logprobs)});
  }
}

// A delta with text in both spellings says it twice.
void Decoder::reasoning(json::Value value, std::int64_t index, ChoiceState& state, Events& out) {
  std::vector<ReasoningDetail> details = decode_reasoning_details(value["reasoning_details"]);
  bool any_text = false;
  for (const ReasoningDetail& detail : details) any_text = any_text || !detail.part.text.empty();
  if (!any_text) {
    if (std::string text = plain_reasoning(value); !text.empty()) {
      thought({.text = std::move(text)}, -1, index, state, out);
    }
  }
  std::int64_t position = 0;
  for (ReasoningDetail& detail : details) {
    const std::int64_t key = detail.index >= 0 ? detail.index : position;
    thought(std::move(detail.part), key, index, state, out);
    ++position;
  }
}

void Decoder::thought(llm::ReasoningPart part, std::int64_t block_key, std::int64_t index,
                      ChoiceState& state, Events& out) {
  if (part.text.empty() && part.signature.empty() && part.data.empty()) return;
  const auto next = static_cast<std::int64_t>(state.blocks.size());
  const auto block = state.blocks.try_emplace({block_key, part.kind}, next).first->second;
  out.emplace_back(llm::ReasoningDelta{.choice = index,
                                       .kind = part.kind,
                                       .text = std::move(part.text),
                                       .signature = std::move(part.signature),
                                       .data = std::move(part.data),
                                       .id = std::move(part.id),
                                       .format = std::move(part.format),
                                       .block = block});
}

void Decoder::media(json::Value value, std::int64_t index, Events& out) {
  for (llm::Part& part : decode_images(value["images"])) {
    out.emplace_back(llm::MediaDelta{index, std::move(part)});
  }
  if (auto audio = decode_audio(value["audio"])) {
    out.emplace_back(llm::MediaDelta{index, llm::Part{*std::move(audio), {}}});
  }
}

void Decoder::on_bytes_end(Events& out) {
  if (choices_.empty()) return;
  for (const auto& [index, state] : choices_) {
    if (!state.finished) return;
  }
  complete(out);  // only the end marker is missing
}

void Decoder::complete(Events& out) {
  if (!any_chunk_) {
    fail(unreadable_answer({}, ""), out);
    return;
  }
  for (auto& [index, state] : choices_) {
    state.calls.finish(id_, out);
    out.emplace_back(llm::StreamFinish{.choice = index,
                                       .reason = settle_finish(state.finish, state.calls.any()),
                                       .raw = std::move(state.finish_raw)});
  }
  end(out);
}

Error Decoder::on_plain_body(std::string_view text) const {
  if (const auto document = json::Document::parse(text)) {
    if (auto error = find_error(document->root(), 0)) return *std::move(error);
  }
  return not_a_stream(text);
}

}  // namespace

std::unique_ptr<StreamDecoder> make_stream_decoder() { return std::make_unique<Decoder>(); }

}  // namespace bifrost::dialect::openai_chat
