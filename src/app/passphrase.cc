#include "app/passphrase.h"

#include <filesystem>
#include <utility>

namespace bifrost::app {

store::Passphrase passing_passphrase() { return {.text = "for one process", .file = ":memory:"}; }

Result<store::Passphrase> passphrase_of(const Config& config,
                                        const config::Environment& environment,
                                        const std::string& app_dir) {
  if (!config.encryption_key.empty()) {
    return store::Passphrase{.text = config.encryption_key.reveal()};
  }
  if (auto given = environment.get("BIFROST_ENCRYPTION_KEY"); given && !given->empty()) {
    return store::Passphrase{.text = *std::move(given)};
  }
  const auto& store = config.config_store;
  if (store && !store->enabled) return passing_passphrase();
  if (store && store->type == store::StoreType::kPostgres) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "encryption_key: required with config_store.type \"postgres\" (or "
                         "BIFROST_ENCRYPTION_KEY): a key that the gateway makes stands in its own "
                         "folder, and whoever has another folder could not read what it sealed");
  }
  return store::own_passphrase((std::filesystem::path(app_dir) / "encryption.key").string());
}

}  // namespace bifrost::app
