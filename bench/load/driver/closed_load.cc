#include "bench/load/driver/closed_load.h"

#include "bench/load/driver/answers.h"

#include <algorithm>

namespace bifrost::bench {

using std::chrono::steady_clock;

ClosedLoad::ClosedLoad(const LoadOptions& options, Poller& poller, const Leg& leg)
    : poller_(poller), scratch_(kReadBytes) {
  for (std::size_t i = 0; i < options.connections; ++i) {
    connections_.push_back(
        std::make_unique<ClientConnection>(poller, *this, leg, std::span(scratch_)));
  }
}

void ClosedLoad::run(const Turn& turn, Slice& slice) {
  turn_ = turn;
  slice_ = &slice;
  sent_ = 0;
  under_way_ = 0;
  const SteadyTime began = steady_clock::now();
  // A number of requests has no end in time, but a run must have one.
  until_ = began + (turn.requests > 0 ? kRequestsTimeMax : turn.length);
  for (const auto& connection : connections_) {
    const SteadyTime now = steady_clock::now();
    if (wants_more(now)) send(*connection, now);
  }
  const SteadyTime patience = until_ + kPatience;
  while (under_way_ > 0 && steady_clock::now() < patience) poller_.run_once(patience);
  slice.time = steady_clock::now() - began;
  if (turn.requests == 0) slice.time = std::min(slice.time, turn.length);
  for (const auto& connection : connections_) {
    if (!connection->busy()) continue;
    ++slice.failures[0];
    connection->close();
  }
}

bool ClosedLoad::wants_more(SteadyTime now) const {
  return now < until_ && (turn_.requests == 0 || sent_ < turn_.requests);
}

void ClosedLoad::send(ClientConnection& connection, SteadyTime now) {
  ++sent_;
  ++under_way_;
  connection.send(now);
}

void ClosedLoad::on_answer(ClientConnection& connection, const Answer& answer) {
  --under_way_;
  count_answer(*slice_, answer, until_);
  // One that cannot even be connected would go on forever within one call.
  if (answer.status == 0 && !answer.whole) return;
  if (wants_more(answer.done)) send(connection, answer.done);
}

}  // namespace bifrost::bench
