// What one event of a stream is: judged here for the decoder and for the tap.
#pragma once

#include "base/error.h"
#include "dialect/openai_responses/finish.h"
#include "http/sse/parser.h"
#include "json/document.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::dialect::openai_responses {

enum class EventKind : std::uint8_t {
  kLifecycle,  // created, queued, in progress: the response as it begins
  kTerminal,   // completed, incomplete, failed: the response as it ends
  kOther,      // of the answer, or a sign of life
  kError,
  kForeign,  // nothing that is known: as the first event, an answer in another format
};

// The type is in the data; some servers write it in the `event:` line only.
[[nodiscard]] std::string type_of(const http::sse::Event& event, json::Value root);
[[nodiscard]] EventKind kind_of(std::string_view type, json::Value root);

// The type of an event whose data begins with it, or with its number and then with it, without a
// parse; empty: it is told only by one.
[[nodiscard]] std::string_view leading_type(std::string_view data);
// A piece of the answer, be it of text, of arguments or of what a tool of the provider does.
[[nodiscard]] bool is_delta(std::string_view type);
// A piece of the arguments of a call to the caller's tools.
[[nodiscard]] bool is_call_delta(std::string_view type);

// The events that bring a piece of an item, and where in them it stands.
enum class PieceKind : std::uint8_t { kText, kRefusal, kSummary, kReasoning, kArguments };
struct PieceEvent {
  std::string_view type;
  PieceKind kind;
  std::string_view member;
  bool whole;  // repeats all of the piece
  bool custom = false;
};
[[nodiscard]] const PieceEvent* find_piece_event(std::string_view type);  // nullptr: it is none
// A piece of an item, an annotation, or an item as it begins or ends. Other events of kOther say
// nothing that these do not.
[[nodiscard]] bool is_answer_event(std::string_view type);

// What a kError event or a failed kTerminal one says; nothing when the answer has ended well.
[[nodiscard]] std::optional<Error> failure_in(EventKind kind, std::string_view type,
                                              json::Value root);
// Of a kTerminal event without failure.
[[nodiscard]] Finish terminal_finish(std::string_view type, json::Value response, bool any_call);

// The error of a stream whose first event is nothing that we know.
[[nodiscard]] Error foreign_answer(std::string_view event);
[[nodiscard]] Error too_many_items();
// The error of an answer that is one body and no stream.
[[nodiscard]] Error plain_body_error(std::string_view text);

}  // namespace bifrost::dialect::openai_responses
