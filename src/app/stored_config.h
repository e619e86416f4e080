// What the store adds to the file: entries that came through the API, and edits of the file's own.
//
// An entry of the file is taken into the store together with a hash of what the file sets of it.
// While the file says the same, what the store has counts, with all that was edited since, and what
// was deleted stays deleted; once the file says something else, the file counts. An entry
// that goes from the file goes, unless it was edited. Entries of the API stay.
//
// Gateways whose files differ share a store. So the mark of a deletion stays where the file lacks
// the entry: another one may have it (docs/adr/0038).
//
// Where the file is the source of truth, it counts alone for the kinds of which it has a list: what
// was edited, deleted or made through the API since gives way to it. Of other kinds it says
// nothing.
//
// What is to be written is planned first and judged by whoever asked, and written by `carry_out`.
// Used by one thread at a time.
#pragma once

#include "base/clock.h"
#include "config/environment.h"
#include "exchange/entry_versions.h"
#include "exchange/managed_settings.h"
#include "store/config_store.h"
#include "store/seal.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::app {

// By kind and id.
using StoredRows = std::map<std::pair<std::string, std::string>, store::Entity>;

// Of entries: "virtual_key".
using Kinds = std::set<std::string, std::less<>>;
// Where the file is the source of truth: the kinds of which it has a list, if an empty one. Of
// those it counts alone, of the others the database does. Nothing: the two share all of them.
using Ruled = std::optional<Kinds>;

struct EntryDifference;  // app/stored_diff.h

class StoredConfig {
 public:
  // `passphrase` is for the secrets in it. Fails with kStoreUnavailable and kConfigInvalid.
  static Result<std::unique_ptr<StoredConfig>> open(
      std::unique_ptr<store::sql::Connection> connection, const store::Passphrase& passphrase,
      WallTime now);

  // For `compare`, and for plans that are not carried out: the database stays as it is. Fails with
  // kConfigInvalid, too, when it is not there yet.
  static Result<std::unique_ptr<StoredConfig>> look(
      std::unique_ptr<store::sql::Connection> connection, const store::Passphrase& passphrase);

  struct Plan {
    exchange::ManagedSettings settings;  // what is in force once it is carried out
    std::vector<store::Change> changes;
    std::optional<StoredRows> rows;  // what the store has now, where it was read
    std::int64_t revision = 0;       // that it was made for
  };

  // What the file says together with what the store has. Where the store is away, that is what it
  // had when it was read last, and nothing of the file is stored this time. Fails with
  // kConfigInvalid when an entry of the store cannot be read; a key that callers show, or
  // one of a provider, is left out then.
  Result<Plan> merge(const exchange::ManagedSettings& file, const Ruled& ruled,
                     const config::Environment& environment, std::vector<std::string>& warnings);

  // What the store has, over what the file says of what it does not have; nothing is written, so
  // that gateways whose files differ do not overwrite each other without end. Fails as the store
  // does.
  Result<Plan> follow(const exchange::ManagedSettings& file, const config::Environment& environment,
                      std::vector<std::string>& warnings);

  // From one to the other; `file` is what it said when it was read last, of which the store may
  // lack something. Fails with kInvalidRequest where the file could not say it.
  Result<Plan> change(const exchange::ManagedSettings& before, exchange::ManagedSettings after,
                      const exchange::ManagedSettings& file,
                      const config::Environment& environment) const;

  // Fails with kConflict when somebody else has written since, and as the store does. `trail`,
  // where it is not null, gets the entries that changed, and is
  // stored with them if it asks for that and any did.
  Result<void> carry_out(Plan& plan, WallTime now, store::AuditTrail* trail = nullptr);

  // Another key for all of its secrets; how many they were. What the file says has to be known,
  // since its entries are told apart by hashes that hang on the key.
  Result<std::size_t> reseal(const exchange::ManagedSettings& file,
                             const config::Environment& environment, const store::Passphrase& next);

  // What the file says and what the store has now, where they are not the same.
  Result<std::vector<EntryDifference>> compare(const exchange::ManagedSettings& file,
                                               const Ruled& ruled,
                                               const config::Environment& environment);

  // Has somebody written since it was read?
  Result<bool> is_behind();

  // Of the entries as they were when they were read or written last.
  [[nodiscard]] std::shared_ptr<const exchange::EntryVersions> versions() const {
    return versions_;
  }

 private:
  StoredConfig(store::ConfigStore store, store::Sealer sealer)
      : store_(std::move(store)), sealer_(std::move(sealer)) {}
  Result<store::Contents> load();
  [[nodiscard]] store::AuditTarget target_of(const store::Change& change) const;
  void take_over(StoredRows rows);
  void remember(std::vector<store::Change> changes, std::int64_t revision, WallTime now);

  store::ConfigStore store_;
  store::Sealer sealer_;
  std::int64_t revision_ = 0;  // that `rows_` has; 0 and none: it was never read
  StoredRows rows_;
  std::shared_ptr<const exchange::EntryVersions> versions_ =
      std::make_shared<const exchange::EntryVersions>();
};

}  // namespace bifrost::app
