// What a FakeProvider does with one request, as a list of steps.
//
//   Script::reply(200, {{"content-type", "application/json"}}, body);
//   Script::events({first, second, done}, {.between = gate});           // the test paces it
//   Script::events(all, {.cut_after_events = 2, .ending = Ending::kReset});
//   Script::reply(200, {}, body).with_length(999);                       // says 999, sends less
//   Script().wait(gate).then(Script::reply(...)).in_pieces_of(1);
#pragma once

#include "http/headers.h"
#include "tests/support/gate.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bifrost::test {

// How a connection ends.
enum class Ending : std::uint8_t {
  kKeepAlive,  // it does not: the next request may come
  kClose,      // properly
  kCut,        // FIN in the middle, with TLS without its goodbye
  kReset,      // RST
  kSilence,    // nothing is written any more, and nothing closed
};

struct EventOptions {
  int status = 200;
  http::Headers headers = {{"content-type", "text/event-stream"}};
  std::optional<Gate> before_head = std::nullopt;
  std::optional<Gate> before_first = std::nullopt;  // the head is out, nothing else
  std::optional<Gate> between = std::nullopt;       // before the second event and each later one
  std::optional<Gate> before_end = std::nullopt;    // all events are out, the body has not ended
  std::size_t cut_after_events = SIZE_MAX;
  Ending ending = Ending::kCut;  // when events are left out
  bool chunked = true;           // otherwise the body ends with the connection
};

class Script {
 public:
  // No steps yet.
  Script() = default;

  // A whole answer. Adds content-length unless the headers say how long the body is.
  static Script reply(int status, http::Headers headers, std::string body);
  static Script json(int status, std::string body);
  // The body in chunks of these sizes, which are repeated as long as there is body.
  static Script chunked(int status, http::Headers headers, std::string_view body,
                        const std::vector<std::size_t>& sizes);
  // A stream of raw pieces, each with its blank line already (see sse_event).
  static Script events(const std::vector<std::string>& pieces, const EventOptions& options = {});
  // Ends without any answer.
  static Script nothing(Ending ending);

  // Steps, in the order of the calls.
  Script& raw(std::string bytes);
  Script& head(int status, const http::Headers& headers);  // exactly these headers
  Script& chunk(std::string_view content);                 // an empty one is the last
  Script& wait(Gate gate);
  Script& end(Ending ending);
  Script& then(const Script& next);

  // Properties of the whole script.
  Script& with_length(std::size_t claimed);  // lies in the content-length of reply()
  Script& in_pieces_of(std::size_t bytes);   // each piece is a write of its own
  Script& cut_at_byte(std::size_t count, Ending ending = Ending::kCut);

  struct Write {
    std::string bytes;
  };
  using Step = std::variant<Write, Gate, Ending>;

  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] std::size_t piece_bytes() const { return piece_bytes_; }
  [[nodiscard]] std::size_t bytes_max() const { return bytes_max_; }
  [[nodiscard]] Ending cut_ending() const { return cut_ending_; }

 private:
  std::vector<Step> steps_;
  std::size_t piece_bytes_ = SIZE_MAX;
  std::size_t bytes_max_ = SIZE_MAX;
  Ending cut_ending_ = Ending::kCut;
};

// "data: …", with an `event:` line before it when it has a name, and the blank line.
std::string sse_event(std::string_view data, std::string_view name = {});

}  // namespace bifrost::test
