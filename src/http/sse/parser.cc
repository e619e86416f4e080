#include "http/sse/parser.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace bifrost::http::sse {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

// Of the memory that is kept from event to event.
constexpr std::size_t kKeptBytesMax = std::size_t{64} * 1024;

// Finds line ends with one memchr per kind of byte: the place of each kind is kept until it has
// been passed, so that text with only one kind is not searched again and again for the other.
class LineEnds {
 public:
  explicit LineEnds(std::string_view all) : all_(all) {}

  // The first CR or LF in `rest`, a suffix of the text.
  std::size_t next(std::string_view rest) {
    const std::size_t from = all_.size() - rest.size();
    if (lf_ < from || !searched_) lf_ = all_.find('\n', from);
    if (cr_ < from || !searched_) cr_ = all_.find('\r', from);
    searched_ = true;
    const std::size_t end = std::min(lf_, cr_);
    return end == std::string_view::npos ? end : end - from;
  }

 private:
  std::string_view all_;
  std::size_t lf_ = 0;
  std::size_t cr_ = 0;
  bool searched_ = false;
};

}  // namespace

Result<void> Parser::feed(std::string_view bytes, std::vector<Event>& out) {
  if (failed_) return too_large();
  LineEnds ends(bytes);
  const std::uint64_t total = fed_ + bytes.size();
  while (!bytes.empty()) {
    if (std::exchange(skip_lf_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = ends.next(bytes);
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() + event_.data.size() > event_bytes_max_) {
      failed_ = true;
      return too_large();
    }
    if (end == std::string_view::npos) {
      line_ += piece;
      break;
    }
    const std::uint64_t begin = total - bytes.size() - line_.size();
    skip_lf_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    const std::uint64_t next = total - bytes.size() + (skip_lf_ && bytes.starts_with('\n') ? 1 : 0);
    if (line_.empty()) {
      line(piece, begin, next, out);
    } else {
      line_ += piece;
      const std::string whole = std::exchange(line_, {});
      line(whole, begin, next, out);
    }
  }
  fed_ = total;
  return {};
}

Error Parser::too_large() const {
  return upstream_error(
      ErrorCode::kUpstreamProtocol, Retry::kOtherTarget,
      "a stream event is larger than " + std::to_string(event_bytes_max_) + " bytes");
}

void Parser::flush(std::vector<Event>& out) {
  if (failed_) return;
  if (!line_.empty()) {
    const std::string whole = std::exchange(line_, {});
    line(whole, fed_ - whole.size(), fed_, out);
  }
  dispatch(fed_, out);
}

void Parser::recycle(std::vector<Event>& events) {
  if (!inside_block_ && !events.empty() && events.back().data.capacity() <= kKeptBytesMax) {
    event_ = std::move(events.back());
    event_.type.clear();
    event_.data.clear();
  }
  events.clear();
}

void Parser::line(std::string_view text, std::uint64_t begin, std::uint64_t next,
                  std::vector<Event>& out) {
  std::uint64_t mark_bytes = 0;
  if (std::exchange(start_, false) && text.starts_with(kBom)) mark_bytes = kBom.size();
  text.remove_prefix(mark_bytes);
  if (text.empty()) {
    dispatch(next, out);
  } else if (text.front() == ':') {
    ++comments_;
  } else {
    if (!std::exchange(inside_block_, true)) event_.begin = begin;
    field(text, begin + mark_bytes);
  }
}

void Parser::field(std::string_view text, std::uint64_t begin) {
  const auto colon = text.find(':');
  const std::string_view field = text.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data += value;
    event_.data_end = begin + text.size();
    has_field_ = true;
  } else if (field == "event") {
    event_.type = value;
    has_field_ = true;
  } else if (field != "id" && field != "retry" && stray_.size() < limits::kErrorBodyBytesMax) {
    stray_ += text.substr(0, limits::kErrorBodyBytesMax - stray_.size());
    stray_ += '\n';
  }
  // `id` and `retry` are for browsers that reconnect.
}

void Parser::dispatch(std::uint64_t end, std::vector<Event>& out) {
  event_.end = end;
  if (has_field_) out.push_back(std::exchange(event_, {}));
  has_data_ = false;
  has_field_ = false;
  inside_block_ = false;
}

void append_event(std::string& out, std::string_view type, std::string_view data) {
  if (!type.empty()) {
    out += "event: ";
    out += type;
    out += '\n';
  }
  while (true) {
    const auto end = data.find('\n');
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos) break;
    data.remove_prefix(end + 1);
  }
  out += '\n';
}

void append_comment(std::string& out, std::string_view text) {
  out += ": ";
  for (const char c : text) out += c == '\n' || c == '\r' ? ' ' : c;
  out += "\n\n";
}

}  // namespace bifrost::http::sse
