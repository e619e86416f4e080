#include "app/managed_entries.h"

namespace bifrost::app {

std::vector<ProviderEntry> entries_of(const provider::Providers& providers) {
  std::vector<ProviderEntry> out;
  out.reserve(providers.size());
  for (const auto& [name, settings] : providers) {
    ProviderEntry& entry = out.emplace_back(name, settings);
    entry.settings.keys.clear();
  }
  return out;
}

std::vector<ProviderKeyEntry> keys_of(const provider::Providers& providers) {
  std::vector<ProviderKeyEntry> out;
  for (const auto& [name, settings] : providers) {
    for (const provider::KeySettings& key : settings.keys) out.emplace_back(name, key);
  }
  return out;
}

Joined join(std::vector<ProviderEntry> providers, std::vector<ProviderKeyEntry> keys) {
  Joined out;
  for (ProviderEntry& entry : providers) {
    out.providers.append(std::move(entry.name), std::move(entry.settings));
  }
  for (ProviderKeyEntry& entry : keys) {
    if (provider::ProviderSettings* owner = out.providers.find(entry.provider)) {
      owner->keys.push_back(std::move(entry.key));
    } else {
      out.left_over.push_back(std::move(entry));
    }
  }
  return out;
}

}  // namespace bifrost::app
