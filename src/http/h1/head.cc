#include "http/h1/head.h"

#include "base/limits.h"
#include "base/strings.h"

#include <array>
#include <charconv>
#include <utility>

namespace bifrost::http::h1 {
namespace {

// RFC 9110 section 5.6.2: characters of a token.
constexpr std::array<bool, 256> kTokenTable = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                       "abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

std::string_view trim_blank(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the line before the next CRLF; nothing when a lone CR stands in it. A lone LF is a control
// character, which no part of a line may have.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find('\r');
  if (end == std::string_view::npos || rest.substr(end, 2) != "\r\n") return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

// Header lines up to the blank one. An empty answer means success, else what is wrong.
std::string_view parse_fields(std::string_view rest, Headers& headers) {
  Headers::Slices slices(headers, rest);
  while (true) {
    const auto line = take_line(rest);
    if (!line) return "a header line does not end with CRLF";
    if (line->empty()) return {};
    if (headers.size() >= limits::kHeaderCountMax) return "too many header fields";
    const auto colon = line->find(':');
    if (colon == std::string_view::npos) return "a header line has no colon";
    const std::string_view name = line->substr(0, colon);
    if (!valid_token(name)) return "a header name is not a token";
    const std::string_view value = trim_blank(line->substr(colon + 1));
    if (!valid_value(value)) return "a header value has a control character";
    slices.add(name, value);
  }
}

// "HTTP/1.x" to x; nothing for everything else.
std::optional<int> parse_version(std::string_view text) {
  if (text == "HTTP/1.1") return 1;
  if (text == "HTTP/1.0") return 0;
  return std::nullopt;
}

bool valid_target(std::string_view target) {
  bool bad = false;
  for (const char c : target) bad |= static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
  if (bad) return false;
  return target.starts_with('/') || target == "*" || istarts_with(target, "http://") ||
         istarts_with(target, "https://");
}

Error bad_request(std::string_view what) {
  return client_error(ErrorCode::kInvalidRequest, "malformed HTTP request: " + std::string(what));
}

Error bad_response(std::string_view what) {
  return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kSameTarget,
                        "malformed HTTP response: " + std::string(what));
}

struct Lengths {
  std::optional<std::uint64_t> length;
  bool chunked = false;
  std::string_view fault;
};

Lengths read_lengths(const Headers& headers) {
  Lengths out;
  bool encoded = false;
  for (const Header header : headers) {
    if (iequals(header.name, "content-length")) {
      std::uint64_t value = 0;
      const char* end = header.value.data() + header.value.size();
      const auto [stop, error] = std::from_chars(header.value.data(), end, value);
      if (error != std::errc{} || stop != end) {
        out.fault = "Content-Length is not a number";
        return out;
      }
      if (out.length && *out.length != value) {
        out.fault = "two different Content-Length fields";
        return out;
      }
      out.length = value;
    } else if (iequals(header.name, "transfer-encoding")) {
      if (encoded || !iequals(trim_blank(header.value), "chunked")) {
        out.fault = "the only Transfer-Encoding understood is chunked";
        return out;
      }
      encoded = true;
      out.chunked = true;
    }
  }
  return out;
}

}  // namespace

bool valid_token(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!kTokenTable[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

bool valid_value(std::string_view text) {
  bool bad = false;  // without a way out in the middle, many bytes are looked at in one step
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    bad |= (byte < 0x20 && byte != '\t') || byte == 0x7F;
  }
  return !bad;
}

std::optional<std::size_t> find_head_end(std::string_view bytes, std::size_t from) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  // The end may have begun in what was searched before.
  const std::size_t start = from > 3 ? from - 3 : 0;
  const auto at = bytes.find(kEnd, start);
  if (at == std::string_view::npos) return std::nullopt;
  return at + kEnd.size();
}

Result<RequestHead> parse_request_head(std::string_view head) {
  const auto line = take_line(head);
  if (!line) return bad_request("the request line does not end with CRLF");
  const auto first = line->find(' ');
  const auto last = line->rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return bad_request("the request line is not METHOD TARGET VERSION");
  }
  RequestHead request;
  request.method = line->substr(0, first);
  request.target = line->substr(first + 1, last - first - 1);
  if (!valid_token(request.method)) return bad_request("the method is not a token");
  if (!valid_target(request.target)) return bad_request("the target is not a path or URL");
  const auto version = parse_version(line->substr(last + 1));
  if (!version) return bad_request("the version is not HTTP/1.1 or HTTP/1.0");
  request.minor_version = *version;
  const std::string_view fault = parse_fields(head, request.headers);
  if (!fault.empty()) return bad_request(fault);
  std::size_t hosts = 0;
  for (const Header header : request.headers) hosts += iequals(header.name, "host") ? 1 : 0;
  if (hosts > 1 || (hosts == 0 && request.minor_version == 1)) {
    return bad_request("HTTP/1.1 needs exactly one Host field");
  }
  return request;
}

Result<ResponseHead> parse_response_head(std::string_view head) {
  const auto line = take_line(head);
  if (!line) return bad_response("the status line does not end with CRLF");
  ResponseHead response;
  const auto version = parse_version(line->substr(0, 8));
  if (!version || line->size() < 12 || (*line)[8] != ' ') {
    return bad_response("no HTTP/1.x status line");
  }
  response.minor_version = *version;
  const auto status = parse_int(line->substr(9, 3));
  if (!status || *status < 100 || *status > 599) return bad_response("no such status");
  if (line->size() > 12 && (*line)[12] != ' ') return bad_response("the status has four digits");
  response.status = static_cast<int>(*status);
  if (line->size() > 13) response.reason = line->substr(13);
  if (!valid_value(response.reason)) return bad_response("the reason has a control character");
  const std::string_view fault = parse_fields(head, response.headers);
  if (!fault.empty()) return bad_response(fault);
  return response;
}

Result<Framing> request_framing(const RequestHead& head) {
  const Lengths lengths = read_lengths(head.headers);
  if (!lengths.fault.empty()) return bad_request(lengths.fault);
  if (lengths.chunked) {
    if (lengths.length) return bad_request("Content-Length and Transfer-Encoding in one request");
    if (head.minor_version == 0) return bad_request("Transfer-Encoding in HTTP/1.0");
    return Framing{.kind = Framing::Kind::kChunked};
  }
  if (lengths.length && *lengths.length > 0) {
    return Framing{.kind = Framing::Kind::kLength, .length = *lengths.length};
  }
  return Framing{};
}

Result<Framing> response_framing(const ResponseHead& head, std::string_view request_method) {
  if (request_method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304) {
    return Framing{};
  }
  const Lengths lengths = read_lengths(head.headers);
  if (!lengths.fault.empty()) return bad_response(lengths.fault);
  if (lengths.chunked) return Framing{.kind = Framing::Kind::kChunked};
  if (lengths.length) {
    if (*lengths.length == 0) return Framing{};
    return Framing{.kind = Framing::Kind::kLength, .length = *lengths.length};
  }
  return Framing{.kind = Framing::Kind::kUntilClose};
}

bool keeps_alive(int minor_version, const Headers& headers) {
  if (headers.has_token("connection", "close")) return false;
  return minor_version >= 1 || headers.has_token("connection", "keep-alive");
}

void append_request_line(std::string& out, std::string_view method, std::string_view target) {
  out += method;
  out += ' ';
  out += target;
  out += " HTTP/1.1\r\n";
}

void append_status_line(std::string& out, int status) {
  out += "HTTP/1.1 ";
  out += std::to_string(status);
  out += ' ';
  out += reason_phrase(status);
  out += kLineEnd;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  constexpr std::string_view kColon = ": ";
  const std::size_t before = out.size();
  const std::size_t after = before + name.size() + kColon.size() + value.size() + kLineEnd.size();
  out.resize_and_overwrite(after, [&](char* bytes, std::size_t) {
    char* at = bytes + before;
    at += name.copy(at, name.size());
    at += kColon.copy(at, kColon.size());
    at += value.copy(at, value.size());
    kLineEnd.copy(at, kLineEnd.size());
    return after;
  });
}

void append_fields(std::string& out, const Headers& headers) {
  for (const Header header : headers) append_field(out, header.name, header.value);
}

}  // namespace bifrost::http::h1
