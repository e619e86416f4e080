#include "base/limits.h"
#include "dialect/gemini/candidate.h"
#include "dialect/gemini/finish.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/grounding.h"
#include "dialect/gemini/logprobs.h"
#include "dialect/gemini/parts.h"
#include "dialect/gemini/usage.h"
#include "http/sse/parser.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

// Per choice. Their arguments are bounded by limits::kStreamEventBytesMax.
constexpr std::size_t kPendingCallsMax = 1024;
constexpr std::size_t kCitationsMax = 4096;

struct ChoiceState {
  std::map<std::int64_t, llm::ToolCallPart> calls;  // whose arguments may still grow
  std::string text;                                 // what citations count in, bounded
  std::vector<PlacedCitation> citations;
  llm::StreamFinish finish;
  bool has_finish = false;
  bool has_content = false;
};

class GeminiStreamEncoder final : public StreamEncoder {
 public:
  explicit GeminiStreamEncoder(AnswerContext context) : context_(std::move(context)) {}

  void event(const llm::StreamEvent& event, std::string& out) override {
    if (closed_) return;
    std::visit([&](const auto& it) { on(it, out); }, event);
  }

 private:
  using WriteParts = std::function<void(json::Writer&)>;

  void on(const llm::StreamStart& start, std::string&) {
    head_ = {.id = start.id, .model = start.model, .created = start.created};
  }

  void on(const llm::TextDelta& delta, std::string& out) {
    if (delta.text.empty() && delta.signature.empty() && delta.logprobs.empty()) return;
    ChoiceState& state = begin_part(delta.choice, out);
    if (state.text.size() <= kCitedTextBytesMax) state.text += delta.text;
    write_chunk(out, delta.choice, delta.logprobs,
                [&](json::Writer& writer) { write_text(writer, delta.text, delta.signature); });
  }

  void on(const llm::RefusalDelta& delta, std::string& out) {
    on(llm::TextDelta{.choice = delta.choice, .text = delta.text}, out);
  }

  void on(const llm::ReasoningDelta& delta, std::string& out) {
    // Sealed thoughts of other providers have no place in a part.
    if (delta.text.empty() && delta.signature.empty()) return;
    begin_part(delta.choice, out);
    write_chunk(out, delta.choice, {},
                [&](json::Writer& writer) { write_thought(writer, delta.text, delta.signature); });
  }

  void on(const llm::ToolCallStart& start, std::string& out) {
    ChoiceState& state = choice(start.choice);
    if (state.calls.size() >= kPendingCallsMax) {
      overflow(out);
      return;
    }
    llm::ToolCallPart& call = state.calls[start.index];
    call.id = start.id;
    call.name = start.name;
    call.signature = start.signature;
    count(start.id.size() + start.name.size() + start.signature.size(), out);
  }

  void on(const llm::ToolCallDelta& delta, std::string& out) {
    ChoiceState& state = choice(delta.choice);
    const auto call = state.calls.find(delta.index);
    if (call == state.calls.end()) return;
    call->second.arguments += delta.arguments;
    count(delta.arguments.size(), out);
  }

  void on(const llm::CitationDelta& delta, std::string&) {
    ChoiceState& state = choice(delta.choice);
    if (state.citations.size() < kCitationsMax) {
      state.citations.push_back({.citation = delta.citation});
    }
  }

  void on(const llm::MediaDelta& delta, std::string& out) {
    whole_part(delta.choice, delta.part, out);
  }

  void on(const llm::RawDelta& delta, std::string& out) {
    whole_part(delta.choice, {.content = delta.part}, out);
  }

  void on(const llm::UsageUpdate& update, std::string&) { usage_ = update.usage; }

  void on(const llm::StreamFinish& finish, std::string& out) {
    ChoiceState& state = choice(finish.choice);
    write_calls(finish.choice, state, out);
    state.finish = finish;
    state.has_finish = true;
  }

  void on(const llm::Ping&, std::string& out) { out += kKeepAlive; }

  void on(const llm::StreamFailure& failure, std::string& out) {
    closed_ = true;
    out += encode_stream_error(failure.error);
  }

  // Usage may come after the finish reason, and Google's last chunk has both.
  void on(const llm::StreamEnd&, std::string& out) {
    closed_ = true;
    if (choices_.empty()) choices_.try_emplace(0);
    for (auto& [index, state] : choices_) write_calls(index, state, out);
    std::string json;
    json::Writer writer(json);
    writer.begin_object();
    write_last_candidates(writer);
    if (usage_.known) {
      writer.key("usageMetadata");
      write_usage(writer, usage_);
    }
    end_chunk(writer, json, out);
  }

  ChoiceState& choice(std::int64_t index) {
    // A choice beyond the bound shares the last one's place; nobody asks for that many.
    if (std::ssize(choices_) >= kCandidatesMax && !choices_.contains(index)) {
      return choices_.rbegin()->second;
    }
    return choices_[index];
  }

  // A part that is not a call: the calls before it are complete.
  ChoiceState& begin_part(std::int64_t index, std::string& out) {
    ChoiceState& state = choice(index);
    write_calls(index, state, out);
    state.has_content = true;
    return state;
  }

  void whole_part(std::int64_t index, const llm::Part& part, std::string& out) {
    if (!has_counterpart(part)) return;
    begin_part(index, out);
    write_chunk(out, index, {},
                [&](json::Writer& writer) { write_answer_parts(writer, {&part, 1}); });
  }

  void write_calls(std::int64_t index, ChoiceState& state, std::string& out) {
    if (state.calls.empty()) return;
    const auto calls = std::exchange(state.calls, {});
    pending_bytes_ = 0;
    state.has_content = true;
    write_chunk(out, index, {}, [&](json::Writer& writer) {
      for (const auto& [number, call] : calls) write_call(writer, call, call.signature);
    });
  }

  void count(std::size_t bytes, std::string& out) {
    pending_bytes_ += bytes;
    if (pending_bytes_ > limits::kStreamEventBytesMax) overflow(out);
  }

  void overflow(std::string& out) {
    on(llm::StreamFailure{upstream_error(ErrorCode::kUpstreamProtocol, Retry::kNo,
                                         "the function calls of the answer are too large")},
       out);
  }

  void write_chunk(std::string& out, std::int64_t index, std::string_view logprobs,
                   const WriteParts& write_parts) {
    std::string json;
    json::Writer writer(json);
    writer.begin_object().key("candidates").begin_array().begin_object();
    writer.key("content").begin_object().key("parts").begin_array();
    write_parts(writer);
    writer.end_array().member("role", "model").end_object().member("index", index);
    write_logprobs(writer, logprobs);
    writer.end_object().end_array();
    end_chunk(writer, json, out);
  }

  void write_last_candidates(json::Writer& writer) const {
    const ChoiceState& first = choices_.begin()->second;
    if (choices_.size() == 1 && !first.has_content && is_block_reason_only(first.finish.raw) &&
        first.finish.reason == llm::FinishReason::kContentFilter) {
      writer.key("promptFeedback").begin_object();
      writer.member("blockReason", first.finish.raw).end_object();
      return;
    }
    writer.key("candidates").begin_array();
    for (const auto& [index, state] : choices_) write_last(writer, index, state);
    writer.end_array();
  }

  static void write_last(json::Writer& writer, std::int64_t index, const ChoiceState& state) {
    writer.begin_object().key("content").begin_object().key("parts").begin_array();
    write_text(writer, "", {});  // the SDKs' chats forget a turn with a content without parts
    writer.end_array().member("role", "model").end_object();
    writer.member("finishReason", state.has_finish
                                      ? finish_name(state.finish.reason, state.finish.raw)
                                      : std::string_view("STOP"));
    writer.member("index", index);
    const std::vector<std::string> texts = {state.text};
    write_citations(writer, state.citations, texts);
    writer.end_object();
  }

  // Every SDK reads an event as one line; raw parts may have been written over several.
  void end_chunk(json::Writer& writer, std::string& json, std::string& out) {
    write_head(writer, head_, context_);
    writer.end_object();
    std::ranges::replace_if(json, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    http::sse::append_event(out, {}, json);
  }

  AnswerContext context_;
  AnswerHead head_;
  llm::Usage usage_;
  std::map<std::int64_t, ChoiceState> choices_;
  std::size_t pending_bytes_ = 0;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<StreamEncoder> make_stream_encoder(AnswerContext context) {
  return std::make_unique<GeminiStreamEncoder>(std::move(context));
}

}  // namespace bifrost::dialect::gemini
