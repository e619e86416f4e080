#include "admin/provider_entries.h"

#include "admin/settings_body.h"
#include "admin/show.h"
#include "base/random.h"
#include "provider/settings/providers.h"

#include <algorithm>
#include <utility>

namespace bifrost::admin {

using provider::KeySettings;
using provider::ProviderSettings;

Result<const ProviderSettings*> find_provider(const exchange::ManagedSettings& managed,
                                              std::string_view name) {
  const ProviderSettings* found = managed.providers.find(name);
  if (found == nullptr) return no_such("provider", name);
  return found;
}

Result<ProviderSettings*> find_provider(exchange::ManagedSettings& managed, std::string_view name) {
  ProviderSettings* found = managed.providers.find(name);
  if (found == nullptr) return no_such("provider", name);
  return found;
}

Result<const KeySettings*> find_key(const ProviderSettings& provider, std::string_view id) {
  const auto found = std::ranges::find(provider.keys, id, exchange::key_id);
  if (found == provider.keys.end()) return no_such("key of this provider", id);
  return &*found;
}

Result<KeySettings*> find_key(ProviderSettings& provider, std::string_view id) {
  const auto found = std::ranges::find(provider.keys, id, exchange::key_id);
  if (found == provider.keys.end()) return no_such("key of this provider", id);
  return &*found;
}

void settle_key(KeySettings& key) {
  if (key.id.empty()) key.id = secret_uuid();
  provider::normalise_allow_list(key.models, 2);
}

void write_key(json::Writer& writer, const Call& call, std::string_view provider,
               const KeySettings& key, const std::vector<std::string>& warnings) {
  KeySettings shown = key;
  shown.id = exchange::key_id(key);
  writer.begin_object();
  write_settings(writer, shown);
  writer.member("provider", provider);
  write_times(writer, call.desk.entry(exchange::kProviderKeyKind,
                                      exchange::provider_key_place(provider, key)));
  write_warnings(writer, warnings);
  writer.end_object();
}

void write_provider(json::Writer& writer, const Call& call, std::string_view name,
                    const ProviderSettings& provider, const std::vector<std::string>& warnings) {
  ProviderSettings shown = provider;
  for (KeySettings& key : shown.keys) key.id = exchange::key_id(key);
  writer.begin_object().member("name", name).member("provider_status", "active");
  write_settings(writer, shown);
  write_times(writer, call.desk.entry(exchange::kProviderKind, name));
  write_warnings(writer, warnings);
  writer.end_object();
}

}  // namespace bifrost::admin
