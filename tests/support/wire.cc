#include "tests/support/wire.h"

#include "base/strings.h"
#include "base/try.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace bifrost::test {
namespace {

Error broken(std::string what) {
  return gateway_error(ErrorCode::kInvalidRequest, std::move(what));
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > 0x20 && c < 0x7F &&
           std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
  });
}

Result<Head> parse_head(std::string_view text) {
  Head head;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
      return broken("a bare CR, LF or NUL in a head");
    }
    if (head.first_line.empty()) {
      head.first_line = line;
      continue;
    }
    const auto field = split_once(line, ':');
    if (!field || !is_token(field->first)) return broken(fmt::format("header line \"{}\"", line));
    head.headers.add(field->first, trim(field->second));
  }
  if (head.first_line.empty()) return broken("a head without a first line");
  return head;
}

std::size_t count_of(const http::Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [name](const http::Header& header) { return iequals(header.name, name); }));
}

Result<std::size_t> hex_size(std::string_view digits) {
  std::size_t size = 0;
  if (digits.empty() || digits.size() > 8) return broken("a chunk size");
  for (const char c : digits) {
    const std::size_t at = std::string_view("0123456789abcdef").find(ascii_lower(c));
    if (at == std::string_view::npos) return broken("a chunk size that is not hexadecimal");
    size = size * 16 + at;
  }
  return size;
}

}  // namespace

Result<std::optional<Head>> take_head(std::string& buffer) {
  const std::size_t end = buffer.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (buffer.size() > kHeadBytesMax) return broken("a head without end");
    return std::optional<Head>();
  }
  auto head = parse_head(std::string_view(buffer).substr(0, end + 2));
  buffer.erase(0, end + 4);
  if (!head) return std::move(head).error();
  return std::optional(std::move(*head));
}

Result<std::optional<BodyReader>> BodyReader::from(const http::Headers& headers) {
  const std::size_t lengths = count_of(headers, "content-length");
  const std::size_t encodings = count_of(headers, "transfer-encoding");
  if (lengths + encodings > 1) return broken("a body that is delimited twice");
  if (encodings == 1) {
    if (!iequals(headers.get("transfer-encoding"), "chunked")) return broken("transfer-encoding");
    return std::optional(BodyReader(Kind::kChunked, 0));
  }
  if (lengths == 0) return std::optional<BodyReader>();
  const std::string_view digits = headers.get("content-length");
  const bool all_digits = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  const auto length = parse_int(digits);
  if (!all_digits || !length || std::cmp_greater(*length, kBodyBytesMax)) {
    return broken("content-length");
  }
  return std::optional(BodyReader(Kind::kFixed, static_cast<std::size_t>(*length)));
}

Result<std::string> BodyReader::take(std::string& buffer) {
  std::string content;
  if (kind_ == Kind::kUntilClose) return std::exchange(buffer, {});
  if (kind_ == Kind::kFixed) {
    const std::size_t count = std::min(left_, buffer.size());
    content = buffer.substr(0, count);
    buffer.erase(0, count);
    left_ -= count;
    done_ = left_ == 0;
    return content;
  }
  std::string_view rest = buffer;
  while (!done_) {
    BF_TRY(const bool stepped, chunk_step(rest, content));
    if (!stepped) break;
  }
  buffer.erase(0, buffer.size() - rest.size());
  return content;
}

// False when the next part is not there yet.
Result<bool> BodyReader::chunk_step(std::string_view& rest, std::string& content) {
  if (part_ == Part::kSize) return take_size(rest);
  if (part_ == Part::kData) {
    const std::size_t count = std::min(left_, rest.size());
    content += rest.substr(0, count);
    rest.remove_prefix(count);
    left_ -= count;
    if (left_ == 0) part_ = Part::kDataEnd;
    return count > 0;
  }
  const std::size_t end = rest.find("\r\n");
  if (part_ == Part::kDataEnd) {
    if (rest.size() < 2) return false;
    if (end != 0) return broken("a chunk longer than its size");
    part_ = Part::kSize;
  } else {  // trailers, up to an empty line
    if (end == std::string_view::npos) return false;
    done_ = end == 0;
  }
  rest.remove_prefix(end + 2);
  return true;
}

Result<bool> BodyReader::take_size(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) {
    if (rest.size() > 4096) return broken("a chunk size without end");
    return false;
  }
  BF_TRY(left_, hex_size(rest.substr(0, std::min(end, rest.find(';')))));
  rest.remove_prefix(end + 2);
  part_ = left_ == 0 ? Part::kTrailers : Part::kData;
  return true;
}

std::string head_text(std::string_view first_line, const http::Headers& headers) {
  std::string text = fmt::format("{}\r\n", first_line);
  for (const http::Header& header : headers) {
    text += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  return text + "\r\n";
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 529:
      return "Overloaded";
    default:
      return "Status";
  }
}

std::string chunk_text(std::string_view content) {
  return fmt::format("{:x}\r\n{}\r\n", content.size(), content);
}

}  // namespace bifrost::test
