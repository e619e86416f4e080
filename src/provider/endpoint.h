// One configured provider: a row of the table with the addresses, keys and settings of one
// deployment. Also what a custom provider becomes, under its own name.
//
// An endpoint speaks one dialect. A provider whose keys ask for its Anthropic-compatible address
// becomes two endpoints of one name: the main one, and its Anthropic side for the chats of those
// keys. Both have all keys; which of them a chat goes to depends on the key and on the model.
//
// Built once from the configuration and never changed; a reload builds new ones. Immutable, so safe
// from any thread.
#pragma once

#include "base/result.h"
#include "config/provider_settings.h"
#include "http/url.h"
#include "provider/provider.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::provider {

// A credential, as configured, with what had to be read out of it.
struct Key {
  config::KeySettings settings;
  std::optional<http::Url> url;  // of its own server, instead of the endpoint's
  std::string only_model;        // that its server serves; empty: any

  // By which a request may pin it; the name when none is configured.
  [[nodiscard]] const std::string& id() const {
    return settings.id.empty() ? settings.name : settings.id;
  }
};

// Where requests of a type go instead of their usual path.
struct PathOverride {
  llm::RequestType type;
  std::optional<http::Url> url;  // a full address
  std::string target;            // else a path below the base URL
};

struct Endpoint {
  std::string name;                    // "openai", or a custom provider's own
  const ProviderSpec* spec = nullptr;  // never null; a custom provider's is that of its base type
  config::ProviderSettings settings;
  http::Url base;          // no host: the provider is built in, or each key has its own
  std::vector<Key> keys;   // those that have what the provider needs
  bool keyless = false;    // no key is needed
  dialect::Flavor flavor;  // the spec's with this deployment's settings
  std::vector<PathOverride> path_overrides;
  bool sends_done_marker = true;
  bool is_anthropic_side = false;

  // Do chats with this model and this key go to this endpoint, rather than to the other one of its
  // name? `model` is what the caller calls it.
  [[nodiscard]] bool takes(const Key& key, std::string_view model) const;
  // Does the provider offer it, and does the configuration allow it?
  [[nodiscard]] bool allows(llm::RequestType type) const;
  // The name of a model in requests to the provider.
  [[nodiscard]] std::string wire_model(std::string_view model) const;
  [[nodiscard]] const PathOverride* path_override(llm::RequestType type) const;
  [[nodiscard]] const dialect::Dialect& dialect() const { return *spec->dialect; }
};

// What stands in the configuration of one provider, checked as far as it can be without a network.
struct BuiltEndpoint {
  Endpoint endpoint;
  std::optional<Endpoint> anthropic_side;
  std::vector<std::string> warnings;  // whole sentences for the log
};

// Fails with kConfigInvalid; `param` is the path of the field at fault. `spec` outlives the result.
[[nodiscard]] Result<BuiltEndpoint> build_endpoint(std::string_view name, const ProviderSpec& spec,
                                                   const config::ProviderSettings& settings);

}  // namespace bifrost::provider
