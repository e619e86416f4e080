// What the store adds to the file: entries that came through the API, and edits of the file's own.
//
// An entry of the file is taken into the store together with its hash. While the file says the same
// of it, what the store has counts, with all that was edited since; once the file says something
// else, the file counts. Entries that the file does not have stay.
//
// Not thread-safe.
#pragma once

#include "base/clock.h"
#include "config/environment.h"
#include "exchange/desk.h"
#include "governance/settings/governance_settings.h"
#include "store/config_store.h"
#include "store/seal.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::app {

// By kind and id.
using StoredRows = std::map<std::pair<std::string, std::string>, store::Entity>;

class StoredConfig {
 public:
  // `passphrase` is for the secrets in it. Fails with kStoreUnavailable and kConfigInvalid.
  static Result<StoredConfig> open(std::unique_ptr<store::sql::Connection> connection,
                                   const store::Passphrase& passphrase, WallTime now);

  // Adds to what the file says, and stores what the file brings. Fails with kConfigInvalid when an
  // entry of the store cannot be read, and as the store does.
  Result<void> merge(governance::GovernanceSettings& governance,
                     const config::Environment& environment, std::vector<std::string>& warnings,
                     WallTime now);

  // What differs. Fails with kInvalidRequest where the file could not say it.
  [[nodiscard]] Result<std::vector<store::Change>> changes(
      const governance::GovernanceSettings& before, const governance::GovernanceSettings& after,
      const config::Environment& environment) const;
  // Stores them. Fails with kConflict when somebody else has changed the store.
  Result<void> apply(std::vector<store::Change> changes, WallTime now);

  [[nodiscard]] std::optional<exchange::Desk::Entry> entry(std::string_view kind,
                                                           std::string_view id) const;

 private:
  StoredConfig(store::ConfigStore store, store::Sealer sealer)
      : store_(std::move(store)), sealer_(std::move(sealer)) {}
  Result<void> load();

  store::ConfigStore store_;
  store::Sealer sealer_;
  std::int64_t revision_ = 0;
  StoredRows rows_;
};

}  // namespace bifrost::app
