#include "bench/load/driver/open_load.h"

#include "bench/load/driver/answers.h"

#include <algorithm>

namespace bifrost::bench {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

OpenLoad::OpenLoad(const LoadOptions& options, Poller& poller, const Leg& leg)
    : Alarm(poller), options_(options), poller_(poller), leg_(leg), scratch_(kReadBytes) {}

void OpenLoad::run(const Turn& turn, Slice& slice) {
  slice_ = &slice;
  started_ = answered_ = 0;
  const double seconds = std::chrono::duration<double>(turn.length).count();
  wanted_ = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(options_.rate * seconds));
  began_ = steady_clock::now() + std::chrono::milliseconds(1);
  until_ = began_ + turn.length;
  arm(began_);
  const SteadyTime patience = until_ + kPatience;
  while (answered_ < wanted_ && steady_clock::now() < patience) poller_.run_once(patience);
  disarm();
  slice.time = turn.length;
  slice.failures[0] += wanted_ - answered_;
  if (slice.failures[0] == 0) slice.failures.erase(0);
  queue_.clear();
  for (const auto& connection : connections_) {
    if (!connection->busy()) continue;
    connection->close();
    idle_.push_back(connection.get());
  }
}

SteadyTime OpenLoad::due(std::uint64_t number) const {
  const double seconds = static_cast<double>(number) / options_.rate;
  return began_ + duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
}

void OpenLoad::on_time() {
  const SteadyTime now = steady_clock::now();
  while (started_ < wanted_ && due(started_) <= now) dispatch(due(started_++));
  if (started_ < wanted_) arm(due(started_));
}

void OpenLoad::dispatch(SteadyTime intended) {
  if (!idle_.empty()) {
    ClientConnection* connection = idle_.back();
    idle_.pop_back();
    connection->send(intended);
  } else if (connections_.size() < options_.connections) {
    connections_.push_back(
        std::make_unique<ClientConnection>(poller_, *this, leg_, std::span(scratch_)));
    connections_.back()->send(intended);
  } else {
    queue_.push_back(intended);
  }
}

void OpenLoad::on_answer(ClientConnection& connection, const Answer& answer) {
  ++answered_;
  count_answer(*slice_, answer, until_);
  if (queue_.empty() || answer.status == 0) {
    idle_.push_back(&connection);
    return;
  }
  const SteadyTime intended = queue_.front();
  queue_.pop_front();
  connection.send(intended);
}

}  // namespace bifrost::bench
