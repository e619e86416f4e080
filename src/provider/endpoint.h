// One configured provider: a row of the table with the addresses, keys and settings of one
// deployment. Also what a custom provider becomes, under its own name.
//
// Built once from the configuration and never changed; a reload builds new ones. Immutable, so safe
// from any thread.
#pragma once

#include "base/result.h"
#include "http/url.h"
#include "provider/provider.h"
#include "provider/settings/provider_settings.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::provider {

// A credential, as configured, with what had to be read out of it.
struct Key {
  KeySettings settings;
  std::optional<http::Url> url;            // of its own server, instead of the endpoint's
  std::string only_model;                  // that its server serves; empty: any
  std::vector<http::Url> token_urls = {};  // where its tokens are got; empty: it needs none

  // By which a request may pin it; the name when none is configured.
  [[nodiscard]] const std::string& id() const {
    return settings.id.empty() ? settings.name : settings.id;
  }
  // What it names itself, as callers write it: its allow-list, its aliases, its server's model.
  [[nodiscard]] std::vector<std::string> named_models() const;
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
  ProviderSettings settings;
  std::vector<Key> keys;    // those that have what the provider needs
  bool keyless = false;     // no key is needed
  std::vector<Side> sides;  // at least one; the first is the usual one
  std::vector<PathOverride> path_overrides;

  [[nodiscard]] const Side& usual_side() const { return sides.front(); }
  // The side that a request goes to: the one that the key asks for, else one that offers the
  // operation, rather in the caller's own format so that bytes pass. `model` is what the caller
  // calls it; `inbound` may be null. Fails as check_allowed does when no side of the key offers it.
  [[nodiscard]] Result<const Side*> side(llm::RequestType type, const dialect::Dialect* inbound,
                                         const Key* key, std::string_view model) const;
  // What a request of this type is for a side: that, or the other form of a conversation. Nothing
  // when the side offers neither, or the configuration does not allow it.
  [[nodiscard]] std::optional<llm::RequestType> carried(const Side& side,
                                                        llm::RequestType type) const;
  // Does a side carry it?
  [[nodiscard]] bool allows(llm::RequestType type) const;
  // The same, as kUnsupportedOperation, after which another target may be asked.
  [[nodiscard]] Result<void> check_allowed(llm::RequestType type) const;
  // Is it a configured key, rather than one that a caller brought?
  [[nodiscard]] bool owns(const Key& key) const {
    return !keys.empty() && &key >= keys.data() && &key < keys.data() + keys.size();
  }
  // The one form of a model's name that rules compare: without the resource prefix of the
  // provider's format ("models/gemini-pro"). A part of `model`.
  [[nodiscard]] std::string_view canonical_model(std::string_view model) const;
  // All names that its keys and their aliases mean, also those that go to the provider.
  [[nodiscard]] std::vector<std::string> named_models() const;
  // What the key calls otherwise; null: nothing of that name.
  [[nodiscard]] const AliasSettings* alias(const Key& key, std::string_view model) const;
  // The name of a model in requests to the provider.
  [[nodiscard]] std::string wire_model(std::string_view model) const;
  [[nodiscard]] const PathOverride* path_override(llm::RequestType type) const;
};

// What stands in the configuration of one provider, checked as far as it can be without a network.
struct BuiltEndpoint {
  Endpoint endpoint;
  std::vector<std::string> warnings;  // whole sentences for the log
};

// Fails with kConfigInvalid; `param` is the path of the field at fault. `spec` outlives the result.
[[nodiscard]] Result<BuiltEndpoint> build_endpoint(std::string_view name, const ProviderSpec& spec,
                                                   const ProviderSettings& settings);

}  // namespace bifrost::provider
