// Open loop: a request every 1/rate seconds, whether or not earlier ones have been answered.
//
// Latency counts from when a request should have been sent, so a leg that stalls is charged for
// every request that the stall held up ("coordinated omission" is not possible). When all
// connections are busy, requests wait in a queue, and the wait counts.
#pragma once

#include "bench/load/driver/client_connection.h"
#include "bench/load/driver/load.h"

#include <deque>
#include <memory>
#include <vector>

namespace bifrost::bench {

class OpenLoad final : public Load, public ClientOwner, private Alarm {
 public:
  OpenLoad(const LoadOptions& options, Poller& poller, const Leg& leg);
  void run(const Turn& turn, Slice& slice) override;

 private:
  void on_time() override;
  void on_answer(ClientConnection& connection, const Answer& answer) override;
  void dispatch(SteadyTime intended);
  [[nodiscard]] SteadyTime due(std::uint64_t number) const;

  LoadOptions options_;
  Poller& poller_;
  const Leg& leg_;
  std::vector<char> scratch_;
  std::vector<std::unique_ptr<ClientConnection>> connections_;
  std::vector<ClientConnection*> idle_;  // the last one used goes first
  std::deque<SteadyTime> queue_;         // intended times of what waits for a connection
  Slice* slice_ = nullptr;
  SteadyTime began_;
  SteadyTime until_;
  std::uint64_t wanted_ = 0;  // requests of this slice
  std::uint64_t started_ = 0;
  std::uint64_t answered_ = 0;
};

}  // namespace bifrost::bench
