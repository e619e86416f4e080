// A whole session of the server: bytes in, bytes out. Whatever a caller sends and however it
// behaves, what it gets is a row of well-formed answers, each with its own body, and at most the
// last one is cut.
//
// The first line of the input says what the caller does, a character at a time (see `Caller`); the
// rest is what it sends. The path of a request says what the handler does (see `Program`), in any
// order: calls that do not fit are to be harmless. Time is the loop's own, so every limit is
// reached at once.
#include "base/assert.h"
#include "http/h1/chunked.h"
#include "http/h1/head.h"
#include "net/loop_fixture.h"
#include "net/pair_fixture.h"
#include "server/handler.h"
#include "server/session.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::fuzz {
namespace {

using namespace std::chrono_literals;
using net::CallScope;
using net::Task;
using State = server::Responder::State;

constexpr std::size_t kStepsMax = 64;  // of a program, and of a caller
constexpr std::size_t kBodyBytesMax = 10'000;
constexpr std::string_view kErrorBody = "sorry";

std::string big() { return std::string(50'000, 'x'); }

// What the answer to one request has to be.
struct Expected {
  std::string method;
  std::string body = {};
  bool begun = false;
};

class Handler final : public server::Handler {
 public:
  Task<void> handle(server::Request& request) override {
    expected.push_back({.method = request.head.method});
    const std::string program = request.head.target.substr(0, kStepsMax);
    std::string body = "none";
    for (const char step : program) co_await run(step, request, body);
  }
  void exception_escaped(server::Request& /*request*/, std::string_view /*what*/) override {
    if (!expected.back().begun) expected.back().body = kErrorBody;
  }
  [[nodiscard]] std::string protocol_error_body(const Error& /*error*/) const override {
    return std::string(kErrorBody);
  }

  std::vector<Expected> expected;

 private:
  // One step of a program; characters without a meaning do nothing.
  Task<void> run(char step, server::Request& request, std::string& body) {
    switch (step) {
      case 'b':
        co_return co_await read(request, body);
      case 's':
        co_return co_await send(request, 200, body);
      case 'S':
        co_return co_await send(request, 200, big());
      case 'n':
        co_return co_await send(request, 204, "");
      case 'p':
        co_return co_await write(request, body);
      case 'P':
        co_return co_await write(request, big());
      case 'z':
        ignore(co_await net::sleep_for(request.scope, 1s), "the next step sees that, or not");
        co_return;
      case 'i':
        ignore(co_await request.out.invite(request.scope), "as above");
        co_return;
      case 'e':
        ignore(co_await request.out.end(request.scope), "as above");
        co_return;
      default:
        run_now(step, request);
    }
  }
  void run_now(char step, server::Request& request) {
    server::Responder& out = request.out;
    if (step == 'o') {
      expected.back().begun |= out.state() == State::kFresh;
      out.begin(200, {{"content-type", "text/plain"}});
    }
    if (step == 'k' && out.write_now("alive")) expected.back().body += "alive";
    if (step == 'c') out.close_after();
    if (step == 't') BF_ASSERT(std::string().at(1) == 'x');  // throws
  }
  static Task<void> read(server::Request& request, std::string& body) {
    auto got = co_await request.body.read_all(request.scope, kBodyBytesMax);
    body = got ? *std::move(got) : std::string(got.error().name());
  }
  Task<void> send(server::Request& request, int status, std::string body) {
    if (request.out.state() == State::kFresh) {
      expected.back().begun = true;
      expected.back().body = body;
    }
    ignore(co_await request.out.send(request.scope, status, {}, body), "as above");
  }
  Task<void> write(server::Request& request, std::string piece) {
    if (request.out.state() == State::kStream) expected.back().body += piece;
    ignore(co_await request.out.write(request.scope, piece), "as above");
  }
};

// The other end of the session.
class Caller {
 public:
  Caller(std::unique_ptr<net::Stream> stream, std::string_view steps, std::string_view bytes)
      : stream_(std::move(stream)), steps_(steps.substr(0, kStepsMax)), bytes_(bytes) {}

  Task<void> run(CallScope& scope) {
    for (const char step : steps_) {
      if (stream_) co_await run_step(scope, step);
    }
    if (stream_) co_await send(scope, bytes_.size());
    if (stream_) received += co_await net::read_to_end(scope, *stream_);
    stream_.reset();
  }

  std::string received;

 private:
  Task<void> run_step(CallScope& scope, char step) {
    if (step >= '1' && step <= '9') co_await send(scope, static_cast<std::size_t>(step - '0'));
    if (step == 'h') co_await send(scope, bytes_.size() / 2);
    if (step == 'a') co_await send(scope, bytes_.size());
    if (step == 'r') co_await read(scope);
    if (step == 'z') ignore(co_await net::sleep_for(scope, 1ms), "nobody interrupts it");
    if (step == 'Z') ignore(co_await net::sleep_for(scope, 130s), "nobody interrupts it");
    if (step == 'f') stream_->shutdown_write();
    if (step == 'x') stream_.reset();  // a reset, when it has not read all
  }
  Task<void> send(CallScope& scope, std::size_t count) {
    const std::string_view part = bytes_.substr(0, count);
    bytes_.remove_prefix(part.size());
    ignore(co_await stream_->write(scope, part), "the session may have ended");
  }
  // Not longer than it lasts until something else happens.
  Task<void> read(CallScope& scope) {
    static constexpr CallScope::Expiry kNothing{ErrorCode::kInternal, Origin::kGateway, Retry::kNo,
                                                "nothing came"};
    const CallScope::Deadline patience(scope, 1ms, kNothing);
    std::array<char, 4096> buffer{};
    const auto got = co_await stream_->read(scope, buffer);
    if (got) received.append(buffer.data(), *got);
  }

  std::unique_ptr<net::Stream> stream_;
  std::string_view steps_;
  std::string_view bytes_;
};

// One answer at the front of what was received.
struct Answer {
  std::string body;
  bool complete = false;
  std::size_t size = 0;
};

Answer take_body(std::string_view bytes, const http::Framing& framing) {
  using Kind = http::Framing::Kind;
  Answer answer;
  if (framing.kind == Kind::kChunked) {
    http::h1::ChunkedDecoder decoder;
    const auto used = decoder.feed(bytes, answer.body);
    BF_ASSERT(used.has_value());
    answer.complete = decoder.done();
    answer.size = *used;
    return answer;
  }
  const std::size_t wanted = framing.kind == Kind::kUntilClose ? bytes.size() : framing.length;
  answer.body = bytes.substr(0, wanted);
  answer.size = answer.body.size();
  // What only the end of the connection ends may have been cut: nobody knows.
  answer.complete = framing.kind != Kind::kUntilClose && answer.size == wanted;
  return answer;
}

void check(std::string_view received, const std::vector<Expected>& expected) {
  std::size_t count = 0;
  while (!received.empty()) {
    const auto end = http::h1::find_head_end(received);
    if (!end) return;  // cut
    const auto head = http::h1::parse_response_head(received.substr(0, *end));
    BF_ASSERT(head.has_value());
    received.remove_prefix(*end);
    if (head->status == 100) continue;
    // One that belongs to no request says what is wrong with the bytes, and is the last.
    const bool own = count < expected.size();
    BF_ASSERT(own || count == expected.size());
    const Expected wanted =
        own ? expected[count] : Expected{.method = "GET", .body = std::string(kErrorBody)};
    const auto framing = http::h1::response_framing(*head, wanted.method);
    BF_ASSERT(framing.has_value());
    const Answer answer = take_body(received, *framing);
    const bool has_body = wanted.method != "HEAD" && head->status != 204;
    const std::string_view whole = has_body ? std::string_view(wanted.body) : std::string_view();
    BF_ASSERT(whole.starts_with(answer.body));
    BF_ASSERT(!answer.complete || whole == answer.body);
    received.remove_prefix(answer.size);
    BF_ASSERT(answer.complete || received.empty());
    BF_ASSERT(own || received.empty());
    ++count;
  }
}

Task<void> run_session(CallScope& scope, std::unique_ptr<net::Stream> stream, Handler& handler,
                       std::size_t read_bytes) {
  std::vector<char> scratch(read_bytes);
  const auto settings =
      std::make_shared<const server::Settings>(server::Settings{.head_bytes_max = 1000});
  server::Session session(scope, std::move(stream), handler, settings, scratch);
  co_await session.run();
  BF_ASSERT(!session.serving());
}

Task<void> run(CallScope& scope, std::string_view steps, std::string_view bytes) {
  constexpr std::array<std::size_t, 3> kReadBytes = {1, 100, 10'000};
  const std::size_t read_bytes = kReadBytes[steps.size() % kReadBytes.size()];
  net::StreamPair pair = net::stream_pair(scope.loop(), 4096);
  Handler handler;
  Caller caller(std::move(pair.far), steps, bytes);
  net::TaskGroup sessions(scope.loop());
  sessions.spawn("session", [&](CallScope& own) {
    return run_session(own, std::move(pair.near), handler, read_bytes);
  });
  co_await caller.run(scope);
  ignore(co_await sessions.drained(scope), "nobody interrupts it");
  check(caller.received, handler.expected);
}

}  // namespace
}  // namespace bifrost::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view steps = std::string_view(input).substr(0, line);
  const std::string_view bytes = std::string_view(input).substr(std::min(line + 1, input.size()));
  bifrost::net::run_in_fake_time(
      [&](bifrost::net::CallScope& scope) { return bifrost::fuzz::run(scope, steps, bytes); });
  return 0;
}
