#include "upstream/network.h"

#include "base/try.h"
#include "upstream/proxies.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace bifrost::upstream {
namespace {

bool same_place(const client::Origin& origin, const http::Url& url) {
  return origin.https == url.tls && origin.port == url.port && origin.host == url.host;
}

// Every address that the endpoint may be reached at.
std::vector<http::Url> addresses(const provider::Endpoint& endpoint) {
  std::vector<http::Url> urls;
  for (const provider::Side& side : endpoint.sides) {
    if (!side.base.host.empty()) urls.push_back(side.base);
  }
  for (const provider::Key& key : endpoint.keys) {
    if (key.url) urls.push_back(*key.url);
  }
  for (const provider::PathOverride& path : endpoint.path_overrides) {
    if (path.url) urls.push_back(*path.url);
  }
  return urls;
}

bool needs_tls(const provider::Endpoint& endpoint) {
  const auto by_tls = [](const http::Url& url) { return url.tls; };
  return std::ranges::any_of(addresses(endpoint), by_tls) ||
         std::ranges::any_of(endpoint.keys, [&](const provider::Key& key) {
           return std::ranges::any_of(key.token_urls, by_tls);
         });
}

// What the addresses of one endpoint have in common.
struct Way {
  const provider::Endpoint& endpoint;
  const provider::GlobalProxySettings& proxy;  // for those that have none of their own
  const config::Environment& environment;
  std::shared_ptr<const net::TlsContext> tls = {};
};

// A proxy of its own goes before the one of all.
Result<void> choose_proxy(const Way& way, const http::Url& url, client::Origin& origin) {
  const bool has_own = way.endpoint.settings.proxy.type != provider::ProxyType::kNone;
  if (has_own || !way.proxy.enable_for_inference) {
    BF_TRY(origin.proxy, proxy_for(way.endpoint.settings.proxy, url, way.environment));
    return {};
  }
  BF_TRY(origin.proxy, proxy_for(way.proxy, url));
  if (origin.proxy != nullptr && way.proxy.timeout > 0) {
    origin.connect_timeout = std::chrono::seconds(way.proxy.timeout);
  }
  return {};
}

Result<std::shared_ptr<const client::Origin>> make_origin(const Way& way, const http::Url& url) {
  const provider::Endpoint& endpoint = way.endpoint;
  const provider::NetworkSettings& network = endpoint.settings.network;
  auto origin = std::make_shared<client::Origin>();
  origin->https = url.tls;
  origin->host = url.host;
  origin->port = url.port;
  if (url.tls) origin->tls = way.tls;
  origin->allow_private_network = network.allow_private_network;
  origin->connect_timeout = network.connect_timeout;
  origin->keep_alive_timeout = network.keep_alive_timeout;
  BF_TRY_VOID(choose_proxy(way, url, *origin));
  return std::shared_ptr<const client::Origin>(std::move(origin));
}

Result<std::shared_ptr<const net::TlsContext>> make_tls(const Way& way) {
  const provider::Endpoint& endpoint = way.endpoint;
  const provider::NetworkSettings& network = endpoint.settings.network;
  net::TlsClientOptions options;
  options.ca_pem = network.ca_cert_pem;
  // A proxy that opens TLS shows certificates of its own authority.
  if (!endpoint.settings.proxy.ca_cert_pem.empty()) {
    options.ca_pem += "\n" + endpoint.settings.proxy.ca_cert_pem;
  }
  const bool has_own = endpoint.settings.proxy.type != provider::ProxyType::kNone;
  if (way.proxy.enabled && way.proxy.enable_for_inference && !has_own) {
    options.ca_pem += "\n" + way.proxy.ca_cert_pem;
  }
  options.insecure_skip_verify = network.insecure_skip_verify;
  auto context = net::TlsContext::client(options);
  if (!context) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "providers." + endpoint.name + ": " + context.error().message);
  }
  return context;
}

// Before it is told of each provider.
Result<void> check_trust(const provider::GlobalProxySettings& proxy) {
  if (proxy.ca_cert_pem.empty()) return {};
  if (const auto context = net::TlsContext::client({.ca_pem = proxy.ca_cert_pem}); !context) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "proxy_config.ca_cert_pem: " + context.error().message);
  }
  return {};
}

std::shared_ptr<const client::Origin> find_origin(
    const std::vector<std::shared_ptr<const client::Origin>>& origins, const http::Url& url) {
  const auto found =
      std::ranges::find_if(origins, [&](const auto& origin) { return same_place(*origin, url); });
  return found == origins.end() ? nullptr : *found;
}

// A server of tokens is reached as the provider is, by the same settings; but its addresses are
// none that a request may go to. The machine's own server is never asked through a proxy.
Result<TokenTermsPtr> make_token_terms(const Way& way, const provider::Key& key) {
  const provider::Endpoint& endpoint = way.endpoint;
  auto terms = std::make_shared<TokenTerms>();
  terms->provider = endpoint.name;
  terms->key = key;
  terms->source = endpoint.spec->tokens;
  terms->network = endpoint.settings.network;
  for (const http::Url& url : key.token_urls) {
    if (find_origin(terms->origins, url)) continue;
    BF_TRY(const auto usual, make_origin(way, url));
    auto origin = std::make_shared<client::Origin>(*usual);
    origin->allow_link_local = terms->source->link_local;
    if (origin->allow_link_local) origin->proxy = nullptr;
    terms->origins.push_back(std::move(origin));
  }
  return TokenTermsPtr(std::move(terms));
}

GateLimits gate_limits(const provider::Endpoint& endpoint, bool drop_excess) {
  const provider::ConcurrencySettings& settings = endpoint.settings.concurrency;
  // Each call needs a connection of its own, so the smaller bound is the true one.
  const std::int64_t in_flight =
      std::min(settings.concurrency, endpoint.settings.network.max_conns_per_host);
  return {.in_flight_max = static_cast<std::size_t>(in_flight),
          .waiting_max = static_cast<std::size_t>(settings.buffer_size),
          .drop_excess = drop_excess};
}

}  // namespace

std::shared_ptr<Gate> Gates::get(std::string_view provider, GateLimits limits) {
  const std::lock_guard lock(mutex_);
  const auto known = gates_.find(provider);
  if (known != gates_.end()) {
    known->second->set_limits(limits);
    return known->second;
  }
  auto gate = std::make_shared<Gate>(limits);
  gates_.emplace(std::string(provider), gate);
  return gate;
}

std::vector<std::pair<std::string, std::shared_ptr<Gate>>> Gates::all() const {
  const std::lock_guard lock(mutex_);
  return {gates_.begin(), gates_.end()};
}

Result<Network> Network::build(const provider::Registry& registry, const NetworkTerms& terms,
                               Gates& gates, const config::Environment& environment) {
  Network network;
  BF_TRY_VOID(check_trust(terms.proxy));
  // Everything that can fail comes before the gates are touched: a bad configuration is refused
  // whole.
  for (const provider::Endpoint& endpoint : registry) {
    Entry entry;
    Way way{.endpoint = endpoint, .proxy = terms.proxy, .environment = environment};
    if (needs_tls(endpoint)) {
      BF_TRY(way.tls, make_tls(way));
    }
    for (const http::Url& url : addresses(endpoint)) {
      if (find_origin(entry.origins, url)) continue;
      BF_TRY(auto origin, make_origin(way, url));
      entry.origins.push_back(std::move(origin));
    }
    for (const provider::Key& key : endpoint.keys) {
      if (key.token_urls.empty()) continue;
      BF_TRY(entry.tokens[&key], make_token_terms(way, key));
    }
    network.entries_.emplace(&endpoint, std::move(entry));
  }
  for (const provider::Endpoint& endpoint : registry) {
    network.entries_[&endpoint].gate =
        gates.get(endpoint.name, gate_limits(endpoint, terms.drop_excess));
  }
  return network;
}

const std::shared_ptr<Gate>& Network::gate(const provider::Endpoint& endpoint) const {
  return entries_.at(&endpoint).gate;
}

std::shared_ptr<const client::Origin> Network::origin(const provider::Endpoint& endpoint,
                                                      const http::Url& url) const {
  return find_origin(entries_.at(&endpoint).origins, url);
}

const TokenTermsPtr& Network::token_terms(const provider::Endpoint& endpoint,
                                          const provider::Key& key) const {
  return entries_.at(&endpoint).tokens.at(&key);
}

bool TokenTerms::same_credential(const TokenTerms& other) const {
  return source == other.source && provider == other.provider &&
         key.token_urls == other.key.token_urls && key.settings == other.key.settings;
}

std::shared_ptr<const client::Origin> TokenTerms::origin(const http::Url& url) const {
  return find_origin(origins, url);
}

}  // namespace bifrost::upstream
