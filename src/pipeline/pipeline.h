// Answers requests on one worker. `serve.cc` is the place to start reading.
//
// Belongs to its worker's thread. Holds what is kept from request to request: the route table, and
// the tools that operations work with.
#pragma once

#include "base/log_pace.h"
#include "exchange/cors.h"
#include "exchange/exchange.h"
#include "exchange/worker_kit.h"
#include "pipeline/surface.h"
#include "server/handler.h"

#include <cstdint>
#include <string>

namespace bifrost::pipeline {

enum class Routes : std::uint8_t {
  kAll,
  kInfrastructure,  // what anybody or an operator may ask; the others are not there
};

// The port that requests come in by.
struct Entrance {
  Routes routes = Routes::kAll;
  bool on_loopback = false;  // nobody but this machine can connect
};

class Pipeline final : public server::Handler {
 public:
  // All references outlive the pipeline, and so does `journal`; null: usage is not kept.
  Pipeline(exchange::Services& services, net::Loop& loop, const Clock& clock,
           telemetry::Shard& shard, exchange::SnapshotPtr snapshot, Entrance entrance = {},
           ledger::Journal* journal = nullptr);

  // For requests that begin from now on.
  void set_snapshot(exchange::SnapshotPtr snapshot);

  // Closes connections to providers that no call uses.
  void close_idle() { kit_.pool.clear(); }
  [[nodiscard]] overload::Door& door() { return kit_.door; }

  // Ends what goes on beside requests; to be awaited before the end of the worker.
  net::Task<Result<void>> stop(net::CallScope& scope) { return kit_.stop(scope); }

  net::Task<void> handle(server::Request& request) override;
  void exception_escaped(server::Request& request, std::string_view what) override;
  [[nodiscard]] std::string protocol_error_body(const Error& error) const override;

 private:
  // Route, look who asks, run. An error is written by `handle`, in one place.
  net::Task<Result<void>> serve(exchange::Exchange& exchange);
  Result<void> check_host(std::string_view host);
  [[nodiscard]] static Result<void> check_page(const exchange::Exchange& exchange);
  // Is it this machine, and nothing else, that keeps strangers out?
  [[nodiscard]] bool only_this_machine_is_trusted(const exchange::Doors& doors,
                                                  bool of_operators) const;

  const Entrance entrance_;
  exchange::SnapshotPtr snapshot_;
  std::string good_host_;  // that was checked last; empty: none
  LogPace refused_pace_;   // of the line about callers without a credential
  exchange::WorkerKit kit_;
};

}  // namespace bifrost::pipeline
