// The fake provider: canned answers at once, streams paced to the microsecond.
//
// One thread and one write for each answer, so that its own cost is the least that can stand behind
// a gateway. GET /stats says what it did and how late its streams were, and forgets it.
#pragma once

#include "bench/load/histogram.h"
#include "bench/load/poller.h"
#include "bench/load/socket.h"
#include "bench/load/wire_format.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace bifrost::bench {

struct ProviderStats {
  std::uint64_t connections = 0;
  std::uint64_t requests = 0;
  std::uint64_t streams = 0;
  std::uint64_t events = 0;
  std::uint64_t refused = 0;  // requests that are not of this bench, or whose body was cut
  std::uint64_t broken = 0;   // connections that ended in the middle, or broke the protocol
  Histogram lateness;         // of events: how long after their time they were sent
};

class ProviderConnection;

class Provider final : private Ready {
 public:
  // The poller outlives it.
  Provider(Poller& poller, Socket listener);
  ~Provider() override;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  // Lets go of connections that are over; call it between two rounds of the poller.
  void sweep();

  // For its connections.
  [[nodiscard]] std::span<char> scratch() { return scratch_; }  // to read into, and use at once
  [[nodiscard]] ProviderStats& stats() { return stats_; }
  [[nodiscard]] std::string stats_answer();
  // The whole answer to a request that asks for no stream, head included. Valid until the next
  // call.
  [[nodiscard]] std::string_view answer(const Asked& asked);
  [[nodiscard]] int status_for(const Recipe& recipe);
  void is_over(ProviderConnection& connection);

 private:
  void on_ready(std::uint32_t events) override;

  struct Canned {
    Asked asked;
    int status;
    std::string bytes;
  };

  Poller& poller_;
  Socket listener_;
  ProviderStats stats_;
  std::vector<char> scratch_;
  std::vector<Canned> canned_;
  std::unordered_map<ProviderConnection*, std::unique_ptr<ProviderConnection>> connections_;
  std::vector<ProviderConnection*> over_;
};

// An answer with its head.
[[nodiscard]] std::string whole_answer(int status, std::string_view body);

}  // namespace bifrost::bench
