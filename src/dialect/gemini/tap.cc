// Reads along: only usage, finish reason and errors are looked into.
#include "dialect/gemini/candidate.h"
#include "dialect/gemini/finish.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/parts.h"
#include "dialect/gemini/spelling.h"
#include "dialect/gemini/usage.h"
#include "dialect/sse_stream.h"
#include "http/sse/parser.h"
#include "json/skim.h"
#include "json/writer.h"

#include <cstddef>
#include <set>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

// What stands in candidates, told by the names in them.
struct Signs {
  bool content = false;
  bool call = false;
  std::size_t bytes = 0;  // of texts
};

Signs signs_in(std::string_view candidates) {
  Signs signs;
  bool is_text = false;  // this string, by the name before it
  json::each_string(candidates, [&](std::string_view name, std::string_view rest) {
    if (std::exchange(is_text, false)) {
      signs.bytes += name.size();
      return;
    }
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
    is_text = text && value.starts_with('"');
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
    if (const llm::Usage now = decode_usage(usage); now.known) state.tell(now);
    if (state.model.empty()) state.model = model.string_or("");
    if (state.id.empty()) state.id = id.string_or("");
    if (!any_candidate_ && !block_reason(feedback).empty()) {
      state.finished = true;
      state.finish = llm::FinishReason::kContentFilter;
    }
  }

  // Candidates that have begun and have no reason yet.
  [[nodiscard]] const std::set<std::int64_t>& open() const { return open_; }

 private:
  void candidates(json::Value list, TapState& state) {
    const Signs signs = signs_in(list.raw());
    has_calls_ |= signs.call;
    if (signs.content) ++state.content_events;
    state.untold_bytes += signs.bytes;
    std::string reason;  // of the first candidate that has one
    for (const json::Value candidate : elements(list)) {
      const auto index = candidate_index(candidate);
      if (!index) continue;
      any_candidate_ = true;
      const std::string said = field(candidate, "finishReason").string_or("");
      if (!is_final(said)) {
        open_.insert(*index);
        continue;
      }
      open_.erase(*index);
      if (reason.empty()) reason = said;
    }
    if (!reason.empty()) reason_ = std::move(reason);
    if (reason_.empty()) return;
    state.finished = true;
    state.finish = finish_reason(reason_, has_calls_);
  }

  std::set<std::int64_t> open_;
  std::string reason_;
  bool any_candidate_ = false;
  bool has_calls_ = false;
};

class GeminiStreamTap final : public SseTap {
 public:
  std::string stop(const StreamStop& stop) override {
    if (state_.ended || state_.error || reader_.open().empty()) return {};
    std::string json;
    json::Writer writer(json);
    writer.begin_object().key("candidates").begin_array();
    for (const std::int64_t index : reader_.open()) {
      writer.begin_object().key("content").begin_object().key("parts").begin_array();
      write_text(writer, "", {});  // the SDKs' chats forget a turn with a content without parts
      writer.end_array().member("role", "model").end_object();
      writer.member("finishReason", finish_name(llm::FinishReason::kLength, {}));
      writer.member("index", index).end_object();
    }
    writer.end_array().key("usageMetadata");
    write_usage(writer, stop.usage);
    if (!state_.model.empty()) writer.member("modelVersion", state_.model);
    if (!state_.id.empty()) writer.member("responseId", state_.id);
    writer.end_object();
    std::string out;
    http::sse::append_event(out, {}, json);
    state_.stop();
    return out;
  }

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
