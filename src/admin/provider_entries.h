// Providers and their keys as the API finds, shows and takes them; providers.cc and
// provider_keys.cc say what is done with them.
#pragma once

#include "admin/route.h"
#include "config/restore.h"
#include "exchange/managed_settings.h"
#include "json/writer.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::admin {

// Fails with kEntryNotFound.
[[nodiscard]] Result<const provider::ProviderSettings*> find_provider(
    const exchange::ManagedSettings& managed, std::string_view name);
[[nodiscard]] Result<provider::ProviderSettings*> find_provider(exchange::ManagedSettings& managed,
                                                                std::string_view name);
// By its id, or by its name where it has none.
[[nodiscard]] Result<const provider::KeySettings*> find_key(
    const provider::ProviderSettings& provider, std::string_view id);
[[nodiscard]] Result<provider::KeySettings*> find_key(provider::ProviderSettings& provider,
                                                      std::string_view id);

// Members that answers show beside the settings; a body may repeat them.
struct ShownBeside {
  config::RawJson any;
  void describe(this auto& self, auto& visit) {
    for (const std::string_view name : {"status", "config_hash", "created_at", "updated_at"}) {
      visit.field(name, self.any, {.text = "Shown."});
    }
  }
};

// Without an administrator who has to show who he is, whoever reaches the API could have what is
// kept sent to himself: so another address needs the secrets anew. Fails with kInvalidRequest.
Result<void> check_addresses(const Call& call, const provider::ProviderSettings& before,
                             const provider::ProviderSettings& after);

// Of a key that is new: an id, and one meaning for what is written in several ways.
void settle_key(provider::KeySettings& key);

// With what a body said that has no effect.
void write_provider(json::Writer& writer, const Call& call, std::string_view name,
                    const provider::ProviderSettings& provider,
                    const std::vector<std::string>& warnings = {});
void write_key(json::Writer& writer, const Call& call, std::string_view provider,
               const provider::KeySettings& key, const std::vector<std::string>& warnings = {});

}  // namespace bifrost::admin
