#include "tests/support/client.h"

#include "base/strings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bifrost::test {
namespace {

// The status of "HTTP/1.1 200 OK"; 0 when it is no status line.
int status_of(std::string_view line) {
  if (!line.starts_with("HTTP/1.1 ") || line.size() < 12) return 0;
  if (line.size() > 12 && line[12] != ' ') return 0;
  const auto status = parse_int(line.substr(9, 3));
  return status && *status >= 100 && *status <= 599 ? static_cast<int>(*status) : 0;
}

bool has_no_body(int status, std::string_view method) {
  return method == "HEAD" || status == 204 || status == 304;
}

// The first blank line: where it begins and how long it is.
std::optional<std::pair<std::size_t, std::size_t>> find_blank_line(std::string_view text) {
  const std::size_t lf = text.find("\n\n");
  const std::size_t crlf = text.find("\r\n\r\n");
  if (lf == std::string_view::npos && crlf == std::string_view::npos) return std::nullopt;
  return lf < crlf ? std::pair(lf, std::size_t{2}) : std::pair(crlf, std::size_t{4});
}

Event parse_event(std::string raw) {
  Event event{.raw = std::move(raw), .name = {}, .data = {}};
  bool first = true;
  for (std::string_view line : split(event.raw, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto field = split_once(line, ':');
    if (!field) continue;
    std::string_view value = field->second;
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field->first == "event") event.name = value;
    if (field->first == "data") {
      if (!std::exchange(first, false)) event.data += '\n';
      event.data += value;
    }
  }
  return event;
}

}  // namespace

Client::Client(std::uint16_t port, Options options) : options_(std::move(options)) {
  Descriptor socket = connect_to_loopback(port, options_.receive_buffer_bytes, options_.own_number);
  if (!socket) return;
  transport_ = Transport(std::move(socket));
  if (!options_.tls) return;
  const TlsContext context = TlsContext::client(options_.trusted_certificate);
  if (!transport_.start_tls(context, TlsRole::kClient, after(options_.timeout))) {
    transport_.close();
  }
}

bool Client::send(std::string_view bytes) {
  return transport_.write(bytes, after(options_.timeout));
}

bool Client::send_request(std::string_view method, std::string_view target, http::Headers headers,
                          std::string_view body) {
  if (!headers.contains("host")) headers.add("host", "localhost");
  if (!body.empty() && !headers.contains("content-length") &&
      !headers.contains("transfer-encoding")) {
    headers.add("content-length", std::to_string(body.size()));
  }
  std::string bytes = head_text(fmt::format("{} {} HTTP/1.1", method, target), headers);
  return send(bytes += body);
}

bool Client::fill() {
  const Read got = transport_.read(after(options_.timeout));
  buffer_ += got.bytes;
  switch (got.end) {
    case ReadEnd::kOpen:
      return true;
    case ReadEnd::kEnd:
      fail(body_.ends_with_connection() ? End::kComplete : End::kCut);
      break;
    case ReadEnd::kReset:
    case ReadEnd::kStopped:
      fail(End::kReset);
      break;
    case ReadEnd::kTimeout:
      fail(End::kTimeout);
      break;
  }
  return false;
}

std::optional<Head> Client::next_head() {
  while (true) {
    auto head = take_head(buffer_);
    if (!head) {
      fail(End::kMalformed);
      return std::nullopt;
    }
    if (*head) return std::move(*head);
    if (!fill()) return std::nullopt;
  }
}

int Client::read_interim() {
  end_ = End::kOpen;
  const std::optional<Head> head = next_head();
  const int status = head ? status_of(head->first_line) : 0;
  return status < 200 ? status : 0;
}

Response Client::read_head(std::string_view method) {
  Response response;
  body_ = BodyReader::none();
  events_.clear();
  end_ = End::kOpen;
  std::optional<Head> head = next_head();
  int status = head ? status_of(head->first_line) : 0;
  while (head && status >= 100 && status < 200 && status != 101) {
    response.interim.push_back(status);
    head = next_head();
    status = head ? status_of(head->first_line) : 0;
  }
  auto delimited = head ? BodyReader::from(head->headers) : std::optional<BodyReader>();
  if (head && (status == 0 || !delimited)) fail(End::kMalformed);
  response.end = end_;
  if (end_ != End::kOpen) return response;
  response.status = status;
  response.headers = std::move(head->headers);
  body_ = has_no_body(status, method) ? BodyReader::none()
                                      : delimited->value_or(BodyReader::until_close());
  if (body_.is_done()) end_ = End::kComplete;
  response.end = end_;
  return response;
}

std::optional<std::string> Client::read_piece() {
  while (end_ == End::kOpen) {
    auto content = body_.take(buffer_);
    if (!content) {
      fail(End::kMalformed);
      break;
    }
    if (body_.is_done()) end_ = End::kComplete;
    if (!content->empty()) return std::move(*content);
    if (end_ == End::kOpen) static_cast<void>(fill());
  }
  return std::nullopt;
}

std::optional<Event> Client::next_event() {
  while (true) {
    if (const auto blank = find_blank_line(events_)) {
      std::string raw = events_.substr(0, blank->first);
      events_.erase(0, blank->first + blank->second);
      return parse_event(std::move(raw));
    }
    std::optional<std::string> piece = read_piece();
    if (!piece) return std::nullopt;
    events_ += *piece;
  }
}

Response Client::read_response(std::string_view method) {
  Response response = read_head(method);
  while (std::optional<std::string> piece = read_piece()) response.body += *piece;
  response.end = end_;
  return response;
}

Response Client::request(std::string_view method, std::string_view target, http::Headers headers,
                         std::string_view body) {
  // A peer may answer and close before it has read everything, so a failed send is no answer yet.
  static_cast<void>(send_request(method, target, std::move(headers), body));
  return read_response(method);
}

Response Client::post(std::string_view target, std::string_view body) {
  return request("POST", target, {{"content-type", "application/json"}}, body);
}

bool Client::closed_by_peer() {
  if (!buffer_.empty()) return false;
  const Read got = transport_.read(after(options_.timeout));
  buffer_ += got.bytes;
  return got.end == ReadEnd::kEnd || got.end == ReadEnd::kReset;
}

}  // namespace bifrost::test
