// Reads along: only usage, finish reason and errors are looked into.
#include "dialect/gemini/candidate.h"
#include "dialect/gemini/finish.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/spelling.h"
#include "dialect/gemini/usage.h"
#include "dialect/sse_stream.h"
#include "json/skim.h"

#include <utility>

namespace bifrost::dialect::gemini {
namespace {

// What stands in candidates, told by the names in them.
struct Signs {
  bool content = false;
  bool call = false;
};

Signs signs_in(std::string_view candidates) {
  Signs signs;
  json::each_string(candidates, [&](std::string_view name, std::string_view rest) {
    const bool text = name == "text";
    const bool call = name == "functionCall" || name == "function_call";
    const bool media = name == "inlineData" || name == "inline_data" || name == "executableCode" ||
                       name == "codeExecutionResult";
    if (!text && !call && !media) return;
    rest = json::skip_space(rest);
    if (!rest.starts_with(':')) return;
    const std::string_view value = json::skip_space(rest.substr(1));
    signs.call |= call;
    signs.content |= !text || (value.starts_with('"') && !value.starts_with("\"\""));
  });
  return signs;
}

// What the chunks, or the one answer, have said so far.
class Reader {
 public:
  void read(json::Value root, TapState& state) {
    const auto [list, usage, model, id, feedback] = fields<5>(
        root, {"candidates", "usageMetadata", "modelVersion", "responseId", "promptFeedback"});
    candidates(list, state);
    if (const llm::Usage now = decode_usage(usage); now.known) state.usage = now;
    if (state.model.empty()) state.model = model.string_or("");
    if (state.id.empty()) state.id = id.string_or("");
    if (!any_candidate_ && !block_reason(feedback).empty()) {
      state.finished = true;
      state.finish = llm::FinishReason::kContentFilter;
    }
  }

 private:
  void candidates(json::Value list, TapState& state) {
    const Signs signs = signs_in(list.raw());
    has_calls_ |= signs.call;
    if (signs.content) ++state.content_events;
    std::string reason;  // of the first candidate that has one
    for (const json::Value candidate : elements(list)) {
      if (!candidate_index(candidate)) continue;
      any_candidate_ = true;
      if (!reason.empty()) continue;
      reason = field(candidate, "finishReason").string_or("");
      if (!is_final(reason)) reason.clear();
    }
    if (!reason.empty()) reason_ = std::move(reason);
    if (reason_.empty()) return;
    state.finished = true;
    state.finish = finish_reason(reason_, has_calls_);
  }

  std::string reason_;
  bool any_candidate_ = false;
  bool has_calls_ = false;
};

class GeminiStreamTap final : public SseTap {
 private:
  void on_event(const http::sse::Event& event) override {
    if (state_.error || event.data.empty() || event.data == "[DONE]") return;
    const auto document = parse(event);
    if (!document) return;
    const json::Value root = document->root();
    if (const json::Value error = error_of(root)) {
      state_.error = error_from(error, 0, event.data);
      return;
    }
    reader_.read(root.is_array() ? root.at(0) : root, state_);
  }

  // No end marker exists; an answer with a finish reason is complete.
  std::string on_bytes_end() override {
    if (const auto document = json::Document::parse(stray())) {
      if (const json::Value error = error_of(document->root())) {
        state_.error = error_from(error, 0, stray());
        return {};
      }
    }
    state_.ended = state_.finished;
    return {};
  }

  Error on_plain_body(std::string_view text) const override { return plain_error(text); }

  Reader reader_;
};

}  // namespace

TapState tap_response(std::string_view body) {
  TapState state;
  const auto document = read_answer(body);
  if (!document) {
    state.error = document.error();
    return state;
  }
  Reader().read(document->root(), state);
  state.events = 1;
  state.ended = true;
  return state;
}

std::unique_ptr<StreamTap> make_stream_tap() { return std::make_unique<GeminiStreamTap>(); }

}  // namespace bifrost::dialect::gemini
