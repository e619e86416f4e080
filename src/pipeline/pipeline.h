// Answers requests on one worker. `serve.cc` is the place to start reading.
//
// Belongs to its worker's thread. Holds what is kept from request to request: the route table, the
// connections to providers, a scanner, this worker's metrics.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "client/pool.h"
#include "json/scan.h"
#include "net/resolver.h"
#include "pipeline/exchange.h"
#include "pipeline/gateway_state.h"
#include "pipeline/model_list.h"
#include "pipeline/surface.h"
#include "record/access_log.h"
#include "record/meter.h"
#include "server/handler.h"

#include <array>
#include <string>

namespace bifrost::pipeline {

class Pipeline final : public server::Handler {
 public:
  // All references outlive the pipeline.
  Pipeline(GatewayState& state, net::Loop& loop, net::Resolver& resolver, const Clock& clock,
           telemetry::Shard& shard, SnapshotPtr snapshot);

  // For requests that begin from now on.
  void set_snapshot(SnapshotPtr snapshot);

  // Ends what goes on beside requests; to be awaited before the end of the worker.
  net::Task<Result<void>> stop(net::CallScope& scope) { return models_.stop(scope); }

  net::Task<void> handle(server::Request& request) override;
  void exception_escaped(const http::RequestHead& head, std::string_view what) override;
  [[nodiscard]] std::string protocol_error_body(const Error& error) const override;

 private:
  // Steps; each may end the request with an error, which `handle` writes in one place.
  net::Task<Result<void>> serve(Exchange& exchange);
  net::Task<Result<void>> chat(Exchange& exchange);
  net::Task<Result<void>> list_models(Exchange& exchange);
  net::Task<Result<void>> one_model(Exchange& exchange, std::string_view encoded);
  net::Task<Result<void>> health(Exchange& exchange);
  net::Task<Result<void>> metrics(Exchange& exchange);
  net::Task<Result<void>> banner(Exchange& exchange);

  net::Task<void> write_error(Exchange& exchange, const Error& error);
  [[nodiscard]] upstream::Client client() { return {pool_, clock_, random_}; }

  GatewayState& state_;
  net::Loop& loop_;
  const Clock& clock_;
  SnapshotPtr snapshot_;
  Router router_;
  Random random_;
  client::Pool pool_;
  json::Scanner scanner_;
  record::Meter meter_;
  record::AccessLog access_log_;
  std::array<record::Sink*, 2> sinks_;
  ModelList models_;
};

}  // namespace bifrost::pipeline
