#include "dialect/gemini/call_id.h"
#include "dialect/gemini/candidate.h"
#include "dialect/gemini/finish.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/grounding.h"
#include "dialect/gemini/logprobs.h"
#include "dialect/gemini/partial_args.h"
#include "dialect/gemini/parts.h"
#include "dialect/gemini/spelling.h"
#include "dialect/gemini/usage.h"
#include "dialect/sse_stream.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

using Events = std::vector<llm::StreamEvent>;

// One candidate over the chunks of a stream.
class CandidateStream {
 public:
  explicit CandidateStream(std::int64_t index) : index_(index) {}

  void chunk(json::Value candidate, std::string_view answer_id, Events& out) {
    std::string logprobs = decode_logprobs(field(candidate, "logprobsResult"));
    for (const json::Value wire : elements(field(field(candidate, "content"), "parts"))) {
      if (const json::Value call = field(wire, "functionCall")) {
        function_call(wire, call, answer_id, out);
      } else {
        other_part(wire, logprobs, out);
      }
    }
    if (!logprobs.empty()) {
      out.emplace_back(llm::TextDelta{.choice = index_, .logprobs = std::move(logprobs)});
    }
    keep_sources(candidate);
    const std::string reason = field(candidate, "finishReason").string_or("");
    if (is_final(reason)) finish_raw_ = reason;
  }

  void block(std::string reason) {
    finish_raw_ = std::move(reason);
    blocked_ = true;
  }

  [[nodiscard]] bool finished() const { return !finish_raw_.empty(); }

  // Some models put STOP on every chunk, so the reason is only believed when the bytes are through.
  void finish(Events& out) {
    close_call(out);
    citations(out);
    const llm::FinishReason reason =
        blocked_ ? llm::FinishReason::kContentFilter : finish_reason(finish_raw_, calls_ > 0);
    out.emplace_back(llm::StreamFinish{.choice = index_, .reason = reason, .raw = finish_raw_});
  }

 private:
  void function_call(json::Value wire, json::Value call, std::string_view answer_id, Events& out) {
    in_thought_ = false;
    const bool goes_on = field(call, "willContinue").boolean().value_or(false);
    if (!field(call, "name").string_or("").empty()) {
      close_call(out);
      open_call(wire, answer_id, out);
    } else if (streamed_) {
      late_signature_ = field(wire, "thoughtSignature").string_or(late_signature_);
    }
    if (!streamed_) return;
    for (const json::Value arg : elements(field(call, "partialArgs"))) {
      arguments(streamed_->add(arg), out);
    }
    const json::Value args = field(call, "args");
    if (args.is_object() && args.size() > 0 && streamed_->empty()) {
      arguments(std::string(args.raw()), out);
      streamed_.reset();
    } else if (!goes_on) {
      close_call(out);
    }
  }

  void open_call(json::Value wire, std::string_view answer_id, Events& out) {
    llm::ToolCallPart call = decode_call(wire);
    if (call.id.empty()) {
      call.id = answer_call_id(answer_id.empty() ? call.arguments : answer_id,
                               static_cast<std::size_t>(calls_), call.name);
    }
    out.emplace_back(llm::ToolCallStart{.choice = index_,
                                        .index = calls_++,
                                        .id = std::move(call.id),
                                        .name = std::move(call.name),
                                        .signature = std::move(call.signature)});
    streamed_.emplace();
  }

  void close_call(Events& out) {
    if (streamed_) arguments(streamed_->finish(), out);
    streamed_.reset();
    if (late_signature_.empty()) return;
    out.emplace_back(
        llm::TextDelta{.choice = index_, .signature = std::exchange(late_signature_, {})});
  }

  void arguments(std::string text, Events& out) {
    if (text.empty()) return;
    out.emplace_back(
        llm::ToolCallDelta{.choice = index_, .index = calls_ - 1, .arguments = std::move(text)});
  }

  void other_part(json::Value wire, std::string& logprobs, Events& out) {
    close_call(out);
    std::vector<llm::Part> parts;
    decode_part(wire, parts);
    for (llm::Part& part : parts) {
      if (auto* thought = part.as<llm::ReasoningPart>()) {
        this->thought(*thought, out);
        continue;
      }
      in_thought_ = false;
      if (auto* text = part.as<llm::TextPart>()) {
        this->text(*text, logprobs, out);
      } else if (auto* raw = part.as<llm::RawPart>()) {
        out.emplace_back(llm::RawDelta{.choice = index_, .part = std::move(*raw)});
      } else if (part.as<llm::ToolResultPart>() == nullptr) {
        out.emplace_back(llm::MediaDelta{.choice = index_, .part = std::move(part)});
      }
    }
  }

  void text(llm::TextPart& part, std::string& logprobs, Events& out) {
    if (part.text.empty() && part.signature.empty() && logprobs.empty()) return;
    if (text_.size() <= kCitedTextBytesMax) text_ += part.text;
    out.emplace_back(llm::TextDelta{.choice = index_,
                                    .text = std::move(part.text),
                                    .signature = std::move(part.signature),
                                    .logprobs = std::exchange(logprobs, {})});
  }

  // Neighbouring thoughts are one block until it is signed.
  void thought(llm::ReasoningPart& part, Events& out) {
    if (part.text.empty() && part.signature.empty()) return;
    if (!in_thought_) ++block_;
    in_thought_ = part.signature.empty();
    out.emplace_back(llm::ReasoningDelta{.choice = index_,
                                         .text = std::move(part.text),
                                         .signature = std::move(part.signature),
                                         .format = std::move(part.format),
                                         .block = block_});
  }

  // Later chunks repeat or complete the sources, so the last ones count.
  void keep_sources(json::Value candidate) {
    const json::Value grounding = field(candidate, "groundingMetadata");
    if (field(grounding, "groundingChunks")) grounding_ = grounding.raw();
    const json::Value recitations = field(candidate, "citationMetadata");
    if (recitations) recitations_ = recitations.raw();
  }

  void citations(Events& out) {
    if (grounding_.empty() && recitations_.empty()) return;
    std::string json;
    json::Writer writer(json);
    writer.begin_object().key("groundingMetadata").raw(grounding_);
    writer.key("citationMetadata").raw(recitations_).end_object();
    const auto document = json::Document::parse(json);
    if (!document) return;
    const std::vector<std::string> texts = {std::move(text_)};
    for (PlacedCitation& placed : decode_citations(document->root(), texts)) {
      out.emplace_back(
          llm::CitationDelta{.choice = index_, .citation = std::move(placed.citation)});
    }
  }

  std::int64_t index_;
  std::int64_t calls_ = 0;
  std::optional<PartialArgs> streamed_;  // of the call that is being written
  std::string late_signature_;           // came after the call had begun
  std::int64_t block_ = -1;
  bool in_thought_ = false;
  std::string text_;  // what citations count in, bounded
  std::string grounding_;
  std::string recitations_;
  std::string finish_raw_;
  bool blocked_ = false;
};

class GeminiStreamDecoder final : public SseDecoder {
 private:
  void on_event(const http::sse::Event& event, Events& out) override {
    if (event.data.empty() || event.data == "[DONE]") return;
    const auto document = parse(event, out);
    if (!document) return;
    json::Value root = document->root();
    if (const json::Value error = error_of(root)) {
      fail(error_from(error, 0, event.data), out);
      return;
    }
    if (root.is_array()) root = root.at(0);
    chunk(root, out);
  }

  void on_bytes_end(Events& out) override {
    // Google writes an error in the middle of a stream as bare JSON, without `data:`.
    if (const auto document = json::Document::parse(stray())) {
      if (const json::Value error = error_of(document->root())) {
        fail(error_from(error, 0, stray()), out);
        return;
      }
    }
    bool finished = false;
    for (const auto& [index, candidate] : candidates_) finished |= candidate.finished();
    if (!finished) return;
    for (auto& [index, candidate] : candidates_) candidate.finish(out);
    end(out);
  }

  Error on_plain_body(std::string_view text) const override { return plain_error(text); }

  void chunk(json::Value root, Events& out) {
    Events content;
    const auto [candidates, feedback, metadata, id] =
        fields<4>(root, {"candidates", "promptFeedback", "usageMetadata", "responseId"});
    const std::string answer_id = id.string_or("");
    for (const json::Value candidate : elements(candidates)) {
      const auto index = candidate_index(candidate);
      if (!index) continue;
      candidate_of(*index).chunk(candidate, answer_id, content);
    }
    std::string reason = block_reason(feedback);
    if (!reason.empty() && candidates_.empty()) candidate_of(0).block(std::move(reason));
    const llm::Usage usage = decode_usage(metadata);
    if (usage.known && usage != usage_) {
      usage_ = usage;
      content.emplace_back(llm::UsageUpdate{usage});
    }
    start(root, !content.empty(), out);
    if (content.empty()) content.emplace_back(llm::Ping{});
    std::ranges::move(content, std::back_inserter(out));
  }

  void start(json::Value root, bool has_content, Events& out) {
    if (started_) return;
    AnswerHead head = decode_head(root);
    if (!has_content && head.id.empty() && head.model.empty()) return;
    started_ = true;
    out.emplace_back(llm::StreamStart{
        .id = std::move(head.id), .model = std::move(head.model), .created = head.created});
  }

  CandidateStream& candidate_of(std::int64_t index) {
    return candidates_.try_emplace(index, index).first->second;
  }

  std::map<std::int64_t, CandidateStream> candidates_;
  llm::Usage usage_;
  bool started_ = false;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_stream_decoder() {
  return std::make_unique<GeminiStreamDecoder>();
}

}  // namespace bifrost::dialect::gemini
