// HTTP/1.1 on the wire, as tests see it: strict, and written apart from src/http so that a mistake
// there is not made here as well.
#pragma once

#include "base/result.h"
#include "http/headers.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::test {

inline constexpr std::size_t kHeadBytesMax = 1024 * 1024;
inline constexpr std::size_t kBodyBytesMax = 256 * 1024 * 1024;

struct Head {
  std::string first_line;
  http::Headers headers;
};

// Takes a head off the front of `buffer`; nothing when it is not complete yet.
Result<std::optional<Head>> take_head(std::string& buffer);

// How the body that follows a head is delimited, and how far it was read.
class BodyReader {
 public:
  static BodyReader none() { return BodyReader(Kind::kFixed, 0); }
  static BodyReader until_close() { return BodyReader(Kind::kUntilClose, 0); }
  // By content-length or transfer-encoding; nothing when the head has neither. Fails when it has
  // both, or one that is broken.
  static Result<std::optional<BodyReader>> from(const http::Headers& headers);

  // Takes what belongs to the body off the front of `buffer` and returns its content.
  Result<std::string> take(std::string& buffer);
  [[nodiscard]] bool is_done() const { return done_; }
  [[nodiscard]] bool ends_with_connection() const { return kind_ == Kind::kUntilClose; }

 private:
  enum class Kind : std::uint8_t { kFixed, kChunked, kUntilClose };
  enum class Part : std::uint8_t { kSize, kData, kDataEnd, kTrailers };

  BodyReader(Kind kind, std::size_t left) : kind_(kind), left_(left) {
    done_ = kind == Kind::kFixed && left == 0;
  }
  Result<bool> chunk_step(std::string_view& rest, std::string& content);
  Result<bool> take_size(std::string_view& rest);

  Kind kind_;
  Part part_ = Part::kSize;
  std::size_t left_;  // of the body, or of the chunk
  bool done_ = false;
};

// "GET /x HTTP/1.1" and the fields, up to and including the empty line.
std::string head_text(std::string_view first_line, const http::Headers& headers);
std::string_view reason_phrase(int status);
// One chunk of a chunked body; the empty one is the last.
std::string chunk_text(std::string_view content);

}  // namespace bifrost::test
