#include "bench/load/upstream/provider_connection.h"

#include "bench/load/upstream/provider.h"

#include <fmt/format.h>

#include <iterator>
#include <span>
#include <sys/epoll.h>
#include <utility>

namespace bifrost::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kUnsentBytesMax = 32 << 20;
constexpr int kEventsPerTurn = 64;  // of one stream, before others get their turn

constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n"
    "transfer-encoding: chunked\r\n\r\n";

void append_chunk(std::string& out, std::string_view data) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n{}\r\n", data.size(), data);
}

}  // namespace

ProviderConnection::ProviderConnection(Poller& poller, Provider& provider, Socket socket)
    : Alarm(poller), poller_(poller), provider_(provider), socket_(std::move(socket)) {
  poller_.add(socket_.fd(), *this, false);
}

void ProviderConnection::on_ready(std::uint32_t events) {
  if (!socket_.open()) return;  // an event that was fetched before it closed
  if ((events & EPOLLOUT) != 0 && !unsent_.empty()) {
    const std::string unsent = std::exchange(unsent_, {});
    write(unsent);
    if (socket_.open() && unsent_.empty()) poller_.change(socket_.fd(), *this, false);
  }
  if (socket_.open() && (events & ~std::uint32_t{EPOLLOUT}) != 0) read();
}

void ProviderConnection::read() {
  const std::span<char> scratch = provider_.scratch();
  const auto got = socket_.read(scratch);
  if (got < 0) {
    close(streaming_ || !unsent_.empty());
    return;
  }
  reader_.append({scratch.data(), static_cast<std::size_t>(got)});
  serve_next();
}

void ProviderConnection::serve_next() {
  while (socket_.open() && !streaming_) {
    RequestReader::Request request;
    const auto outcome = reader_.next(request);
    if (outcome == RequestReader::Outcome::kNone) return;
    if (outcome == RequestReader::Outcome::kBroken) {
      close(true);
      return;
    }
    serve(request);
    reader_.forget();
  }
}

void ProviderConnection::serve(const RequestReader::Request& request) {
  if (request.path == "/stats") {
    write(provider_.stats_answer());
    return;
  }
  ++provider_.stats().requests;
  const auto asked = read_request(request.path, request.body);
  if (!asked) {
    ++provider_.stats().refused;
    write(whole_answer(400, error_body(WireFormat::kOpenAi, 400)));
  } else if (asked->stream && provider_.status_for(asked->recipe) == 200) {
    begin_stream(*asked);
  } else {
    write(provider_.answer(*asked));
  }
}

void ProviderConnection::begin_stream(const Asked& asked) {
  ++provider_.stats().streams;
  asked_ = asked;
  streaming_ = true;
  next_event_ = 0;
  first_at_ = steady_clock::now() + asked.recipe.first_event;
  arm(first_at_);
}

void ProviderConnection::on_time() {
  for (int turn = 0; turn < kEventsPerTurn && socket_.open(); ++turn) {
    send_event();
    if (next_event_ >= asked_.recipe.events) {
      end_stream();
      return;
    }
    const SteadyTime due = first_at_ + next_event_ * asked_.recipe.gap;
    if (due > steady_clock::now()) {
      arm(due);
      return;
    }
  }
  if (socket_.open()) arm(steady_clock::now());
}

void ProviderConnection::send_event() {
  std::string out;
  if (next_event_ == 0) {
    out = kStreamHead;
    for (const std::string& frame : opening_frames(asked_.format)) append_chunk(out, frame);
  }
  if (next_event_ < asked_.recipe.events) {
    const SteadyTime now = steady_clock::now();
    provider_.stats().lateness.record(now - (first_at_ + next_event_ * asked_.recipe.gap));
    std::string frame;
    append_frame(frame, asked_.format,
                 event_text({next_event_, now.time_since_epoch()}, asked_.recipe.event_bytes));
    append_chunk(out, frame);
    ++provider_.stats().events;
    ++next_event_;
  }
  write(out);
}

void ProviderConnection::end_stream() {
  if (!socket_.open()) return;
  std::string out;
  for (const std::string& frame : closing_frames(asked_.format, asked_.recipe)) {
    append_chunk(out, frame);
  }
  out += "0\r\n\r\n";
  streaming_ = false;
  write(out);
  serve_next();
}

void ProviderConnection::write(std::string_view bytes) {
  if (unsent_.empty()) {
    const auto sent = socket_.write(bytes);
    if (sent < 0) {
      close(true);
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (bytes.empty()) return;
    poller_.change(socket_.fd(), *this, true);
  }
  unsent_ += bytes;
  if (unsent_.size() > kUnsentBytesMax) close(true);
}

void ProviderConnection::close(bool broken) {
  if (!socket_.open()) return;
  if (broken) ++provider_.stats().broken;
  disarm();
  socket_.close();
  provider_.is_over(*this);
}

}  // namespace bifrost::bench
