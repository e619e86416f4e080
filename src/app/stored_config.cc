#include "app/stored_config.h"

#include "app/stored_diff.h"
#include "app/stored_entry.h"
#include "base/strings.h"
#include "base/try.h"
#include "provider/settings/providers.h"
#include "store/migrations.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <set>
#include <type_traits>
#include <unordered_map>

namespace bifrost::app {
namespace {

using exchange::ManagedSettings;

Error of_database(Error error) {
  error.message.insert(0, "of what the database has, ");
  return error;
}

// One list of the file and the rows of its kind become one list.
class Merge {
 public:
  enum class Intake : std::uint8_t {
    kFile,   // what the file says anew is taken in
    kStore,  // the store counts, whatever the file says
  };
  Merge(const StoredRows& rows, const Reading& reading, Intake intake)
      : rows_(rows), reading_(reading), intake_(intake) {}

  // `id` is what gives an entry's id: a member or a function.
  template <class Entry, class Id>
  Result<void> list(std::string_view kind, std::vector<Entry>& list, Id id) {
    std::set<std::string> in_file;
    std::vector<Entry> kept;
    kept.reserve(list.size());
    for (Entry& entry : list) {
      const std::string name = std::invoke(id, entry);
      // Without an id it stands in the file alone.
      if (!name.empty()) {
        in_file.insert(name);
        BF_TRY(const bool stays, of_file(kind, entry, name));
        if (!stays) continue;
      }
      kept.push_back(std::move(entry));
    }
    list = std::move(kept);
    std::vector<Entry> more;
    for (const store::Entity* row : rows_of(kind)) {
      if (in_file.contains(row->id)) continue;
      if (is_deleted(*row)) {
        forget(*row);
        continue;
      }
      auto entry = read_entry<Entry>(*row, reading_);
      if (!entry) {
        BF_TRY_VOID(leave_out(kind, of_database(std::move(entry).error())));
      } else if (stays(*row, *entry)) {
        more.push_back(*std::move(entry));
      } else {
        forget(*row);
      }
    }
    std::ranges::move(more, std::back_inserter(list));
    return {};
  }

  // It hangs on something that is gone. One of the file goes too; one of the API stays in the store
  // and counts again when that is back.
  void drop(std::string_view kind, const std::string& id, std::string_view why) {
    leave_out(called(kind, id) + " is left out: " + std::string(why));
    std::erase_if(changes_, [&](const store::Change& change) {
      return change.kind == kind && change.id == id;
    });
    const auto row = rows_.find({std::string(kind), id});
    if (row != rows_.end() && !row->second.file_hash.empty()) forget(row->second);
  }
  void leave_out(std::string warning) { reading_.warnings.push_back(std::move(warning)); }

  // None where the store counts: who only follows it must not write.
  std::vector<store::Change> changes() && {
    if (intake_ == Intake::kStore) changes_.clear();
    return std::move(changes_);
  }

 private:
  // False: it was deleted, and the file says the same as then.
  template <class Entry>
  Result<bool> of_file(std::string_view kind, Entry& entry, const std::string& name) {
    const std::string hash = hash_of(entry, reading_.sealer);
    const auto row = rows_.find({std::string(kind), name});
    if (row == rows_.end() && intake_ == Intake::kStore) return true;
    if (row != rows_.end() && (intake_ == Intake::kStore || row->second.file_hash == hash)) {
      if (is_deleted(row->second)) return false;
      auto stored = read_entry<Entry>(row->second, reading_);
      if (!stored) return of_database(std::move(stored).error());
      entry = *std::move(stored);
      return true;
    }
    if (row != rows_.end()) {
      reading_.warnings.push_back("what the file says of " + called(kind, name) +
                                  " has changed; it replaces what was stored of it");
    }
    changes_.push_back({.kind = std::string(kind),
                        .id = name,
                        .body = sealed_text(kind, name, entry, reading_.sealer),
                        .file_hash = hash});
    return true;
  }

  // Of one that the file has no more: what stood there alone goes with it, since who takes a key
  // out of the file wants nobody to use it. What was edited since is somebody else's, too.
  template <class Entry>
  [[nodiscard]] bool stays(const store::Entity& row, const Entry& entry) const {
    if (row.file_hash.empty() || intake_ == Intake::kStore) return true;
    if (row.file_hash == hash_of(entry, reading_.sealer)) return false;
    reading_.warnings.push_back(called(row.kind, row.id) +
                                " is in the file no more, and stays in force, since it was changed "
                                "through the API; delete it there");
    return true;
  }

  void forget(const store::Entity& row) { changes_.push_back({.kind = row.kind, .id = row.id}); }

  // A key that nobody can read is unknown, which lets nobody in, or is not used. Without a limit,
  // or without the group that it hangs on, more would be let through.
  Result<void> leave_out(std::string_view kind, Error error) const {
    if (kind != governance::kVirtualKeyKind && kind != exchange::kProviderKeyKind) return error;
    reading_.warnings.push_back(error.message + "; the key is left out");
    return {};
  }

  // In the order in which they were made.
  [[nodiscard]] std::vector<const store::Entity*> rows_of(std::string_view kind) const {
    std::vector<const store::Entity*> out;
    for (auto row = rows_.lower_bound({std::string(kind), {}});
         row != rows_.end() && row->first.first == kind; ++row) {
      out.push_back(&row->second);
    }
    std::ranges::sort(out, {}, [](const store::Entity* row) {
      return std::pair(row->created_at, std::string_view(row->id));
    });
    return out;
  }

  const StoredRows& rows_;
  const Reading& reading_;
  const Intake intake_;
  std::vector<store::Change> changes_;
};

// The id of an entry: a view of it, or a text where it has to be made.
template <class Entry, class Id>
using IdOf = std::conditional_t<std::is_reference_v<std::invoke_result_t<Id, const Entry&>>,
                                std::string_view, std::string>;

// What has to be stored so that the store has `after` where it had `before`. What is to be stored
// is read again at once, so that nothing is that a start could not read.
class Changes {
 public:
  Changes(const StoredRows& rows, const Reading& reading) : rows_(rows), reading_(reading) {}

  template <class Entry, class Id>
  Result<void> list(std::string_view kind, const std::vector<Entry>& before,
                    const std::vector<Entry>& after, Id id) {
    std::unordered_map<IdOf<Entry, Id>, const Entry*> had;
    for (const Entry& entry : before) had.emplace(std::invoke(id, entry), &entry);
    for (const Entry& entry : after) {
      const IdOf<Entry, Id> name = std::invoke(id, entry);
      const auto old = had.find(name);
      const bool same = old != had.end() && *old->second == entry;
      if (old != had.end()) had.erase(old);
      if (same || name.empty()) continue;
      BF_TRY_VOID(put(kind, entry, std::string(name)));
    }
    for (const auto& [name, entry] : had) {
      if (!name.empty()) remove(kind, std::string(name));
    }
    return {};
  }

  std::vector<store::Change> take() && { return std::move(changes_); }

 private:
  // Of one that the file has, a mark stays: else it would be there again with the next start.
  void remove(std::string_view kind, const std::string& name) {
    const auto known = rows_.find({std::string(kind), name});
    const bool of_file = known != rows_.end() && !known->second.file_hash.empty();
    changes_.push_back({.kind = std::string(kind),
                        .id = name,
                        .body = of_file ? std::optional<std::string>("") : std::nullopt,
                        .file_hash = of_file ? known->second.file_hash : std::string()});
  }

  template <class Entry>
  Result<void> put(std::string_view kind, const Entry& entry, const std::string& name) {
    const store::Entity row{.kind = std::string(kind),
                            .id = name,
                            .body = sealed_text(kind, name, entry, reading_.sealer)};
    if (auto read = read_entry<Entry>(row, reading_); !read) {
      return client_error(ErrorCode::kInvalidRequest, read.error().message);
    }
    const auto known = rows_.find({row.kind, name});
    changes_.push_back(
        {.kind = row.kind,
         .id = name,
         .body = row.body,
         .file_hash = known != rows_.end() ? known->second.file_hash : std::string()});
    return {};
  }

  const StoredRows& rows_;
  const Reading& reading_;
  std::vector<store::Change> changes_;
};

Result<void> merge_all(Merge& merge, ManagedSettings& settings) {
  Result<void> done;
  governance::for_each_list([&](std::string_view kind, auto list, auto id) {
    if (done) done = merge.list(kind, settings.governance.*list, id);
  });
  BF_TRY_VOID(done);
  std::vector<ProviderEntry> providers = entries_of(settings.providers);
  std::vector<ProviderKeyEntry> keys = keys_of(settings.providers);
  BF_TRY_VOID(merge.list(exchange::kProviderKind, providers, &ProviderEntry::name));
  BF_TRY_VOID(merge.list(exchange::kProviderKeyKind, keys, &ProviderKeyEntry::place));
  Joined joined = join(std::move(providers), std::move(keys));
  for (const ProviderKeyEntry& key : joined.left_over) {
    merge.drop(exchange::kProviderKeyKind, key.place(), "its provider is gone");
  }
  // Of a later version, which runs on the same database.
  const provider::ProviderNames names = provider::provider_names();
  provider::Providers known;
  for (auto& [name, entry] : joined.providers) {
    if (settings.providers.contains(name) || provider::is_known(name, entry, names)) {
      known.append(name, std::move(entry));
    } else {
      merge.leave_out(called(exchange::kProviderKind, name) +
                      " is left out: this version does not know it");
    }
  }
  settings.providers = std::move(known);
  std::vector<exchange::ClientSettings> client = {settings.client};
  BF_TRY_VOID(merge.list(exchange::kClientKind, client, name_of_client));
  if (!client.empty()) settings.client = std::move(client.front());
  std::vector<governance::AuthSettings> administrator = administrator_of(settings);
  BF_TRY_VOID(merge.list(governance::kAdministratorKind, administrator, name_of_administrator));
  settings.governance.auth =
      administrator.empty() ? governance::AuthSettings{} : std::move(administrator.front());
  return {};
}

Result<void> compare_all(Changes& changes, const ManagedSettings& before,
                         const ManagedSettings& after) {
  Result<void> done;
  governance::for_each_list([&](std::string_view kind, auto list, auto id) {
    if (done) done = changes.list(kind, before.governance.*list, after.governance.*list, id);
  });
  BF_TRY_VOID(done);
  BF_TRY_VOID(changes.list(exchange::kProviderKind, entries_of(before.providers),
                           entries_of(after.providers), &ProviderEntry::name));
  BF_TRY_VOID(changes.list(exchange::kProviderKeyKind, keys_of(before.providers),
                           keys_of(after.providers), &ProviderKeyEntry::place));
  BF_TRY_VOID(changes.list(exchange::kClientKind, std::vector{before.client},
                           std::vector{after.client}, name_of_client));
  return changes.list(governance::kAdministratorKind, administrator_of(before),
                      administrator_of(after), name_of_administrator);
}

StoredRows by_place(std::vector<store::Entity> entities) {
  StoredRows rows;
  for (store::Entity& row : entities) {
    std::pair place(row.kind, row.id);
    rows.emplace(std::move(place), std::move(row));
  }
  return rows;
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

Result<StoredConfig::Plan> StoredConfig::merge(const ManagedSettings& file,
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
  Merge merge(plan.rows ? *plan.rows : rows_, reading, Merge::Intake::kFile);
  BF_TRY_VOID(merge_all(merge, plan.settings));
  if (plan.rows) plan.changes = std::move(merge).changes();
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
  Merge merge(*plan.rows, reading, Merge::Intake::kStore);
  BF_TRY_VOID(merge_all(merge, plan.settings));
  plan.changes = std::move(merge).changes();
  return plan;
}

Result<StoredConfig::Plan> StoredConfig::change(const ManagedSettings& before,
                                                ManagedSettings after,
                                                const config::Environment& environment) const {
  std::vector<std::string> warnings;  // of settings without effect, which the change has not made
  const Reading reading{.sealer = sealer_, .environment = environment, .warnings = warnings};
  Changes changes(rows_, reading);
  BF_TRY_VOID(compare_all(changes, before, after));
  return Plan{.settings = std::move(after),
              .changes = std::move(changes).take(),
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
  const std::scoped_lock lock(mutex_);
  if (plan.rows) rows_ = *std::exchange(plan.rows, std::nullopt);
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
    for (const auto& entry : list) {
      const auto row = rows.find({std::string(kind), std::string(std::invoke(id, entry))});
      if (row == rows.end() || row->second.file_hash != hash_of(entry, sealer_)) continue;
      hashes.emplace(row->first, hash_of(entry, seal.sealer));
    }
    // What is in the file no more, and was not edited, is to be known for that.
    for (const auto& [place, row] : rows) {
      if (row.kind != kind || row.file_hash.empty() || is_deleted(row)) continue;
      const auto entry = read_entry<Entry>(row, reading);
      if (!entry || row.file_hash != hash_of(*entry, sealer_)) continue;
      hashes.emplace(place, hash_of(*entry, seal.sealer));
    }
  });
  BF_TRY(const std::size_t secrets, store_.reseal(sealer_, seal, hashes));
  sealer_ = std::move(seal.sealer);
  return secrets;
}

Result<std::vector<EntryDifference>> StoredConfig::compare(const ManagedSettings& file,
                                                           const config::Environment& environment) {
  BF_TRY(auto contents, load());
  std::vector<std::string> warnings;  // of what this version does not know: the start says so
  const Reading reading{.sealer = sealer_, .environment = environment, .warnings = warnings};
  return differences(file, by_place(std::move(contents.entities)), reading);
}

Result<bool> StoredConfig::is_behind() {
  BF_TRY(const std::int64_t now, store_.revision());
  return now != revision_;
}

void StoredConfig::remember(std::vector<store::Change> changes, std::int64_t revision,
                            WallTime now) {
  revision_ = revision;
  for (store::Change& change : changes) {
    const std::pair place(change.kind, change.id);
    if (!change.body) {
      rows_.erase(place);
      continue;
    }
    store::Entity& row = rows_[place];
    if (row.revision == 0) row.created_at = now;
    row.kind = std::move(change.kind);
    row.id = std::move(change.id);
    row.body = *std::move(change.body);
    row.file_hash = std::move(change.file_hash);
    row.revision = revision;
    row.updated_at = now;
  }
}

std::optional<exchange::Desk::Entry> StoredConfig::entry(std::string_view kind,
                                                         std::string_view id) const {
  const std::scoped_lock lock(mutex_);
  const auto row = rows_.find({std::string(kind), std::string(id)});
  if (row == rows_.end() || is_deleted(row->second)) return std::nullopt;
  return exchange::Desk::Entry{.revision = row->second.revision,
                               .created_at = row->second.created_at,
                               .updated_at = row->second.updated_at};
}

}  // namespace bifrost::app
