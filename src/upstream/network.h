// How the endpoints of one configuration are reached: their connections' terms and their gates.
//
// Built with a Registry and as immutable; safe from any thread. Gates are taken over from the
// configuration before, so that a reload does not forget the calls that are under way.
#pragma once

#include "base/result.h"
#include "client/origin.h"
#include "config/environment.h"
#include "http/url.h"
#include "provider/registry.h"
#include "provider/settings/global_proxy.h"
#include "upstream/gate.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrost::upstream {

// The gates of a process by provider. Outlives every configuration. Thread-safe.
class Gates {
 public:
  // The provider's gate with these limits; made when it is new.
  std::shared_ptr<Gate> get(std::string_view provider, GateLimits limits);
  // Every gate that was ever made, for the metrics.
  [[nodiscard]] std::vector<std::pair<std::string, std::shared_ptr<Gate>>> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Gate>, std::less<>> gates_;
};

// How the tokens of one key are got. Immutable, and a copy: a fetch outlives the configuration.
struct TokenTerms {
  std::string provider;
  provider::Key key;
  const provider::TokenSource* source = nullptr;  // never null
  provider::NetworkSettings network;
  std::vector<std::shared_ptr<const client::Origin>> origins;  // of the source's addresses only

  // Does a token that one of them got serve the other?
  [[nodiscard]] bool same_credential(const TokenTerms& other) const;
  // Null when it is no address of the source.
  [[nodiscard]] std::shared_ptr<const client::Origin> origin(const http::Url& url) const;
};

using TokenTermsPtr = std::shared_ptr<const TokenTerms>;

// What all providers have in common.
struct NetworkTerms {
  bool drop_excess = false;  // where a queue is full
  provider::GlobalProxySettings proxy = {};
};

class Network {
 public:
  // Fails with kConfigInvalid when TLS settings cannot be used.
  static Result<Network> build(const provider::Registry& registry, const NetworkTerms& terms,
                               Gates& gates, const config::Environment& environment);

  [[nodiscard]] const std::shared_ptr<Gate>& gate(const provider::Endpoint& endpoint) const;
  // The terms for an address of the endpoint; null when it is none of its configured ones.
  [[nodiscard]] std::shared_ptr<const client::Origin> origin(const provider::Endpoint& endpoint,
                                                             const http::Url& url) const;
  // Of a key of the endpoint that needs tokens; never null.
  [[nodiscard]] const TokenTermsPtr& token_terms(const provider::Endpoint& endpoint,
                                                 const provider::Key& key) const;

 private:
  struct Entry {
    std::shared_ptr<Gate> gate;
    std::vector<std::shared_ptr<const client::Origin>> origins;
    std::unordered_map<const provider::Key*, TokenTermsPtr> tokens;  // by those that need them
  };
  std::unordered_map<const provider::Endpoint*, Entry> entries_;
};

}  // namespace bifrost::upstream
