#include "app/managed_entries.h"

namespace bifrost::app {

config::SharedList<ProviderEntry> entries_of(const provider::Providers& providers) {
  config::SharedList<ProviderEntry> out;
  out.reserve(providers.size());
  for (const auto& [name, settings] : providers) {
    ProviderEntry& entry = out.emplace_back({.name = name, .settings = settings});
    entry.settings.keys.clear();
  }
  return out;
}

config::SharedList<ProviderKeyEntry> keys_of(const provider::Providers& providers) {
  config::SharedList<ProviderKeyEntry> out;
  for (const auto& [name, settings] : providers) {
    for (const provider::KeySettings& key : settings.keys) {
      out.push_back({.provider = name, .key = key});
    }
  }
  return out;
}

Joined join(const config::SharedList<ProviderEntry>& providers,
            const config::SharedList<ProviderKeyEntry>& keys) {
  Joined out;
  for (const ProviderEntry& entry : providers) {
    out.providers.append(entry.name, entry.settings);
  }
  for (const ProviderKeyEntry& entry : keys) {
    if (provider::ProviderSettings* owner = out.providers.find(entry.provider)) {
      owner->keys.push_back(entry.key);
    } else {
      out.left_over.push_back(entry);
    }
  }
  return out;
}

}  // namespace bifrost::app
