#include "app/stored_config.h"

#include "app/stored_changes.h"
#include "app/stored_diff.h"
#include "app/stored_entry.h"
#include "app/stored_merge.h"
#include "base/try.h"
#include "store/migrations.h"

#include <chrono>
#include <functional>
#include <type_traits>

namespace bifrost::app {
namespace {

using exchange::ManagedSettings;

StoredRows by_place(std::vector<store::Entity> entities) {
  StoredRows rows;
  for (store::Entity& row : entities) {
    std::pair place(row.kind, row.id);
    rows.emplace(std::move(place), std::move(row));
  }
  return rows;
}

exchange::EntryVersions::Edit version_of(const store::Entity& row) {
  exchange::EntryVersions::Edit out{.kind = row.kind, .id = row.id, .entry = std::nullopt};
  if (is_deleted(row)) return out;
  out.entry = {
      .revision = row.revision, .created_at = row.created_at, .updated_at = row.updated_at};
  return out;
}

// As its file says it.
template <class Entry>
std::optional<Entry> read_if_unedited(const store::Entity& row, const Reading& reading) {
  if (is_deleted(row)) return std::nullopt;
  auto entry = read_entry<Entry>(row, reading);
  if (!entry || row.file_hash != hash_of(*entry, reading.sealer)) return std::nullopt;
  return *std::move(entry);
}

}  // namespace

Result<std::unique_ptr<StoredConfig>> StoredConfig::open(
    std::unique_ptr<store::sql::Connection> connection, const store::Passphrase& passphrase,
    WallTime now) {
  BF_TRY_VOID(store::migrate(*connection, store::migrations(), now));
  BF_TRY(store::Sealer sealer, store::unlock(*connection, passphrase));
  return std::unique_ptr<StoredConfig>(new StoredConfig(  // NOLINT: private constructor
      store::ConfigStore(std::move(connection)), std::move(sealer)));
}

Result<std::unique_ptr<StoredConfig>> StoredConfig::look(
    std::unique_ptr<store::sql::Connection> connection, const store::Passphrase& passphrase) {
  BF_TRY_VOID(store::check_readable(*connection, "the configuration", store::kConfigurationSince));
  BF_TRY(store::Sealer sealer, store::unlock_to_look(*connection, passphrase));
  return std::unique_ptr<StoredConfig>(new StoredConfig(  // NOLINT: private constructor
      store::ConfigStore(std::move(connection)), std::move(sealer)));
}

Result<store::Contents> StoredConfig::load() {
  BF_TRY(auto contents, store_.load());
  if (store::opens_check(sealer_, contents.seal)) return contents;
  return gateway_error(ErrorCode::kConfigInvalid,
                       "the database's secrets were sealed anew with another key; start again with "
                       "that one as encryption_key");
}

Result<StoredConfig::Plan> StoredConfig::merge(const ManagedSettings& file, const Ruled& ruled,
                                               const config::Environment& environment,
                                               std::vector<std::string>& warnings) {
  Plan plan{.settings = file, .revision = revision_};
  auto contents = load();
  const bool away = !contents && contents.error().code == ErrorCode::kStoreUnavailable;
  if (away && revision_ > 0) {
    warnings.push_back("config_store: " + contents.error().message +
                       "; what it had when it was read last counts");
  } else if (!contents) {
    return std::move(contents).error();
  } else {
    plan.revision = contents->revision;
    plan.rows = by_place(std::move(contents->entities));
  }
  const Reading reading{.sealer = sealer_, .environment = environment, .warnings = warnings};
  BF_TRY(auto changes, merge_into(plan.settings, plan.rows ? *plan.rows : rows_, reading,
                                  {.counts = Counts::kFile, .ruled = ruled}));
  if (plan.rows) plan.changes = std::move(changes);
  return plan;
}

Result<StoredConfig::Plan> StoredConfig::follow(const ManagedSettings& file,
                                                const config::Environment& environment,
                                                std::vector<std::string>& warnings) {
  Plan plan{.settings = file};
  BF_TRY(auto contents, load());
  plan.revision = contents.revision;
  plan.rows = by_place(std::move(contents.entities));
  const Reading reading{.sealer = sealer_, .environment = environment, .warnings = warnings};
  BF_TRY(plan.changes, merge_into(plan.settings, *plan.rows, reading, {.counts = Counts::kStore}));
  return plan;
}

Result<StoredConfig::Plan> StoredConfig::change(const ManagedSettings& before,
                                                ManagedSettings after, const ManagedSettings& file,
                                                const config::Environment& environment) const {
  std::vector<std::string> warnings;  // of settings without effect, which the change has not made
  const Reading reading{.sealer = sealer_, .environment = environment, .warnings = warnings};
  BF_TRY(auto changes, changes_between(before, after, file, rows_, reading));
  return Plan{.settings = std::move(after),
              .changes = std::move(changes),
              .rows = std::nullopt,
              .revision = revision_};
}

Result<void> StoredConfig::carry_out(Plan& plan, WallTime now, store::AuditTrail* trail) {
  if (!plan.changes.empty()) {
    if (trail != nullptr) {
      std::vector<store::AuditTarget>& targets = trail->record.targets;
      targets.clear();
      const auto took = now - trail->record.at;
      trail->record.duration_ms =
          std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
      targets.reserve(plan.changes.size());
      for (const store::Change& change : plan.changes) targets.push_back(target_of(change));
    }
    store::AuditTrail* const stored = trail != nullptr && trail->with_change ? trail : nullptr;
    BF_TRY(plan.revision, store_.apply(plan.changes, plan.revision, now, stored));
  }
  if (plan.rows) take_over(*std::exchange(plan.rows, std::nullopt));
  remember(std::exchange(plan.changes, {}), plan.revision, now);
  return {};
}

store::AuditTarget StoredConfig::target_of(const store::Change& change) const {
  const auto row = rows_.find({change.kind, change.id});
  const bool there = row != rows_.end() && !is_deleted(row->second);
  const bool goes = !change.body || change.body->empty();
  return {.kind = change.kind,
          .id = change.id,
          .change = goes    ? "deleted"
                    : there ? "updated"
                            : "created"};
}

Result<std::size_t> StoredConfig::reseal(const ManagedSettings& file,
                                         const config::Environment& environment,
                                         const store::Passphrase& next) {
  BF_TRY(auto contents, load());
  BF_TRY(store::NextSeal seal, store::NextSeal::from(next));
  const StoredRows rows = by_place(std::move(contents.entities));
  std::vector<std::string> warnings;  // a start says them
  const Reading reading{.sealer = sealer_, .environment = environment, .warnings = warnings};
  store::NextHashes hashes;
  each_list(file, [&](std::string_view kind, const auto& list, auto id) {
    using Entry = std::remove_cvref_t<decltype(list.front())>;
    std::set<std::pair<std::string, std::string>> in_file;
    for (const auto& entry : list) {
      std::pair place(std::string(kind), std::string(std::invoke(id, entry)));
      const auto row = rows.find(place);
      if (row != rows.end() && row->second.file_hash == hash_of(entry, sealer_)) {
        hashes.emplace(place, hash_of(entry, seal.sealer));
      }
      in_file.insert(std::move(place));
    }
    for (const auto& [place, row] : rows) {
      if (row.kind != kind || row.file_hash.empty() || hashes.contains(place)) continue;
      const auto entry = read_if_unedited<Entry>(row, reading);
      if (entry) {
        hashes.emplace(place, hash_of(*entry, seal.sealer));
      } else if (!in_file.contains(place)) {
        hashes.emplace(place, store::kHashLost);
      }
    }
  });
  BF_TRY(const std::size_t secrets, store_.reseal(sealer_, seal, hashes));
  sealer_ = std::move(seal.sealer);
  return secrets;
}

Result<std::vector<EntryDifference>> StoredConfig::compare(const ManagedSettings& file,
                                                           const Ruled& ruled,
                                                           const config::Environment& environment) {
  BF_TRY(auto contents, load());
  std::vector<std::string> warnings;  // of what this version does not know: the start says so
  const Reading reading{.sealer = sealer_, .environment = environment, .warnings = warnings};
  return differences(file, by_place(std::move(contents.entities)), ruled, reading);
}

Result<bool> StoredConfig::is_behind() {
  BF_TRY(const std::int64_t now, store_.revision());
  return now != revision_;
}

void StoredConfig::take_over(StoredRows rows) {
  rows_ = std::move(rows);
  std::vector<exchange::EntryVersions::Edit> all;
  all.reserve(rows_.size());
  for (const auto& [place, row] : rows_) all.push_back(version_of(row));
  versions_ = std::make_shared<const exchange::EntryVersions>(exchange::EntryVersions().with(all));
}

void StoredConfig::remember(std::vector<store::Change> changes, std::int64_t revision,
                            WallTime now) {
  revision_ = revision;
  std::vector<exchange::EntryVersions::Edit> edits;
  edits.reserve(changes.size());
  for (const store::Change& change : changes) {
    const std::pair place(change.kind, change.id);
    if (!change.body) {
      rows_.erase(place);
      edits.push_back({.kind = change.kind, .id = change.id, .entry = std::nullopt});
      continue;
    }
    store::Entity& row = rows_[place];
    if (row.revision == 0) row.created_at = now;
    row.kind = change.kind;
    row.id = change.id;
    row.body = *change.body;
    row.file_hash = change.file_hash;
    row.revision = revision;
    row.updated_at = now;
    edits.push_back(version_of(row));
  }
  if (edits.empty()) return;
  versions_ = std::make_shared<const exchange::EntryVersions>(versions_->with(edits));
}

}  // namespace bifrost::app
