// The chunked transfer coding (RFC 9112 section 7.1) as a state machine.
//
// Bounded: a chunk-size line with its extensions at limits::kChunkLineBytesMax, trailers at
// limits::kTrailerBytesMax (read and dropped), and size lines together by the data that they
// announce, so that a bound on the data bounds what is read.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::http::h1 {

class ChunkedDecoder {
 public:
  // Appends the data in `bytes` to `out` and returns how many bytes were used: all of them, or
  // fewer when the last chunk and its trailers end among them. Fails with kInvalidRequest; the
  // caller knows whose fault it was.
  Result<std::size_t> feed(std::string_view bytes, std::string& out);

  [[nodiscard]] bool done() const { return state_ == State::kDone; }

 private:
  enum class State : std::uint8_t {
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailer,
    kTrailerLf,
    kFinalLf,
    kDone,
  };
  // One byte outside of chunk data; false: not legal here.
  bool step(char c);
  bool size_digit(char c);
  bool size_line_ended();

  State state_ = State::kSize;
  std::uint64_t left_ = 0;      // of the chunk
  std::size_t digits_ = 0;      // of the chunk size
  std::size_t line_bytes_ = 0;  // of a size line, or of all trailers
  std::uint64_t excess_ = 0;    // of size lines over what their data allows
};

// Appends "SIZE CRLF data CRLF"; nothing for no data, which would be the last chunk.
void append_chunk(std::string& out, std::string_view data);
inline constexpr std::size_t kChunkFramingBytesMax = 24;  // that it adds
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace bifrost::http::h1
