#include "base/assert.h"
#include "dialect/chat_codec.h"
#include "dialect/stream_editor.h"
#include "fuzz/checks/checks.h"
#include "fuzz/checks/event_text.h"
#include "http/sse/parser.h"

#include <algorithm>
#include <map>

namespace bifrost::fuzz {
namespace {

using Events = std::vector<llm::StreamEvent>;

constexpr std::size_t kCuts = 3;

Events decode(const dialect::Dialect& dialect, const std::vector<std::string_view>& pieces) {
  const auto decoder = dialect.chat->make_stream_decoder();
  Events events;
  for (const std::string_view piece : pieces) decoder->feed(piece, events);
  decoder->finish(events);
  return events;
}

std::string text_of(const Events& events) {
  std::string text;
  for (const llm::StreamEvent& event : events) text += event_text(event);
  return text;
}

// What must survive every dialect.
struct Gist {
  std::map<std::int64_t, std::string> texts;  // by choice
  llm::Usage usage;
  std::optional<llm::FinishReason> finish;  // of the first choice
  bool ended = false;
  bool failed = false;
};

// Also holds the events to the order that llm/event.h promises.
Gist gist_of(const Events& events) {
  Gist gist;
  std::map<std::int64_t, std::map<std::int64_t, bool>> calls;
  for (const llm::StreamEvent& event : events) {
    BF_ASSERT(!gist.ended && !gist.failed);
    if (const auto* text = std::get_if<llm::TextDelta>(&event)) {
      gist.texts[text->choice] += text->text;
    } else if (const auto* call = std::get_if<llm::ToolCallStart>(&event)) {
      BF_ASSERT(!calls[call->choice][call->index]);
      calls[call->choice][call->index] = true;
    } else if (const auto* piece = std::get_if<llm::ToolCallDelta>(&event)) {
      BF_ASSERT(calls[piece->choice][piece->index]);
    } else if (const auto* usage = std::get_if<llm::UsageUpdate>(&event)) {
      gist.usage = usage->usage;
    } else if (const auto* finish = std::get_if<llm::StreamFinish>(&event)) {
      if (finish->choice == 0 || !gist.finish) gist.finish = finish->reason;
    } else if (std::holds_alternative<llm::StreamFailure>(event)) {
      gist.failed = true;
    } else if (std::holds_alternative<llm::StreamEnd>(event)) {
      gist.ended = true;
    }
  }
  BF_ASSERT(gist.ended != gist.failed);
  return gist;
}

// Is every event JSON without doubts? A tap does not look into all of them.
bool well_formed(std::string_view text) {
  http::sse::Parser parser;
  std::vector<http::sse::Event> events;
  if (!parser.feed(text, events)) return false;
  parser.flush(events);
  return std::ranges::all_of(events, [](const http::sse::Event& event) {
    return event.data == "[DONE]" || (is_json(event.data) && !repeats_names(event.data));
  });
}

void check_tap(const dialect::Dialect& dialect, const std::vector<std::string_view>& pieces,
               const Gist& gist, bool well_formed) {
  const auto tap = dialect.chat->make_stream_tap();
  for (const std::string_view piece : pieces) tap->feed(piece);
  std::string missing = tap->finish();
  if (!well_formed) return;
  BF_ASSERT(tap->state().usage == gist.usage);
  BF_ASSERT(tap->state().error.has_value() == gist.failed);
  BF_ASSERT(tap->state().ended == gist.ended);
  BF_ASSERT(missing.empty() || gist.ended);
}

// The stream as a caller in the same dialect gets it.
std::string passed(const dialect::Dialect& dialect, const std::vector<std::string_view>& pieces,
                   dialect::StreamWishes wishes) {
  const auto tap = dialect.chat->make_stream_tap();
  tap->look_for(wishes);
  dialect::StreamEditor editor(
      [](dialect::ChunkPlace chunk) { return std::to_string(chunk.number); });
  std::string out;
  for (const std::string_view piece : pieces) {
    tap->feed(piece);
    out += editor.feed(piece, *tap);
  }
  tap->finish();
  return out + std::string(editor.finish(*tap));
}

// Half an event, in which the bytes ended, may be left out: the parser's measure of what is whole.
std::string_view whole_events(std::string_view text) {
  http::sse::Parser parser;
  std::vector<http::sse::Event> events;
  if (!parser.feed(text, events)) return text;
  return text.substr(0, parser.complete());
}

void check_passing(const dialect::Dialect& dialect, const std::vector<std::string_view>& pieces,
                   std::string_view text) {
  constexpr dialect::StreamWishes kAll{.without_usage = true, .extra_fields = true};
  const std::string same = passed(dialect, pieces, {});
  BF_ASSERT(same == text || same == whole_events(text));
  BF_ASSERT(passed(dialect, pieces, kAll) == passed(dialect, {text}, kAll));
}

// Bytes of a caller's stream: whole events, JSON but for the end marker.
void check_bytes(std::string_view bytes) {
  http::sse::Parser parser;
  std::vector<http::sse::Event> events;
  BF_ASSERT(parser.feed(bytes, events).has_value());
  BF_ASSERT(!parser.inside_event());
  BF_ASSERT(parser.stray().empty());
  for (const http::sse::Event& event : events) {
    BF_ASSERT(event.data == "[DONE]" || is_json(event.data));
  }
}

// Of a stream that is ended by us, as far as it has come.
void check_stop(const dialect::Dialect& dialect, std::string_view so_far) {
  const auto tap = dialect.chat->make_stream_tap();
  tap->feed(so_far);
  const dialect::StreamStop stop{.usage = {.input = 2, .output = 1, .known = true}};
  const std::string ending = tap->stop(stop);
  check_bytes(ending);
  BF_ASSERT(ending.empty() || tap->state().ended);
  BF_ASSERT(tap->stop(stop).empty());
}

void check_encoded(const Events& events, const Gist& gist, const dialect::Dialect& to) {
  const auto encoder = to.chat->make_stream_encoder({.model = "m", .include_usage = true});
  std::string bytes;
  for (const llm::StreamEvent& event : events) encoder->event(event, bytes);
  check_bytes(bytes);
  const Gist again = gist_of(decode(to, {bytes}));
  BF_ASSERT(again.ended == gist.ended);
  // Only the first choice of a stream has a place in every dialect.
  const auto first = gist.texts.find(0);
  if (first == gist.texts.end() || first->second.empty()) return;
  const auto found = again.texts.find(0);
  BF_ASSERT(found != again.texts.end() && runs_through(first->second, found->second));
}

}  // namespace

void check_stream(const dialect::Dialect& dialect, std::string_view text) {
  const Events events = decode(dialect, {text});
  const Gist gist = gist_of(events);
  const std::string whole = text_of(events);
  const bool good = well_formed(text);
  check_tap(dialect, {text}, gist, good);
  Random random = decisions_for(text);
  for (std::size_t i = 0; i < kCuts; ++i) {
    const std::vector<std::string_view> pieces = cut(text, random);
    BF_ASSERT(text_of(decode(dialect, pieces)) == whole);
    check_tap(dialect, pieces, gist, good);
    check_passing(dialect, pieces, text);
    if (!pieces.empty()) check_stop(dialect, pieces.front());
  }
  check_stop(dialect, text);
  for (const dialect::Dialect* to : dialect::all()) check_encoded(events, gist, *to);
}

}  // namespace bifrost::fuzz
