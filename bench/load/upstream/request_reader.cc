#include "bench/load/upstream/request_reader.h"

#include "base/strings.h"

namespace bifrost::bench {
namespace {

constexpr std::size_t kHeadBytesMax = 64 * 1024;
constexpr std::int64_t kBodyBytesMax = 64 << 20;
constexpr std::size_t kKeptBytesMax = 64 * 1024;  // of the buffer, between two requests

}  // namespace

RequestReader::Outcome RequestReader::next(Request& request) {
  if (body_at_ == 0) {
    const Outcome outcome = read_head();
    if (outcome != Outcome::kRequest) return outcome;
  }
  if (held_.size() < body_at_ + body_bytes_) {
    held_.reserve(body_at_ + body_bytes_);
    return Outcome::kNone;
  }
  const std::string_view held = held_;
  request = {.path = held.substr(path_at_, path_bytes_),
             .body = held.substr(body_at_, body_bytes_)};
  return Outcome::kRequest;
}

void RequestReader::forget() {
  held_.erase(0, body_at_ + body_bytes_);
  if (held_.empty() && held_.capacity() > kKeptBytesMax) held_.shrink_to_fit();
  body_at_ = body_bytes_ = 0;
}

RequestReader::Outcome RequestReader::read_head() {
  const std::string_view held = held_;
  const auto head_end = held.find("\r\n\r\n");
  if (head_end == std::string_view::npos) {
    return held.size() > kHeadBytesMax ? Outcome::kBroken : Outcome::kNone;
  }
  const std::string_view head = held.substr(0, head_end);
  const auto path_at = head.find(' ');
  const auto path_end = head.find(' ', path_at + 1);
  if (path_at == std::string_view::npos || path_end == std::string_view::npos) {
    return Outcome::kBroken;
  }
  std::int64_t length = 0;
  for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    constexpr std::string_view kLength = "content-length:";
    if (istarts_with(line, "transfer-encoding:")) return Outcome::kBroken;
    if (!istarts_with(line, kLength)) continue;
    length = parse_int(trim(line.substr(kLength.size()))).value_or(-1);
  }
  if (length < 0 || length > kBodyBytesMax) return Outcome::kBroken;
  path_at_ = path_at + 1;
  path_bytes_ = path_end - path_at_;
  body_at_ = head_end + 4;
  body_bytes_ = static_cast<std::size_t>(length);
  return Outcome::kRequest;
}

}  // namespace bifrost::bench
