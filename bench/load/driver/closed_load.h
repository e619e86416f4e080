// Closed loop: what a leg can do at most with so many requests under way.
//
// Its latencies are those of a system that is never asked faster than it answers; for what callers
// would see at a given rate, see OpenLoad.
#pragma once

#include "bench/load/driver/client_connection.h"
#include "bench/load/driver/load.h"

#include <memory>
#include <vector>

namespace bifrost::bench {

class ClosedLoad final : public Load, public ClientOwner {
 public:
  ClosedLoad(const LoadOptions& options, Poller& poller, const Leg& leg);
  void run(const Turn& turn, Slice& slice) override;

 private:
  void on_answer(ClientConnection& connection, const Answer& answer) override;
  [[nodiscard]] bool wants_more(SteadyTime now) const;
  void send(ClientConnection& connection, SteadyTime now);

  Poller& poller_;
  std::vector<char> scratch_;
  std::vector<std::unique_ptr<ClientConnection>> connections_;
  Slice* slice_ = nullptr;  // that is being run
  Turn turn_;
  SteadyTime until_;
  std::uint64_t sent_ = 0;
  std::size_t under_way_ = 0;
};

}  // namespace bifrost::bench
