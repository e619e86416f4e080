// For tests: streams of this dialect, written and read.
#pragma once

#include "dialect/openai_chat/collected_answer.h"
#include "dialect/openai_responses/functions.h"
#include "http/sse/parser.h"
#include "json/document.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::dialect::openai_responses {

using openai_chat::collect;
using openai_chat::CollectedAnswer;

// Events with these data, under the type that they say they have.
inline std::string stream(std::initializer_list<std::string> events) {
  std::string out;
  for (const std::string& event : events) {
    const auto document = json::Document::parse(event);
    const std::string type = document ? document->root()["type"].string_or("") : "";
    http::sse::append_event(out, type, event);
  }
  return out;
}

// An event of one type with these members.
inline std::string event(const std::string& type, const std::string& members) {
  return R"({"type":"response.)" + type + "\"," + members + "}";
}

inline const std::string kCreated = event(
    "created",
    R"("sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":5,"status":"in_progress","model":"m","output":[]})");

// The last event, with these items.
inline std::string completed(const std::string& output = "",
                             const std::string& status = "completed") {
  return event(status, R"("response":{"id":"resp_1","model":"m","status":")" + status +
                           R"(","output":[)" + output +
                           R"(],"usage":{"input_tokens":3,"output_tokens":2}})");
}

inline CollectedAnswer decode(std::string_view text, std::size_t piece = 0) {
  return collect(openai_chat::decode_in_pieces(*make_stream_decoder(), text,
                                               piece == 0 ? text.size() + 1 : piece));
}

// Byte by byte.
inline TapState tapped(std::string_view text) {
  const auto tap = make_stream_tap();
  for (const char& byte : text) tap->feed({&byte, 1});
  tap->finish();
  return tap->state();
}

inline std::string encode(const std::vector<llm::StreamEvent>& events, AnswerContext context = {}) {
  const auto encoder = make_stream_encoder(std::move(context));
  std::string out;
  for (const llm::StreamEvent& event : events) encoder->event(event, out);
  return out;
}

}  // namespace bifrost::dialect::openai_responses
