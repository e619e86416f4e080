#include "app/fetch_url.h"

#include "base/try.h"
#include "client/pool.h"
#include "net/dns_client.h"
#include "net/resolver.h"
#include "net/tls.h"
#include "telemetry/cell.h"
#include "upstream/proxies.h"
#include "upstream/read_whole.h"

#include <memory>
#include <utility>

namespace bifrost::app {
namespace {

constexpr net::CallScope::Expiry kSlow{ErrorCode::kUpstreamTotalTimeout, Origin::kUpstream,
                                       Retry::kNo, "it did not come in time"};
constexpr net::CallScope::Expiry kBrokenOff{ErrorCode::kShuttingDown, Origin::kGateway, Retry::kNo,
                                            "the gateway is going down"};

Result<std::shared_ptr<const client::Origin>> origin_of(const http::Url& url,
                                                        const FetchTerms& terms,
                                                        const config::Environment& environment) {
  auto origin = std::make_shared<client::Origin>();
  origin->https = url.tls;
  origin->host = url.host;
  origin->port = url.port;
  origin->allow_private_network = true;  // an operator has said it
  if (url.tls) {
    const std::string& ca_pem = terms.proxy.enabled ? terms.proxy.ca_cert_pem : std::string();
    BF_TRY(origin->tls,
           net::TlsContext::client({.ca_pem = ca_pem, .insecure_skip_verify = terms.own}));
  }
  if (terms.proxy.enabled) {
    BF_TRY(origin->proxy, upstream::proxy_for(terms.proxy, url));
  } else if (!terms.own) {
    BF_TRY(origin->proxy, upstream::proxy_of_environment(url, environment));
  }
  return std::shared_ptr<const client::Origin>(std::move(origin));
}

// What one fetch works with.
struct Tools {
  explicit Tools(net::Loop& loop)
      : dns(loop, {}), resolver(loop, dns, observer), pool(loop, resolver, open) {}
  net::DnsClient dns;
  net::ResolverObserver observer;
  net::Resolver resolver;
  telemetry::Gauge open;
  client::Pool pool;
};

struct Fetch {
  const http::Url& url;
  const FetchTerms& terms;
  std::shared_ptr<const client::Origin> origin;
  Tools& tools;
  Result<std::string> outcome = std::string();
};

net::Task<Result<std::string>> get(net::CallScope& scope, const Fetch& fetch) {
  const net::CallScope::Deadline patience(scope, fetch.terms.patience, kSlow);
  const http::Headers headers{{"accept", "application/json"}, {"user-agent", "bifrost"}};
  const std::string target = fetch.url.target();
  const client::Request request{.method = "GET", .target = target, .headers = headers, .body = {}};
  BF_CO_TRY(client::Response answer, co_await fetch.tools.pool.send(scope, fetch.origin, request));
  if (answer.head.status != 200) {
    co_return upstream_error(
        ErrorCode::kUpstreamProtocol, Retry::kNo,
        fetch.url.host + " answered " + std::to_string(answer.head.status) + ", not 200");
  }
  co_return co_await upstream::read_whole(scope, *answer.body,
                                          {.bytes_max = fetch.terms.bytes_max});
}

net::Task<void> run(net::CallScope& scope, Fetch& fetch) {
  fetch.outcome = co_await get(scope, fetch);
}

net::Task<void> end(net::CallScope& scope, net::TaskGroup& tasks, Tools& tools) {
  ignore(co_await tasks.drained(scope), "nobody interrupts this wait");
  tools.pool.clear();
  ignore(co_await tools.resolver.stop(scope), "nobody interrupts this wait");
  scope.loop().stop();
}

}  // namespace

Result<std::string> UrlFetcher::get(const http::Url& url, const FetchTerms& terms) {
  net::Loop loop;
  Tools tools(loop);
  tools.dns.set_servers(terms.dns_servers);
  net::TaskGroup tasks(loop);
  net::TaskGroup last(loop);
  Fetch fetch{.url = url, .terms = terms, .origin = nullptr, .tools = tools};
  BF_TRY(fetch.origin, origin_of(url, terms, environment_));
  {
    const std::scoped_lock lock(mutex_);
    if (broken_off_) return kBrokenOff.error();
    loop_ = &loop;
    tasks_ = &tasks;
    tasks.spawn("fetch", [&](net::CallScope& scope) { return run(scope, fetch); });
    last.spawn("end of the fetch", [&](net::CallScope& scope) { return end(scope, tasks, tools); });
  }
  loop.run();
  const std::scoped_lock lock(mutex_);
  loop_ = nullptr;
  tasks_ = nullptr;
  return std::move(fetch.outcome);
}

void UrlFetcher::break_off() {
  const std::scoped_lock lock(mutex_);
  broken_off_ = true;
  if (loop_ == nullptr) return;
  loop_->post([tasks = tasks_] { tasks->cancel_all(kBrokenOff); });
}

}  // namespace bifrost::app
