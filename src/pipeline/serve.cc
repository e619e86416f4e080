// The way of a request, step by step.

#include "admin/admit.h"
#include "admin/explain_header.h"
#include "base/log.h"
#include "base/strings.h"
#include "base/try.h"
#include "exchange/error_answer.h"
#include "exchange/finish.h"
#include "exchange/headers.h"
#include "exchange/priority.h"
#include "exchange/router.h"
#include "governance/identify.h"
#include "http/url.h"
#include "overload/stages.h"
#include "pipeline/pipeline.h"

#include <utility>

namespace bifrost::pipeline {
namespace {

using exchange::Exchange;
using exchange::Match;

bool is_for(const Match& route, exchange::Access access) {
  return route.surface != nullptr && route.surface->operation->access == access;
}

bool is_of_operators(const Match& route) {
  return is_for(route, exchange::Access::kOperators) || is_for(route, exchange::Access::kSignIn);
}

bool is_infrastructure(const Match& route) {
  return is_for(route, exchange::Access::kAnybody) || is_of_operators(route);
}

void log_failure(const Exchange& exchange, const Error& error) {
  const bool details = exchange.snapshot->client.dump_errors_in_console_logs;
  if (error.status() < 500 && !details) return;
  BF_LOG(kWarn, "request", "failed", {"request_id", exchange.request_id},
         {"path", log::clipped(http::path_of(exchange.request.head.target))},
         {"status", error.status()}, {"code", error.name()}, {"message", error.message},
         {"provider_status", error.upstream_status});
}

// Somebody who tries what he finds, or one of ours with a key that was deleted: one line now and
// then says how many they were, and where the last one was.
void log_unauthenticated(const Exchange& exchange, std::size_t times) {
  const bool hidden = exchange.snapshot->audit.omit_ip_addresses;
  BF_LOG(kWarn, "access", "requests were refused for want of a credential that is known",
         {"times", times}, {"last_from", hidden ? "" : exchange.request.network},
         {"last_path", log::clipped(http::path_of(exchange.request.head.target))});
}

// The one that the caller gives, so that he finds his request in our logs.
std::string request_id(const http::RequestHead& head, Random& random) {
  const auto given = exchange::given_request_id(head.headers);
  return given ? std::string(*given) : random.uuid();
}

}  // namespace

Pipeline::Pipeline(exchange::Services& services, net::Loop& loop, const Clock& clock,
                   telemetry::Shard& shard, exchange::SnapshotPtr snapshot, Entrance entrance,
                   ledger::Journal* journal)
    : entrance_(entrance), kit_(services, surfaces(), loop, clock, shard, journal) {
  set_snapshot(std::move(snapshot));
}

void Pipeline::set_snapshot(exchange::SnapshotPtr snapshot) {
  snapshot_ = std::move(snapshot);
  good_host_.clear();
  kit_.configure(*snapshot_);
}

net::Task<void> Pipeline::handle(server::Request& request) {
  const telemetry::Counted active = kit_.meter.active_request(request.head.method);
  if (kit_.services.overload.takes(overload::Action::kStopKeepAlive)) request.out.close_after();
  Exchange exchange{request, snapshot_, request_id(request.head, kit_.random)};
  const exchange::SettledAtLast settled(exchange);
  auto served = co_await serve(exchange);
  if (!served) {
    exchange.error = std::move(served).error();
    log_failure(exchange, *exchange.error);
    if (exchange.error->code == ErrorCode::kUnauthenticated) {
      const std::size_t times = refused_pace_.next(kit_.clock.now());
      if (times > 0) log_unauthenticated(exchange, times);
    }
    if (!request.body.skippable()) request.out.close_after();
    exchange::settle(exchange);
    co_await exchange::write_error(exchange, *exchange.error);
  }
  exchange::finish(exchange, kit_.clock, kit_.sinks);
}

// What operators are served demands no credential, whatever other requests do.
bool Pipeline::only_this_machine_is_trusted(const exchange::Doors& doors, bool of_operators) const {
  return entrance_.on_loopback &&
         (doors.keyless || entrance_.routes == Routes::kInfrastructure || of_operators);
}

net::Task<Result<void>> Pipeline::serve(Exchange& exchange) {
  const http::RequestHead& head = exchange.request.head;
  const exchange::ClientSettings& client = exchange.snapshot->client;
  const std::string_view path = http::path_of(head.target);
  const exchange::Doors doors{.cors = client.cors, .keyless = client.access.keyless()};

  exchange.route = kit_.router.match(head.method, path);
  if (entrance_.routes == Routes::kInfrastructure && !is_infrastructure(exchange.route)) {
    exchange.route = {};
  }
  bool explained = false;
  if (exchange.route.surface != nullptr) {
    BF_CO_TRY(explained, admin::asks_to_explain(exchange));
  }
  const bool of_operators = explained || is_of_operators(exchange.route);
  if (only_this_machine_is_trusted(doors, of_operators)) {
    BF_CO_TRY_VOID(check_host(head.headers.get("host")));
  }
  const bool preflight = head.method == "OPTIONS";
  const bool of_a_page = head.headers.contains("origin");
  if (preflight) {
    exchange.cors = exchange::preflight_headers(doors, head.headers);
  } else if (of_a_page) {
    exchange.cors = exchange::cors_headers(doors, head.headers);
  }
  if (exchange.request.share != nullptr && !is_for(exchange.route, exchange::Access::kAnybody)) {
    BF_CO_TRY_VOID(exchange.request.share->take_request());
  }
  if (preflight) {
    co_return co_await exchange.request.out.send(exchange.request.scope, 204,
                                                 exchange::base_headers(exchange), {});
  }
  if (exchange.route.surface == nullptr)
    co_return exchange::no_such_route(exchange.route, head.method, path);

  const exchange::Operation& operation = *exchange.surface().operation;
  if (kit_.door.sheds()) {
    BF_CO_TRY_VOID(kit_.door.admit(exchange::priority_of(operation, head.headers), kit_.random));
  }
  if (of_operators) {
    BF_CO_TRY_VOID(check_page(exchange));
  }
  if (explained) co_return co_await admin::explain_instead(kit_, exchange, entrance_.on_loopback);
  if (operation.access == exchange::Access::kOperators) {
    BF_CO_TRY_VOID(co_await admin::admit(kit_, exchange, entrance_.on_loopback));
  }
  if (operation.access == exchange::Access::kCallers) {
    if (of_a_page) {
      BF_CO_TRY_VOID(exchange::check_origin(doors, head.headers));
    }
    const dialect::Dialect* dialect = exchange.surface().dialect;
    BF_CO_TRY(
        exchange.caller,
        governance::identify(client.access, {.directory = exchange.snapshot->rules.directory,
                                             .now = kit_.clock.wall(),
                                             .head = head,
                                             .path = path,
                                             .dialect = dialect != nullptr ? dialect->name : ""}));
  }
  co_return co_await operation.run(kit_, exchange);
}

// A browser shows a name and password that it knows for every page that asks, so other sites' pages
// are kept out whatever the gateway demands of its callers.
Result<void> Pipeline::check_page(const Exchange& exchange) {
  const http::Headers& headers = exchange.request.head.headers;
  if (!headers.contains("origin")) return {};
  return exchange::check_origin({.cors = exchange.snapshot->client.cors}, headers);
}

// Callers come by the same name again and again.
Result<void> Pipeline::check_host(std::string_view host) {
  constexpr std::size_t kKeptBytesMax = 256;
  if (host == good_host_ && !host.empty()) return {};
  BF_TRY_VOID(exchange::check_host(snapshot_->server->allowed_hosts, host));
  if (host.size() <= kKeptBytesMax) good_host_ = host;
  return {};
}

// What was known of it is gone with its exchange; that it was there is told all the same.
void Pipeline::exception_escaped(server::Request& request, std::string_view what) {
  kit_.meter.exception_escaped();
  const std::string_view path = http::path_of(request.head.target);
  Exchange exchange{request, snapshot_, request_id(request.head, kit_.random)};
  BF_LOG(kError, "request", "an exception ended it", {"request_id", exchange.request_id},
         {"path", log::clipped(path)}, {"what", what});
  exchange.route = kit_.router.match(request.head.method, path);
  exchange.error = gateway_error(ErrorCode::kInternal, std::string(what));
  exchange::finish(exchange, kit_.clock, kit_.sinks);
}

std::string Pipeline::protocol_error_body(const Error& error) const {
  return exchange::protocol_error_body(error);
}

}  // namespace bifrost::pipeline
