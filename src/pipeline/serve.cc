// The way of a request, step by step.

#include "base/log.h"
#include "base/try.h"
#include "dialect/openai_chat/errors.h"
#include "http/url.h"
#include "pipeline/answer_headers.h"
#include "pipeline/caller.h"
#include "pipeline/finish.h"
#include "pipeline/pipeline.h"

#include <chrono>
#include <utility>

namespace bifrost::pipeline {
namespace {

Error no_such_route(const Match& route, const http::RequestHead& head, std::string_view path) {
  if (!route.allow.empty()) {
    return client_error(
        ErrorCode::kMethodNotAllowed,
        head.method + " is not allowed on " + std::string(path) + "; use " + route.allow);
  }
  std::string message = "no such route: " + head.method + " " + std::string(path);
  if (!route.meant.empty()) message += "; did you mean " + route.meant + "?";
  return client_error(ErrorCode::kRouteNotFound, std::move(message));
}

dialect::openai_chat::UnifiedErrorContext unified_context(const Exchange& exchange) {
  return {.event_id = exchange.request_id,
          .provider = exchange.call ? std::string_view(exchange.call->attempted_provider) : "",
          .model_requested = exchange.call ? std::string_view(exchange.call->facts.model) : "",
          .request_type = exchange.route.surface != nullptr
                              ? operation_name(exchange.surface().operation)
                              : std::string_view()};
}

void log_failure(const Exchange& exchange, const Error& error) {
  const bool details = exchange.snapshot->config.client.dump_errors_in_console_logs;
  if (error.status() < 500 && !details) return;
  BF_LOG(kWarn, "request", "failed", {"request_id", exchange.request_id},
         {"path", http::path_of(exchange.request.head.target)}, {"status", error.status()},
         {"code", error.name()}, {"message", error.message},
         {"provider_status", error.upstream_status});
}

}  // namespace

Pipeline::Pipeline(GatewayState& state, net::Loop& loop, net::Resolver& resolver,
                   const Clock& clock, telemetry::Shard& shard, SnapshotPtr snapshot)
    : state_(state),
      loop_(loop),
      clock_(clock),
      snapshot_(std::move(snapshot)),
      random_(Random::from_entropy()),
      pool_(loop, resolver, shard.gauge(telemetry::Metric::kConnections, {"provider"})),
      meter_(shard, state.metrics.custom_labels(), state.key_states),
      access_log_(random_),
      sinks_{&meter_, &access_log_},
      models_(loop, {pool_, clock_, random_}) {}

void Pipeline::set_snapshot(SnapshotPtr snapshot) {
  snapshot_ = std::move(snapshot);
  access_log_.set_share(snapshot_->config.server.access_log_share);
}

net::Task<void> Pipeline::handle(server::Request& request) {
  const telemetry::Counted active = meter_.active_request(request.head.method);
  const auto id = given_request_id(request.head.headers);
  Exchange exchange{request, snapshot_, id ? std::string(*id) : random_.uuid()};
  auto served = co_await serve(exchange);
  if (!served) {
    exchange.error = std::move(served).error();
    log_failure(exchange, *exchange.error);
    if (!request.body.skippable()) request.out.close_after();
    co_await write_error(exchange, *exchange.error);
  }
  finish(exchange, clock_, sinks_);
}

net::Task<Result<void>> Pipeline::serve(Exchange& exchange) {
  const http::RequestHead& head = exchange.request.head;
  const config::ClientSettings& client = exchange.snapshot->config.client;
  const std::string_view path = http::path_of(head.target);

  if (head.method == "OPTIONS") {
    exchange.cors = preflight_headers(client, head.headers);
    co_return co_await exchange.request.out.send(exchange.request.scope, 204,
                                                 base_headers(exchange), {});
  }
  exchange.cors = cors_headers(client, head.headers);
  exchange.route = router_.match(head.method, path);
  if (exchange.route.surface == nullptr) co_return no_such_route(exchange.route, head, path);

  switch (exchange.surface().operation) {
    case Operation::kHealth:
      co_return co_await health(exchange);
    case Operation::kMetrics:
      co_return co_await metrics(exchange);
    case Operation::kBanner:
      co_return co_await banner(exchange);
    case Operation::kChat:
    case Operation::kListModels:
      break;
  }
  BF_CO_TRY_VOID(check_caller(client, head, path));
  if (exchange.surface().operation == Operation::kListModels) {
    co_return co_await list_models(exchange);
  }
  co_return co_await chat(exchange);
}

// The one place where an error becomes an answer.
net::Task<void> Pipeline::write_error(Exchange& exchange, const Error& error) {
  if (exchange.request.scope.cancelled()) co_return;
  server::Responder& out = exchange.request.out;
  const Surface* surface = exchange.route.spoken();
  const dialect::Dialect* dialect = surface != nullptr ? surface->dialect : nullptr;
  Result<void> written;
  switch (out.state()) {
    case server::Responder::State::kFresh: {
      const bool native = dialect != nullptr && !exchange.unified();
      const std::string body =
          native ? dialect->family.encode_error(error)
                 : dialect::openai_chat::encode_unified_error(error, unified_context(exchange));
      written = co_await out.send(exchange.request.scope, error.status(),
                                  error_headers(exchange, error), body);
      break;
    }
    case server::Responder::State::kStream:
      // A keep-alive has committed the status: the stream is the only place left.
      if (dialect == nullptr) break;
      written =
          co_await out.write(exchange.request.scope, dialect->chat->encode_stream_error(error));
      if (written) written = co_await out.end(exchange.request.scope);
      break;
    case server::Responder::State::kWhole:
    case server::Responder::State::kComplete:
    case server::Responder::State::kBroken:
      break;  // there is no place left to say it; an answer that is cut off ends the connection
  }
  ignore(written, "the caller has left, there is nobody to tell");
}

void Pipeline::exception_escaped(const http::RequestHead& head, std::string_view what) {
  meter_.exception_escaped();
  BF_LOG(kError, "request", "an exception ended it", {"path", http::path_of(head.target)},
         {"what", what});
}

std::string Pipeline::protocol_error_body(const Error& error) const {
  return dialect::openai_chat::encode_unified_error(error, {});
}

}  // namespace bifrost::pipeline
