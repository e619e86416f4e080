// What all dialects with server-sent events share: cutting bytes into events, and guarding the end.
//
// A subclass says what one event means and whether the answer was complete when the bytes ended.
// An event that is no JSON ends the stream with an error: a server that fails may say so in any
// words. But where the bytes have ended inside of an event, it is that end which is judged.
#pragma once

#include "dialect/stream.h"
#include "http/sse/parser.h"
#include "json/document.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect {

// Keeps the beginning of bytes that are no event stream at all: some providers answer a streaming
// request with one JSON body (an error, mostly) or with a page of HTML. Server-sent events never
// begin with '{', '[' or '<'.
class PlainBody {
 public:
  void feed(std::string_view bytes);
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::string_view text() const { return text_; }  // at most kErrorBodyBytesMax

 private:
  std::string text_;
  bool decided_ = false;
  bool plain_ = false;
};

class SseDecoder : public StreamDecoder {
 public:
  void feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) final;
  void finish(std::vector<llm::StreamEvent>& out) final;

 protected:
  // Called for each event until `closed`.
  virtual void on_event(const http::sse::Event& event, std::vector<llm::StreamEvent>& out) = 0;
  // The bytes have ended without an end marker: was everything there? Calls `end` if so.
  virtual void on_bytes_end(std::vector<llm::StreamEvent>& out) = 0;
  // The bytes have ended and held no event but this text: what does it say?
  virtual Error on_plain_body(std::string_view text) const;

  // The data of an event; nothing when it is no JSON, which is a failure.
  std::optional<json::Document> parse(const http::sse::Event& event,
                                      std::vector<llm::StreamEvent>& out);
  // Lines between the events that are no field of one.
  [[nodiscard]] std::string_view stray() const { return parser_.stray(); }

  // Appends StreamEnd or StreamFailure; nothing is delivered afterwards.
  void end(std::vector<llm::StreamEvent>& out);
  void fail(Error error, std::vector<llm::StreamEvent>& out);
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  void deliver(std::vector<llm::StreamEvent>& out);

  http::sse::Parser parser_;
  std::vector<http::sse::Event> events_;
  PlainBody plain_;
  std::size_t comments_ = 0;
  bool any_event_ = false;
  bool bytes_ended_ = false;
  bool closed_ = false;
};

class SseTap : public StreamTap {
 public:
  void feed(std::string_view bytes) final;
  std::string finish() final;
  [[nodiscard]] std::uint64_t whole_bytes() const final;

 protected:
  // Updates `state_`.
  virtual void on_event(const http::sse::Event& event) = 0;
  // The bytes have ended and `state_.ended` is not set. When the answer was complete all the same,
  // sets it and returns the missing end marker.
  virtual std::string on_bytes_end() = 0;
  // The bytes have ended and held no event but this text: what does it say?
  virtual Error on_plain_body(std::string_view text) const;

  // The data of an event; nothing when it is no JSON, which is an error. Half an event, in which
  // the bytes ended, is none; it is left out.
  std::optional<json::Document> parse(const http::sse::Event& event);
  // Lines between the events that are no field of one.
  [[nodiscard]] std::string_view stray() const { return parser_.stray(); }

  // Edits of the event that is being looked at. `root` is its data, an object that is not empty.
  void leave_out(const http::sse::Event& event);
  void add_extra_fields(const http::sse::Event& event, json::Value root, bool last);
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  void deliver();
  void judge_opening(const http::sse::Event& event);

  http::sse::Parser parser_;
  std::vector<http::sse::Event> events_;
  PlainBody plain_;
  std::uint64_t left_out_ = 0;
  bool bytes_ended_ = false;
};

// The error of a stream that ended before its end marker.
[[nodiscard]] Error cut_short();
// The error of an answer that is no event stream.
[[nodiscard]] Error not_a_stream(std::string_view text);

}  // namespace bifrost::dialect
