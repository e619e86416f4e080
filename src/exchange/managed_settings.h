// The parts of config.json that operators may change while the gateway runs, and that the store
// keeps.
#pragma once

#include "catalog/settings.h"
#include "exchange/client_settings.h"
#include "governance/settings/governance_settings.h"
#include "provider/settings/global_proxy.h"
#include "provider/settings/provider_settings.h"

#include <string>
#include <string_view>

namespace bifrost::exchange {

struct ManagedSettings {
  ClientSettings client;
  provider::Providers providers;
  governance::GovernanceSettings governance;
  catalog::FrameworkSettings framework;
  provider::GlobalProxySettings proxy;

  friend bool operator==(const ManagedSettings&, const ManagedSettings&) = default;
};

// What is stored of them besides the lists of governance (governance/settings/entries.h): kinds of
// entries, and how one of a kind is called.
inline constexpr std::string_view kClientKind = "client";        // there is one, of the same name
inline constexpr std::string_view kFrameworkKind = "framework";  // at most one, of the same name
inline constexpr std::string_view kGlobalProxyKind = "proxy_config";
inline constexpr std::string_view kProviderKind = "provider";  // by its name, without its keys
inline constexpr std::string_view kProviderKeyKind = "provider_key";  // by provider_key_place

// The id of a provider's key, or its name where it has none: unique within the provider.
[[nodiscard]] inline const std::string& key_id(const provider::KeySettings& key) {
  return key.id.empty() ? key.name : key.id;
}
// "openai/3f1c…"
[[nodiscard]] inline std::string provider_key_place(std::string_view provider,
                                                    const provider::KeySettings& key) {
  return std::string(provider).append("/").append(key_id(key));
}

}  // namespace bifrost::exchange
