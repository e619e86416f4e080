#include "http/h1/chunked.h"

#include "base/limits.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace bifrost::http::h1 {
namespace {

// What a chunk may have of framing beside as much as twice its data, before it counts as excess.
constexpr std::uint64_t kChunkFramingBytes = 16;

}  // namespace

Result<std::size_t> ChunkedDecoder::feed(std::string_view bytes, std::string& out) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ != State::kDone) {
    if (state_ == State::kData) {
      const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
      out.append(bytes, at, take);
      at += take;
      left_ -= take;
      if (left_ == 0) state_ = State::kDataCr;
      continue;
    }
    if (!step(bytes[at++])) {
      return client_error(ErrorCode::kInvalidRequest, "malformed chunked body");
    }
  }
  return at;
}

bool ChunkedDecoder::size_digit(char c) {
  unsigned digit = 0;
  const auto [end, error] = std::from_chars(&c, &c + 1, digit, 16);
  // 15 hex digits cannot overflow 64 bits.
  if (error != std::errc{} || ++digits_ > 15) return false;
  left_ = left_ * 16 + digit;
  return true;
}

bool ChunkedDecoder::size_line_ended() {
  excess_ += digits_ + line_bytes_;
  excess_ -= std::min(excess_, kChunkFramingBytes + 2 * left_);
  state_ = left_ == 0 ? State::kTrailerStart : State::kData;
  digits_ = 0;
  line_bytes_ = 0;
  return excess_ <= limits::kChunkExcessBytesMax;
}

bool ChunkedDecoder::step(char c) {
  switch (state_) {
    case State::kSize:
      if (size_digit(c)) return true;
      if (digits_ == 0) return false;
      line_bytes_ = 0;
      if (c == '\r') {
        state_ = State::kSizeLf;
        return true;
      }
      state_ = State::kExtension;
      return c == ';' || c == ' ' || c == '\t';
    case State::kExtension:
      if (c == '\r') {
        state_ = State::kSizeLf;
        return true;
      }
      return c != '\n' && ++line_bytes_ <= limits::kChunkLineBytesMax;
    case State::kSizeLf:
      return c == '\n' && size_line_ended();
    case State::kDataCr:
      state_ = State::kDataLf;
      return c == '\r';
    case State::kDataLf:
      state_ = State::kSize;
      return c == '\n';
    case State::kTrailerStart:
      state_ = c == '\r' ? State::kFinalLf : State::kTrailer;
      return c != '\n' && ++line_bytes_ <= limits::kTrailerBytesMax;
    case State::kTrailer:
      if (c == '\r') state_ = State::kTrailerLf;
      return c != '\n' && ++line_bytes_ <= limits::kTrailerBytesMax;
    case State::kTrailerLf:
      state_ = State::kTrailerStart;
      return c == '\n';
    case State::kFinalLf:
      state_ = State::kDone;
      return c == '\n';
    case State::kData:
    case State::kDone:
      return false;
  }
  return false;
}

void append_chunk(std::string& out, std::string_view data) {
  if (data.empty()) return;
  std::array<char, 20> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), data.size(), 16);
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += "\r\n";
  out += data;
  out += "\r\n";
}

}  // namespace bifrost::http::h1
