// What operators may change as the store keeps it: lists of entries that have an id each.
//
// A provider's keys are entries of their own: a key that came through the API outlives a change of
// its provider in the file, and the other way round.
#pragma once

#include "config/shared_list.h"
#include "exchange/managed_settings.h"
#include "governance/settings/entries.h"

#include <string>
#include <utility>
#include <vector>

namespace bifrost::app {

struct ProviderEntry {
  std::string name;
  provider::ProviderSettings settings;  // has no keys

  void describe(this auto& self, auto& visit) {
    visit.field("name", self.name, {.text = "Name of the provider.", .required = true});
    self.settings.describe(visit);
  }
  void check(config::CheckScope& scope) const { settings.check(scope); }

  friend bool operator==(const ProviderEntry&, const ProviderEntry&) = default;
};

struct ProviderKeyEntry {
  std::string provider;
  provider::KeySettings key;

  void describe(this auto& self, auto& visit) {
    visit.field("provider", self.provider, {.text = "Name of the provider.", .required = true});
    self.key.describe(visit);
  }
  [[nodiscard]] std::string place() const { return exchange::provider_key_place(provider, key); }

  friend bool operator==(const ProviderKeyEntry&, const ProviderKeyEntry&) = default;
};

[[nodiscard]] config::SharedList<ProviderEntry> entries_of(const provider::Providers& providers);
[[nodiscard]] config::SharedList<ProviderKeyEntry> keys_of(const provider::Providers& providers);

// The way back. Keys of a provider that is not there are left over.
struct Joined {
  provider::Providers providers;
  std::vector<ProviderKeyEntry> left_over;
};
[[nodiscard]] Joined join(const config::SharedList<ProviderEntry>& providers,
                          const config::SharedList<ProviderKeyEntry>& keys);

}  // namespace bifrost::app
