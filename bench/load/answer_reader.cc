#include "bench/load/answer_reader.h"

#include "base/strings.h"

#include <algorithm>
#include <charconv>

namespace bifrost::bench {

std::size_t AnswerReader::feed(std::string_view bytes, BodySink& body) {
  std::size_t used = 0;
  while (used < bytes.size() && !done() && !broken()) {
    const std::string_view rest = bytes.substr(used);
    switch (state_) {
      case State::kHead:
        used += feed_head(rest);
        break;
      case State::kLength:
      case State::kUntilClose:
      case State::kChunkData:
        used += feed_data(rest, body);
        break;
      default:
        used += feed_line(rest);
        break;
    }
  }
  return used;
}

void AnswerReader::peer_closed() {
  if (done()) return;
  state_ = state_ == State::kUntilClose ? State::kDone : State::kBroken;
}

std::size_t AnswerReader::feed_head(std::string_view bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  if (held_.empty()) {  // nearly always: the whole head in one read
    if (const auto end = bytes.find(kEnd); end != std::string_view::npos) {
      head(bytes.substr(0, end));
      return end + kEnd.size();
    }
  }
  const std::size_t before = held_.size();
  held_ += bytes;
  const auto end = held_.find(kEnd, before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    if (held_.size() > kHeadBytesMax) state_ = State::kBroken;
    return bytes.size();
  }
  const std::string whole = std::exchange(held_, {});
  head(std::string_view(whole).substr(0, end));
  return end + kEnd.size() - before;
}

void AnswerReader::head(std::string_view text) {
  framing_ = State::kUntilClose;
  const auto line_end = text.find("\r\n");
  const std::string_view status_line = text.substr(0, line_end);
  const auto status = status_line.starts_with("HTTP/1.1 ") && status_line.size() >= 12
                          ? parse_int(status_line.substr(9, 3))
                          : std::nullopt;
  if (!status) {
    state_ = State::kBroken;
    return;
  }
  status_ = static_cast<int>(*status);
  while (text.find("\r\n") != std::string_view::npos) {
    text.remove_prefix(text.find("\r\n") + 2);
    header(text.substr(0, text.find("\r\n")));
  }
  if (status_ / 100 == 1) return;  // an interim answer: another head follows
  if (state_ != State::kBroken) state_ = framing_;
  if (state_ == State::kLength && left_ == 0) state_ = State::kDone;
}

void AnswerReader::header(std::string_view line) {
  const auto field = split_once(line, ':');
  if (!field) {
    state_ = State::kBroken;
    return;
  }
  const auto& [name, untrimmed] = *field;
  const std::string_view value = trim(untrimmed);
  if (iequals(name, "content-length")) {
    const auto length = parse_int(value);
    if (!length || *length < 0) state_ = State::kBroken;
    left_ = static_cast<std::uint64_t>(length.value_or(0));
    framing_ = State::kLength;
  } else if (iequals(name, "transfer-encoding") && iequals(value, "chunked")) {
    framing_ = State::kChunkSize;
  } else if (iequals(name, "connection") && iequals(value, "close")) {
    keeps_alive_ = false;
  }
}

std::size_t AnswerReader::feed_data(std::string_view bytes, BodySink& body) {
  const bool bounded = state_ != State::kUntilClose;
  const std::size_t size =
      bounded ? static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_))
              : bytes.size();
  if (bounded) left_ -= size;
  body_bytes_ += size;
  const bool ends = bounded && left_ == 0;
  body.on_body(bytes.substr(0, size), ends);
  if (ends) state_ = state_ == State::kLength ? State::kDone : State::kChunkEnd;
  return size;
}

std::size_t AnswerReader::feed_line(std::string_view bytes) {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos) {
    held_ += bytes;
    if (held_.size() > kLineBytesMax) state_ = State::kBroken;
    return bytes.size();
  }
  std::string_view text = bytes.substr(0, end);
  std::string joined;
  if (!held_.empty()) {
    joined = std::exchange(held_, {});
    joined += text;
    text = joined;
  }
  if (text.ends_with('\r')) {
    line(text.substr(0, text.size() - 1));
  } else {
    state_ = State::kBroken;
  }
  return end + 1;
}

void AnswerReader::line(std::string_view text) {
  switch (state_) {
    case State::kChunkSize:
      chunk_size(text);
      return;
    case State::kChunkEnd:
      state_ = text.empty() ? State::kChunkSize : State::kBroken;
      return;
    case State::kTrailer:
      if (text.empty()) state_ = State::kDone;
      return;
    default:
      state_ = State::kBroken;
      return;
  }
}

void AnswerReader::chunk_size(std::string_view text) {
  left_ = 0;
  const std::string_view digits = text.substr(0, text.find(';'));
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16);
  if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
    state_ = State::kBroken;
    return;
  }
  state_ = left_ == 0 ? State::kTrailer : State::kChunkData;
}

}  // namespace bifrost::bench
