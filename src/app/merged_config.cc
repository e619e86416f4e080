#include "app/merged_config.h"

#include "app/connect_store.h"
#include "app/passphrase.h"
#include "base/try.h"

#include <utility>

namespace bifrost::app {

Result<std::unique_ptr<StoredConfig>> look_at_stored(const ConfigPlace& place) {
  const store::StoreSettings settings =
      place.setup.config.config_store.value_or(store::StoreSettings{});
  if (!no_database(settings, place.app_dir).empty()) return std::unique_ptr<StoredConfig>();
  BF_TRY(auto connection, connect_to_look(settings, place.app_dir));
  BF_TRY(const store::Passphrase key,
         passphrase_of(place.setup.config, place.environment, place.app_dir));
  return StoredConfig::look(std::move(connection), key);
}

Result<Config> merged_config(const ConfigPlace& place, std::vector<std::string>& warnings) {
  BF_TRY(const auto stored, look_at_stored(place));
  Config config = place.setup.config;
  if (stored == nullptr) return config;
  BF_TRY(StoredConfig::Plan plan,
         stored->merge(config, place.setup.ruled, place.environment, warnings));
  static_cast<exchange::ManagedSettings&>(config) = std::move(plan.settings);
  return config;
}

}  // namespace bifrost::app
