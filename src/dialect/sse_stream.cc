#include "dialect/sse_stream.h"

#include "base/limits.h"

#include <utility>

namespace bifrost::dialect {
namespace {

Error not_json(std::string_view data) {
  Error error = upstream_error(ErrorCode::kUpstreamProtocol, Retry::kOtherTarget,
                               "the provider's answer is a stream with an event that is not JSON");
  error.upstream_body = data.substr(0, limits::kErrorBodyBytesMax);
  return error;
}

}  // namespace

Error cut_short() {
  return upstream_error(ErrorCode::kUpstreamCutShort, Retry::kSameTarget,
                        "the provider's stream ended before the answer was complete");
}

Error not_a_stream(std::string_view text) {
  Error error = upstream_error(ErrorCode::kUpstreamProtocol, Retry::kOtherTarget,
                               text.starts_with('<')
                                   ? "the provider answered with HTML instead of an event stream"
                                   : "the provider's answer is not an event stream");
  error.upstream_body = text.substr(0, limits::kErrorBodyBytesMax);
  return error;
}

void PlainBody::feed(std::string_view bytes) {
  if (!decided_) {
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return;
    bytes.remove_prefix(first);
    decided_ = true;
    plain_ = bytes.front() == '{' || bytes.front() == '[' || bytes.front() == '<';
  }
  if (!plain_ || text_.size() >= limits::kErrorBodyBytesMax) return;
  text_ += bytes.substr(0, limits::kErrorBodyBytesMax - text_.size());
}

Error SseDecoder::on_plain_body(std::string_view text) const { return not_a_stream(text); }
Error SseTap::on_plain_body(std::string_view text) const { return not_a_stream(text); }

void SseDecoder::feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) {
  if (closed_) return;
  plain_.feed(bytes);
  auto fed = parser_.feed(bytes, events_);
  deliver(out);
  if (!fed && !closed_) fail(std::move(fed).error(), out);
  if (!closed_ && parser_.comments() != comments_) {
    comments_ = parser_.comments();
    out.emplace_back(llm::Ping{});
  }
}

void SseDecoder::finish(std::vector<llm::StreamEvent>& out) {
  if (closed_) return;
  bytes_ended_ = true;
  parser_.flush(events_);
  deliver(out);
  if (!closed_ && !any_event_ && !plain_.empty()) fail(on_plain_body(plain_.text()), out);
  if (!closed_) on_bytes_end(out);
  if (!closed_) fail(cut_short(), out);
}

void SseDecoder::deliver(std::vector<llm::StreamEvent>& out) {
  for (const http::sse::Event& event : events_) {
    if (closed_) break;
    any_event_ = true;
    on_event(event, out);
  }
  parser_.recycle(events_);
}

std::optional<json::Document> SseDecoder::parse(const http::sse::Event& event,
                                                std::vector<llm::StreamEvent>& out) {
  auto document = json::Document::parse(event.data);
  if (document) return *std::move(document);
  if (!bytes_ended_) fail(not_json(event.data), out);
  return std::nullopt;
}

void SseDecoder::end(std::vector<llm::StreamEvent>& out) {
  closed_ = true;
  out.emplace_back(llm::StreamEnd{});
}

void SseDecoder::fail(Error error, std::vector<llm::StreamEvent>& out) {
  closed_ = true;
  out.emplace_back(llm::StreamFailure{std::move(error)});
}

void SseTap::feed(std::string_view bytes) {
  plain_.feed(bytes);
  auto fed = parser_.feed(bytes, events_);
  state_.stray = !parser_.stray().empty();
  deliver();
  if (fed || state_.error || state_.ended) return;
  state_.unreadable = true;
  state_.error = std::move(fed).error();
}

std::string SseTap::finish() {
  const bool open = parser_.inside_event();
  bytes_ended_ = true;
  parser_.flush(events_);
  deliver();
  if (state_.ended || state_.error) return {};
  if (state_.events == 0 && !plain_.empty()) {
    state_.error = on_plain_body(plain_.text());
    return {};
  }
  std::string missing = on_bytes_end();
  if (!state_.ended && !state_.error) state_.error = cut_short();
  if (open && !missing.empty()) missing.insert(0, "\n\n");
  return missing;
}

std::uint64_t SseTap::whole_bytes() const { return parser_.complete(); }

std::optional<json::Document> SseTap::parse(const http::sse::Event& event) {
  auto document = json::Document::parse(event.data);
  if (document) return *std::move(document);
  if (bytes_ended_) {
    leave_out(event);
  } else {
    state_.error = not_json(event.data);
  }
  return std::nullopt;
}

void SseTap::leave_out(const http::sse::Event& event) {
  ++left_out_;
  edits_.push_back({.kind = StreamEdit::Kind::kLeaveOut, .begin = event.begin, .end = event.end});
}

void SseTap::add_extra_fields(const http::sse::Event& event, json::Value root, bool last) {
  const json::Value present = root["extra_fields"];
  std::size_t begin = root.offset() + root.raw().size() - 1;
  std::size_t end = begin;
  if (present.exists()) {
    begin = present.offset();
    end = begin + present.raw().size();
  }
  // Only the last line of the data is as far from its end in the stream as it is in the text.
  if (event.data.find('\n', begin) != std::string::npos) return;
  const std::uint64_t text_begin = event.data_end - event.data.size();
  edits_.push_back({.kind = StreamEdit::Kind::kExtraFields,
                    .begin = text_begin + begin,
                    .end = text_begin + end,
                    .chunk = {.number = state_.events - 1 - left_out_, .last = last}});
}

void SseTap::deliver() {
  for (const http::sse::Event& event : events_) {
    ++state_.events;
    on_event(event);
    if (state_.opening == Opening::kUnknown) judge_opening(event);
  }
  parser_.recycle(events_);
}

// A stream that says nothing for long is taken for a good one: the caller shall see it.
void SseTap::judge_opening(const http::sse::Event& event) {
  if (event.end > limits::kStreamPeekBytesMax) {
    state_.opening = Opening::kGood;
  } else if (state_.error) {
    state_.opening = Opening::kFailed;
  } else if (state_.content_events > 0 || state_.finished || state_.ended ||
             state_.events >= limits::kStreamPeekEventsMax) {
    state_.opening = Opening::kGood;
  }
}

}  // namespace bifrost::dialect
