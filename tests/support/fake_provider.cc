#include "tests/support/fake_provider.h"

#include "base/assert.h"
#include "base/strings.h"
#include "tests/support/script_runner.h"

#include <fmt/format.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <utility>

namespace bifrost::test {
namespace {

constexpr std::chrono::milliseconds kIdleMax = 10min;
constexpr std::size_t kConnectionsMax = 4096;

// Method and target of "GET /x HTTP/1.1".
std::optional<std::pair<std::string, std::string>> split_request_line(std::string_view line) {
  const std::vector<std::string_view> parts = split(line, ' ');
  if (parts.size() != 3 || parts[0].empty() || parts[1].empty() || parts[2] != "HTTP/1.1") {
    return std::nullopt;
  }
  return std::pair(std::string(parts[0]), std::string(parts[1]));
}

}  // namespace

class FakeProvider::Server {
 public:
  explicit Server(Options options);
  ~Server();

  // What the test and the connections share; guarded by `mutex`.
  struct Shared {
    std::deque<Script> scripts;
    Handler handler;
    std::optional<Gate> accepts, reads, bodies;
    std::vector<ReceivedRequest> requests;
    std::vector<std::string> problems;
    std::size_t connections = 0;
    std::size_t open = 0;
    std::size_t aborts = 0;
    std::vector<int> idle;  // sockets that wait for a request
  };

  // Runs `change` on what is shared and wakes who waits for a change.
  template <class Change>
  auto update(Change&& change) {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
    return change(shared_);
  }
  template <class Look>
  auto look(Look&& look) const {
    const std::lock_guard lock(mutex_);
    return look(shared_);
  }
  template <class Condition>
  bool wait_until(std::chrono::milliseconds timeout, Condition&& condition) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [&] { return condition(shared_); });
  }

  void stop_listening();

  const Options options;
  const CertificatePem pem;
  std::uint16_t port = 0;

 private:
  void accept_connections();
  void serve(Descriptor socket, std::size_t number);
  void serve_requests(Transport& transport, std::size_t number);
  bool pass(Transport& transport, std::optional<Gate> Shared::* gate);
  bool wait_for_request(Transport& transport, std::string& buffer);
  std::optional<Head> read_head(Transport& transport, std::string& buffer);
  bool read_body(Transport& transport, std::string& buffer, ReceivedRequest& request);
  std::optional<ReceivedRequest> read_request(Transport& transport, std::string& buffer,
                                              std::size_t number);
  Script script_for(const ReceivedRequest& request);
  bool answer(Transport& transport, const ReceivedRequest& request);
  void note_problem(std::string problem);

  Descriptor listener_;
  Descriptor stop_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  Descriptor stop_accepting_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  std::optional<TlsContext> tls_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Shared shared_;

  std::list<std::jthread> connections_;  // of the accepting thread
  std::jthread acceptor_;                // last: it uses everything above
};

FakeProvider::Server::Server(Options chosen)
    : options(chosen),
      pem(chosen.tls ? make_certificate() : CertificatePem{}),
      listener_(listen_on_loopback()) {
  port = port_of(listener_);
  if (options.tls) tls_ = TlsContext::server(pem);
  acceptor_ = std::jthread([this] { accept_connections(); });
}

FakeProvider::Server::~Server() {
  BF_ASSERT(::eventfd_write(stop_.number(), 1) == 0);
  stop_listening();
  connections_.clear();
}

void FakeProvider::Server::stop_listening() {
  BF_ASSERT(::eventfd_write(stop_accepting_.number(), 1) == 0);
  if (acceptor_.joinable()) acceptor_.join();
  listener_.close();
}

void FakeProvider::Server::accept_connections() {
  for (std::size_t number = 0; number < kConnectionsMax; ++number) {
    Descriptor socket;
    while (!socket) {
      if (!wait_readable(listener_.number(), stop_accepting_.number())) return;
      socket = Descriptor(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    }
    update([](Shared& shared) {
      ++shared.connections;
      ++shared.open;
    });
    connections_.emplace_back(
        [this, number, taken = std::move(socket)]() mutable { serve(std::move(taken), number); });
  }
}

void FakeProvider::Server::serve(Descriptor socket, std::size_t number) {
  Transport transport(std::move(socket), stop_.number());
  if (pass(transport, &Shared::accepts)) {
    if (!tls_ || transport.start_tls(*tls_, TlsRole::kServer, after(kPatience))) {
      serve_requests(transport, number);
    } else {
      note_problem("a TLS handshake failed");
    }
  }
  transport.close();
  update([](Shared& shared) { --shared.open; });
}

void FakeProvider::Server::serve_requests(Transport& transport, std::size_t number) {
  std::string buffer;
  while (wait_for_request(transport, buffer)) {
    const std::optional<ReceivedRequest> request = read_request(transport, buffer, number);
    if (!request || !answer(transport, *request)) return;
    if (request->headers.has_token("connection", "close")) return;
  }
}

bool FakeProvider::Server::pass(Transport& transport, std::optional<Gate> Shared::* gate) {
  const std::optional<Gate> held = look([gate](const Shared& shared) { return shared.*gate; });
  const Played played = held ? pass_gate(transport, *held) : Played::kKeepAlive;
  if (played == Played::kAborted) update([](Shared& shared) { ++shared.aborts; });
  return played == Played::kKeepAlive;
}

// False when the peer or the owner ended the connection between two requests.
bool FakeProvider::Server::wait_for_request(Transport& transport, std::string& buffer) {
  if (buffer.empty()) {
    const int socket = transport.descriptor();
    update([socket](Shared& shared) { shared.idle.push_back(socket); });
    const Read got = transport.read(after(kIdleMax));
    update([socket](Shared& shared) { std::erase(shared.idle, socket); });
    if (got.end != ReadEnd::kOpen) return false;
    buffer = got.bytes;
  }
  return pass(transport, &Shared::reads);
}

std::optional<Head> FakeProvider::Server::read_head(Transport& transport, std::string& buffer) {
  while (true) {
    auto head = take_head(buffer);
    if (!head) {
      note_problem(head.error().message);
      return std::nullopt;
    }
    if (*head) return std::move(*head);
    Read got = transport.read(after(kIdleMax));
    if (got.end != ReadEnd::kOpen) return std::nullopt;
    buffer += got.bytes;
  }
}

bool FakeProvider::Server::read_body(Transport& transport, std::string& buffer,
                                     ReceivedRequest& request) {
  auto delimited = BodyReader::from(request.headers);
  if (!delimited) {
    note_problem(delimited.error().message);
    return false;
  }
  BodyReader reader = delimited->value_or(BodyReader::none());
  while (true) {
    const auto content = reader.take(buffer);
    if (!content) {
      note_problem(content.error().message);
      return false;
    }
    request.body += *content;
    if (reader.is_done()) return true;
    const Read got = transport.read(after(kIdleMax));
    if (got.end != ReadEnd::kOpen || request.body.size() > kBodyBytesMax) return false;
    buffer += got.bytes;
  }
}

std::optional<ReceivedRequest> FakeProvider::Server::read_request(Transport& transport,
                                                                  std::string& buffer,
                                                                  std::size_t number) {
  std::optional<Head> head = read_head(transport, buffer);
  if (!head) return std::nullopt;
  auto line = split_request_line(head->first_line);
  if (!line) note_problem(fmt::format("request line \"{}\"", head->first_line));
  if (!head->headers.contains("host")) note_problem("a request without host");
  if (!line || !pass(transport, &Shared::bodies)) return std::nullopt;
  ReceivedRequest request{.method = std::move(line->first),
                          .target = std::move(line->second),
                          .headers = std::move(head->headers),
                          .body = {},
                          .connection = number};
  if (!options.answer_before_body && !read_body(transport, buffer, request)) return std::nullopt;
  return request;
}

// Remembers the request and takes its script in one step: whoever has seen the request may count on
// the next script being the next request's.
Script FakeProvider::Server::script_for(const ReceivedRequest& request) {
  Handler handler;
  {
    const std::lock_guard lock(mutex_);
    shared_.requests.push_back(request);
    changed_.notify_all();
    if (!shared_.scripts.empty()) {
      Script next = std::move(shared_.scripts.front());
      shared_.scripts.pop_front();
      return next;
    }
    handler = shared_.handler;
  }
  if (handler) return handler(request);
  note_problem(fmt::format("no script for {} {}", request.method, request.target));
  return Script::json(500, R"({"error":{"message":"no script"}})");
}

// False when the connection cannot take another request.
bool FakeProvider::Server::answer(Transport& transport, const ReceivedRequest& request) {
  const Played played = ScriptRunner(transport).play(script_for(request));
  if (played == Played::kAborted) update([](Shared& shared) { ++shared.aborts; });
  return played == Played::kKeepAlive && !options.answer_before_body;
}

void FakeProvider::Server::note_problem(std::string problem) {
  update([&problem](Shared& shared) { shared.problems.push_back(std::move(problem)); });
}

FakeProvider::FakeProvider(Options options) : server_(std::make_unique<Server>(options)) {}
FakeProvider::~FakeProvider() = default;

std::uint16_t FakeProvider::port() const { return server_->port; }

std::string FakeProvider::url() const {
  return fmt::format("{}://127.0.0.1:{}", server_->options.tls ? "https" : "http", port());
}

const std::string& FakeProvider::certificate() const { return server_->pem.certificate; }

void FakeProvider::push(Script script) {
  server_->update([&](Server::Shared& shared) { shared.scripts.push_back(std::move(script)); });
}

void FakeProvider::handle(Handler handler) {
  server_->update([&](Server::Shared& shared) { shared.handler = std::move(handler); });
}

void FakeProvider::hold_accepts(Gate gate) {
  server_->update([&](Server::Shared& shared) { shared.accepts = std::move(gate); });
}

void FakeProvider::hold_reads(Gate gate) {
  server_->update([&](Server::Shared& shared) { shared.reads = std::move(gate); });
}

void FakeProvider::hold_bodies(Gate gate) {
  server_->update([&](Server::Shared& shared) { shared.bodies = std::move(gate); });
}

bool FakeProvider::close_idle_connections(std::size_t count) {
  // Under the lock, so that the sockets are still those that they were.
  return server_->wait_until(kPatience, [count](const Server::Shared& shared) {
    if (shared.idle.size() != count) return false;
    for (const int socket : shared.idle) ::shutdown(socket, SHUT_RDWR);
    return true;
  });
}

void FakeProvider::stop_listening() { server_->stop_listening(); }

std::vector<ReceivedRequest> FakeProvider::requests() const {
  return server_->look([](const Server::Shared& shared) { return shared.requests; });
}

std::size_t FakeProvider::request_count() const {
  return server_->look([](const Server::Shared& shared) { return shared.requests.size(); });
}

std::size_t FakeProvider::connection_count() const {
  return server_->look([](const Server::Shared& shared) { return shared.connections; });
}

std::size_t FakeProvider::open_connections() const {
  return server_->look([](const Server::Shared& shared) { return shared.open; });
}

std::size_t FakeProvider::abort_count() const {
  return server_->look([](const Server::Shared& shared) { return shared.aborts; });
}

std::vector<std::string> FakeProvider::problems() const {
  return server_->look([](const Server::Shared& shared) { return shared.problems; });
}

bool FakeProvider::wait_for_requests(std::size_t count, std::chrono::milliseconds timeout) const {
  return server_->wait_until(
      timeout, [count](const Server::Shared& shared) { return shared.requests.size() >= count; });
}

bool FakeProvider::wait_for_aborts(std::size_t count, std::chrono::milliseconds timeout) const {
  return server_->wait_until(
      timeout, [count](const Server::Shared& shared) { return shared.aborts >= count; });
}

bool FakeProvider::wait_for_open_connections(std::size_t count,
                                             std::chrono::milliseconds timeout) const {
  return server_->wait_until(
      timeout, [count](const Server::Shared& shared) { return shared.open == count; });
}

// Bound once and let go: the kernel does not give it to the next one soon.
std::uint16_t refusing_port() { return port_of(listen_on_loopback()); }

// With a backlog of 0 the kernel takes one connection; it drops the packets of the others.
UnreachablePort::UnreachablePort() : listener_(listen_on_loopback(0)) {
  for (int at = 0; at < 4; ++at) waiting_.push_back(begin_connect_to_loopback(port()));
}

}  // namespace bifrost::test
