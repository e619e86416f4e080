// Reads along: the members of a chunk are found by structure and only usage, finish reason and
// errors are looked into.
#include "dialect/gemini/candidate.h"
#include "dialect/gemini/finish_reason.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/spelling.h"
#include "dialect/gemini/usage.h"
#include "dialect/sse_stream.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

std::string_view skip_space(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

// Calls `see` with the text of each value that stands behind `"key":`. A key inside of a string
// has its quotes escaped, so only members are found.
template <class See>
void each_member(std::string_view json, std::string_view quoted_key, See see) {
  for (auto at = json.find(quoted_key); at != std::string_view::npos;
       at = json.find(quoted_key, at + quoted_key.size())) {
    if (at > 0 && json[at - 1] == '\\') continue;
    std::string_view rest = skip_space(json.substr(at + quoted_key.size()));
    if (!rest.starts_with(':')) continue;
    rest.remove_prefix(1);
    see(skip_space(rest));
  }
}

bool has_member(std::string_view json, std::string_view camel, std::string_view snake) {
  bool found = false;
  each_member(json, camel, [&](std::string_view) { found = true; });
  each_member(json, snake, [&](std::string_view) { found = true; });
  return found;
}

bool has_call(std::string_view candidates) {
  return has_member(candidates, "\"functionCall\"", "\"function_call\"");
}

bool has_content(std::string_view candidates) {
  bool text = false;
  each_member(candidates, "\"text\"", [&](std::string_view value) {
    text |= value.starts_with('"') && !value.starts_with("\"\"");
  });
  return text || has_call(candidates) ||
         has_member(candidates, "\"inlineData\"", "\"inline_data\"") ||
         has_member(candidates, "\"executableCode\"", "\"codeExecutionResult\"");
}

// The reason of the first candidate that has one.
std::string finish_name_in(std::string_view candidates) {
  if (!has_member(candidates, "\"finishReason\"", "\"finish_reason\"")) return {};
  const auto document = json::Document::parse(candidates);
  if (!document) return {};
  for (const json::Value candidate : elements(document->root())) {
    std::string name = field(candidate, "finishReason").string_or("");
    if (is_final(name)) return name;
  }
  return {};
}

// What the chunks, or the one answer, have said so far.
class Reader {
 public:
  void read(const std::string& padded, std::string_view whole, TapState& state) {
    auto members = scanner_.scan_members(padded);
    if (!members) {
      other_shape(whole, state);
      return;
    }
    for (const json::Member& member : **members) read_member(member, whole, state);
  }

 private:
  void read_member(const json::Member& member, std::string_view whole, TapState& state) {
    if (member.key == "candidates") {
      candidates(member.value, state);
    } else if (is_field(member.key, "usageMetadata")) {
      usage(member.value, state);
    } else if (is_field(member.key, "modelVersion")) {
      if (state.model.empty()) state.model = json::unescape(member.value).value_or("");
    } else if (is_field(member.key, "responseId")) {
      if (state.id.empty()) state.id = json::unescape(member.value).value_or("");
    } else if (is_field(member.key, "promptFeedback")) {
      prompt_feedback(member.value, state);
    } else if (member.key == "error") {
      other_shape(whole, state);
    }
  }

  void candidates(std::string_view json, TapState& state) {
    has_calls_ |= has_call(json);
    if (has_content(json)) ++state.content_events;
    const std::string name = finish_name_in(json);
    if (!name.empty()) reason_ = name;
    if (reason_.empty()) return;
    state.finished = true;
    state.finish = finish_reason(reason_, has_calls_);
  }

  static void usage(std::string_view json, TapState& state) {
    const auto document = json::Document::parse(json);
    if (!document) return;
    const llm::Usage usage = decode_usage(document->root());
    if (usage.known) state.usage = usage;
  }

  void prompt_feedback(std::string_view json, TapState& state) {
    const auto document = json::Document::parse(json);
    if (!document || state.finished || !field(document->root(), "blockReason").is_string()) return;
    state.finished = true;
    state.finish = llm::FinishReason::kContentFilter;
  }

  // An error, perhaps in an array.
  static void other_shape(std::string_view whole, TapState& state) {
    const auto document = json::Document::parse(whole);
    if (!document) return;
    if (const json::Value error = error_of(document->root())) {
      state.error = error_from(error, 0, whole);
    }
  }

  json::Scanner scanner_;
  std::string reason_;
  bool has_calls_ = false;
};

class GeminiStreamTap final : public SseTap {
 private:
  void on_event(const http::sse::Event& event) override {
    if (state_.error) return;
    padded_ = event.data;
    json::reserve_padding(padded_);
    reader_.read(padded_, event.data, state_);
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
  std::string padded_;  // keeps its memory from event to event
};

}  // namespace

TapState tap_response(std::string_view body) {
  TapState state;
  std::string padded(body);
  json::reserve_padding(padded);
  Reader().read(padded, body, state);
  state.events = 1;
  state.ended = !state.error;
  return state;
}

std::unique_ptr<StreamTap> make_stream_tap() { return std::make_unique<GeminiStreamTap>(); }

}  // namespace bifrost::dialect::gemini
