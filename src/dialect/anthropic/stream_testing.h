// For tests of streams: puts events together into what they say, and judges encoded bytes by the
// rules of the API's streams.
#pragma once

#include "dialect/anthropic/functions.h"
#include "http/sse/parser.h"
#include "json/document.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bifrost::dialect::anthropic::testing {

// What a stream said, one line a part, whatever pieces it came in.
struct Told {
  std::vector<std::string> parts;
  llm::Usage usage;
  std::string id;
  std::string model;
  std::string refusal;
  std::string finish;
  std::string error;  // name of its code
  int starts = 0;
  int finishes = 0;
  bool ended = false;

  bool operator==(const Told&) const = default;
};

class Listener {
 public:
  Told tell(const std::vector<llm::StreamEvent>& events) {
    for (const llm::StreamEvent& event : events) {
      std::visit([this](const auto& each) { on(each); }, event);
    }
    return told_;
  }

 private:
  void on(const llm::StreamStart& start) {
    ++told_.starts;
    told_.id = start.id;
    told_.model = start.model;
  }
  void on(const llm::TextDelta& delta) { grow("text", delta.block) += delta.text; }
  void on(const llm::CitationDelta& delta) {
    grow("text", delta.block);
    // Before the text, which may still grow.
    told_.parts.insert(told_.parts.end() - 1,
                       "citation " + delta.citation.raw + delta.citation.url);
  }
  void on(const llm::RefusalDelta& delta) { told_.refusal += delta.text; }
  void on(const llm::ReasoningDelta& delta) {
    if (!delta.data.empty()) {
      told_.parts.push_back("redacted " + delta.data);
      open_.clear();
      return;
    }
    std::string& part = grow("thinking", delta.block);
    part += delta.text;
    if (!delta.signature.empty()) part += " signed " + delta.signature;
  }
  void on(const llm::ToolCallStart& start) {
    open_.clear();
    calls_[start.index] = told_.parts.size();
    told_.parts.push_back("call " + start.id + " " + start.name + " " + start.signature + " ");
  }
  void on(const llm::ToolCallDelta& delta) {
    told_.parts.at(calls_.at(delta.index)) += delta.arguments;
  }
  void on(const llm::MediaDelta&) { told_.parts.emplace_back("media"); }
  void on(const llm::RawDelta& delta) {
    open_.clear();
    told_.parts.push_back("raw " + delta.part.json);
  }
  void on(const llm::UsageUpdate& update) { told_.usage = update.usage; }
  void on(const llm::StreamFinish& finish) {
    ++told_.finishes;
    told_.finish = finish.raw + " " + finish.stop_sequence;
  }
  void on(const llm::Ping&) {}
  void on(const llm::StreamFailure& failure) { told_.error = failure.error.name(); }
  void on(const llm::StreamEnd&) { told_.ended = true; }

  std::string& grow(std::string kind, std::int64_t block) {
    kind += ' ';
    if (open_ != kind + std::to_string(block)) {
      open_ = kind + std::to_string(block);
      told_.parts.push_back(kind);
    }
    return told_.parts.back();
  }

  Told told_;
  std::string open_;
  std::map<std::int64_t, std::size_t> calls_;
};

inline std::vector<llm::StreamEvent> decode(std::string_view bytes, std::size_t piece_bytes) {
  const auto decoder = make_stream_decoder();
  std::vector<llm::StreamEvent> events;
  for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) {
    decoder->feed(bytes.substr(at, piece_bytes), events);
  }
  decoder->finish(events);
  return events;
}

inline std::string encode(const std::vector<llm::StreamEvent>& events, AnswerContext context = {}) {
  const auto encoder = make_stream_encoder(std::move(context));
  std::string bytes;
  for (const llm::StreamEvent& event : events) encoder->event(event, bytes);
  return bytes;
}

// What the API's documentation and its official clients demand of a stream. Returns the first
// fault; empty: the stream is legal and complete, or ends with an error event.
inline std::string stream_fault(std::string_view bytes) {
  http::sse::Parser parser;
  std::vector<http::sse::Event> events;
  if (!parser.feed(bytes, events) || parser.inside_event()) return "not a whole number of events";
  bool started = false;
  bool open = false;
  bool delta_seen = false;
  std::int64_t next = 0;
  std::string kind;
  std::string input;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string& type = events[i].type;
    const std::string& data = events[i].data;
    const auto document = json::Document::parse(data);
    if (!document) return "not JSON: " + data;
    const json::Value root = document->root();
    if (!root["type"].equals(type)) return "event and type differ: " + data;
    const bool last = i + 1 == events.size();
    if (type == "error") return last ? "" : "events after an error";
    if (type == "ping") continue;
    if (type == "message_start") {
      if (started) return "a second message_start";
      started = true;
      if (!root["message"]["usage"]["input_tokens"].is_number()) return "no usage at the start";
      if (root["message"]["content"].size() != 0) return "content at the start";
      continue;
    }
    if (!started) return "an event before message_start: " + type;
    if (delta_seen && type != "message_stop") return "an event after message_delta: " + type;
    if (type == "content_block_start") {
      if (open) return "a block inside a block";
      if (root["index"].integer() != next) return "a wrong index: " + data;
      open = true;
      kind = root["content_block"]["type"].string_or({});
      input.clear();
    } else if (type == "content_block_delta" || type == "content_block_stop") {
      if (!open || root["index"].integer() != next) return "no such block is open: " + data;
      input += root["delta"]["partial_json"].string_or({});
      if (type == "content_block_delta") continue;
      open = false;
      ++next;
      if (kind == "tool_use" && !input.empty() && !json::Document::parse(input)) {
        return "broken input: " + input;
      }
    } else if (type == "message_delta") {
      if (open) return "message_delta inside a block";
      delta_seen = true;
      if (!root["delta"]["stop_reason"].is_string()) return "no stop_reason";
      if (!root["usage"]["output_tokens"].is_number()) return "no usage at the end";
    } else if (type == "message_stop") {
      return !delta_seen ? "message_stop before message_delta" : last ? "" : "events after the end";
    } else {
      return "an unknown event: " + type;
    }
  }
  return "the stream does not end";
}

}  // namespace bifrost::dialect::anthropic::testing
