#include "bench/load/driver/client_connection.h"

#include <chrono>
#include <sys/epoll.h>
#include <utility>

namespace bifrost::bench {

using std::chrono::steady_clock;

void ClientConnection::send(SteadyTime intended) {
  busy_ = true;
  answer_ = {.intended = intended, .sent = steady_clock::now()};
  unsent_ = leg_.request;
  if (!socket_.open() && !connect()) {
    finish();
    return;
  }
  flush();
}

bool ClientConnection::connect() {
  auto socket = Socket::connect(leg_.host, leg_.port);
  if (!socket) return false;
  socket_ = *std::move(socket);
  waits_to_write_ = false;
  poller_.add(socket_.fd(), *this, false);
  return true;
}

void ClientConnection::flush() {
  const auto sent = socket_.write(unsent_);
  if (sent < 0) {
    reader_.peer_closed();
    finish();
    return;
  }
  unsent_.remove_prefix(static_cast<std::size_t>(sent));
  if (waits_to_write_ == unsent_.empty()) {
    waits_to_write_ = !unsent_.empty();
    poller_.change(socket_.fd(), *this, waits_to_write_);
  }
}

void ClientConnection::on_ready(std::uint32_t events) {
  if (!socket_.open()) return;  // an event that was fetched before it closed
  if ((events & EPOLLOUT) != 0 && !unsent_.empty()) flush();
  if (socket_.open() && (events & ~std::uint32_t{EPOLLOUT}) != 0) read();
}

void ClientConnection::read() {
  const auto got = socket_.read(scratch_);
  if (got == 0) return;
  if (!busy_) {  // the peer closes an idle connection, or says what nobody asked for
    close();
    return;
  }
  if (got < 0) {
    reader_.peer_closed();
    finish();
    return;
  }
  last_read_ = steady_clock::now();
  const std::string_view bytes(scratch_.data(), static_cast<std::size_t>(got));
  const std::size_t used = reader_.feed(bytes, *this);
  if (reader_.done() || reader_.broken()) {
    if (used != bytes.size()) socket_.close();  // bytes behind the answer: never use it again
    finish();
  }
}

void ClientConnection::on_body(std::string_view bytes, bool chunk_ends) {
  owner_.on_body(*this, bytes, chunk_ends);
}

void ClientConnection::finish() {
  answer_.done = steady_clock::now();
  answer_.status = reader_.status();
  answer_.whole = reader_.done();
  const bool reusable = reader_.done() && reader_.keeps_alive() && unsent_.empty();
  reader_.reset();
  unsent_ = {};
  busy_ = false;
  if (!reusable) socket_.close();
  const Answer answer = answer_;
  owner_.on_answer(*this, answer);
}

void ClientConnection::close() {
  socket_.close();
  reader_.reset();
  unsent_ = {};
  busy_ = false;
}

}  // namespace bifrost::bench
