// A raw HTTP/1.1 client: it sends any bytes, reads only when told, and says how an answer ended.
//
//   Client client(gateway.port());
//   const Response reply = client.post("/v1/chat/completions", body);
//
//   client.send_request("POST", "/v1/chat/completions", {}, body);   // a stream, step by step
//   EXPECT_EQ(client.read_head().status, 200);
//   while (const auto event = client.next_event()) ...
//   EXPECT_EQ(client.end(), End::kComplete);
//
// Not thread-safe. No call waits longer than the timeout.
#pragma once

#include "http/headers.h"
#include "tests/support/transport.h"
#include "tests/support/wire.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::test {

enum class End : std::uint8_t {
  kOpen,      // not over
  kComplete,  // as the framing says; or by closing, where the framing says nothing
  kCut,       // closed before the body was complete
  kReset,     // RST, or with TLS closed without its goodbye
  kTimeout,
  kMalformed,  // against the rules of HTTP/1.1
};

struct Response {
  int status = 0;  // 0: there was none
  http::Headers headers;
  std::string body;
  std::vector<int> interim;  // statuses 1xx before it
  End end = End::kOpen;
};

// One block of a stream of server-sent events.
struct Event {
  std::string raw;   // as it came, without the blank line
  std::string name;  // of `event:`
  std::string data;  // of `data:`, lines joined by LF
  [[nodiscard]] bool is_comment() const { return raw.starts_with(':'); }
};

struct ClientOptions {
  bool tls = false;
  std::string trusted_certificate = {};  // PEM; empty: trusts anyone
  std::uint8_t own_number = 0;           // N: comes from 127.0.0.N
  int receive_buffer_bytes = 0;          // small: a reader that stands still is felt soon
  std::chrono::milliseconds timeout = kPatience;
};

class Client {
 public:
  using Options = ClientOptions;

  explicit Client(std::uint16_t port, Options options = {});

  [[nodiscard]] bool is_connected() const { return transport_.is_open(); }

  // Any bytes. False when the peer has gone.
  bool send(std::string_view bytes);
  // Adds host, and content-length when there is a body, unless the headers have them.
  bool send_request(std::string_view method, std::string_view target, http::Headers headers = {},
                    std::string_view body = {});

  // The next answer, from head to end. One to HEAD has no body whatever its head says.
  Response read_response(std::string_view method = "GET");
  // The status of an answer 1xx that comes before the answer; 0 when there is none.
  int read_interim();
  // Only the head; then the body piece by piece, or event by event.
  Response read_head(std::string_view method = "GET");
  // What has arrived of the body; nothing at its end.
  std::optional<std::string> read_piece();
  // Nothing at the end of the stream. What follows the last blank line is no event.
  std::optional<Event> next_event();
  // How the body ended that is being read.
  [[nodiscard]] End end() const { return end_; }

  Response request(std::string_view method, std::string_view target, http::Headers headers = {},
                   std::string_view body = {});
  Response get(std::string_view target) { return request("GET", target); }
  // A body of JSON.
  Response post(std::string_view target, std::string_view body);

  // True when the peer ends the connection, without another byte, before the timeout.
  bool closed_by_peer();

  // For what follows. Short where a test is to see that nothing comes.
  void wait_at_most(std::chrono::milliseconds timeout) { options_.timeout = timeout; }

  void finish_sending() { transport_.finish_sending(); }
  void close() { transport_.close(); }
  void reset() { transport_.reset(); }

 private:
  bool fill();  // reads more into the buffer; false at an end, which it notes
  std::optional<Head> next_head();
  void fail(End end) { end_ = end; }

  Options options_;
  Transport transport_;
  std::string buffer_;  // arrived and not looked at
  std::string events_;  // of the body, and not a whole event yet
  BodyReader body_ = BodyReader::none();
  End end_ = End::kComplete;
};

}  // namespace bifrost::test
