#include "admin/provider_entries.h"

#include "admin/settings_body.h"
#include "admin/show.h"
#include "base/random.h"
#include "provider/settings/providers.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace bifrost::admin {

using provider::KeySettings;
using Paths = config::OrderedMap<std::string>;
using provider::ProviderSettings;

namespace {

bool same_addresses(const ProviderSettings& before, const ProviderSettings& after) {
  const bool same_paths = (before.custom ? before.custom->request_path_overrides : Paths()) ==
                          (after.custom ? after.custom->request_path_overrides : Paths());
  return before.network.base_url == after.network.base_url && before.proxy == after.proxy &&
         same_paths;
}

Error needs_secrets(std::string_view field) {
  return client_error(
      ErrorCode::kInvalidRequest,
      std::string(field) +
          ": without an administrator (governance.auth_config) secrets that are kept are not sent "
          "to another address; give the values of the keys and headers anew, too",
      std::string(field));
}

}  // namespace

Result<void> check_addresses(const Call& call, const ProviderSettings& before,
                             const ProviderSettings& after) {
  if (has_administrator(call)) return {};
  const bool same = same_addresses(before, after);
  std::unordered_map<std::string_view, const KeySettings*> had;
  for (const KeySettings& key : before.keys) had.emplace(exchange::key_id(key), &key);
  for (const KeySettings& key : after.keys) {
    const auto old = had.find(exchange::key_id(key));
    if (old == had.end() || old->second->value.empty() || old->second->value != key.value) continue;
    if (!same) return needs_secrets("network_config");
    if (old->second->own.server().url != key.own.server().url) return needs_secrets("keys");
  }
  if (same) return {};
  for (const auto& [name, value] : after.network.extra_headers) {
    const config::Secret* old = before.network.extra_headers.find(name);
    if (old != nullptr && !old->empty() && *old == value) return needs_secrets("network_config");
  }
  return {};
}

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
