// Reads HTTP/1.1 answers as they arrive, and says where the chunks of their bodies end.
//
// A reader of its own, apart from src/http: what checks the gateway must not share its mistakes. It
// is strict: an answer that it does not understand is broken, and counted as such.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::bench {

class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual void on_body(std::string_view bytes, bool chunk_ends) = 0;
};

class AnswerReader {
 public:
  // Reads on and returns how many bytes were used: fewer than all only at the end of an answer.
  std::size_t feed(std::string_view bytes, BodySink& body);
  // The peer has closed: that ends a body without a length, and breaks any other.
  void peer_closed();
  // For the next answer.
  void reset() { *this = AnswerReader(); }

  [[nodiscard]] bool done() const { return state_ == State::kDone; }
  [[nodiscard]] bool broken() const { return state_ == State::kBroken; }
  [[nodiscard]] bool begun() const { return state_ != State::kHead || !held_.empty(); }
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] bool keeps_alive() const { return keeps_alive_; }
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class State : std::uint8_t {
    kHead,
    kLength,
    kUntilClose,
    kChunkSize,
    kChunkData,
    kChunkEnd,
    kTrailer,
    kDone,
    kBroken,
  };
  static constexpr std::size_t kHeadBytesMax = 64 * 1024;
  static constexpr std::size_t kLineBytesMax = 4096;

  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_data(std::string_view bytes, BodySink& body);
  std::size_t feed_line(std::string_view bytes);
  void head(std::string_view text);
  void header(std::string_view line);
  void line(std::string_view text);
  void chunk_size(std::string_view text);

  State state_ = State::kHead;
  State framing_ = State::kUntilClose;  // what the head says about the body
  std::string held_;                    // an unfinished head or line
  std::uint64_t left_ = 0;              // of a body with a length, or of a chunk
  std::uint64_t body_bytes_ = 0;
  int status_ = 0;
  bool keeps_alive_ = true;
};

}  // namespace bifrost::bench
