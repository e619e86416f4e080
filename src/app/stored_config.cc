#include "app/stored_config.h"

#include "base/strings.h"
#include "base/try.h"
#include "config/problem.h"
#include "config/reader.h"
#include "config/value_writer.h"
#include "governance/settings/entries.h"
#include "json/document.h"
#include "json/writer.h"
#include "store/digest.h"
#include "store/migrations.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>

namespace bifrost::app {
namespace {

using governance::GovernanceSettings;

// For hashes: they tell whether a secret is another one, and not what it is.
class DigestKeeper final : public config::SecretKeeper {
 public:
  explicit DigestKeeper(const store::Sealer& sealer) : sealer_(sealer) {}
  [[nodiscard]] std::string seal(std::string_view text) const override {
    return sealer_.digest(text);
  }
  [[nodiscard]] bool is_sealed(std::string_view /*stored*/) const override { return false; }
  [[nodiscard]] Result<std::string> open(std::string_view /*sealed*/) const override {
    return gateway_error(ErrorCode::kInternal, "a digest cannot be opened");
  }

 private:
  const store::Sealer& sealer_;
};

using Members = config::ValueWriter::Members;

template <class Entry>
std::string text_of(const Entry& entry, const config::SecretKeeper& keeper,
                    Members members = Members::kAll) {
  std::string out;
  json::Writer writer(out);
  config::ValueWriter(writer, &keeper, members).write(entry, {});
  return out;
}

// Of what the file sets: a setting that a later version adds, and nobody sets, changes nothing.
template <class Entry>
std::string hash_of(const Entry& entry, const store::Sealer& sealer) {
  return store::sha256(text_of(entry, DigestKeeper(sealer), Members::kSet));
}

std::string place_of(std::string_view kind, std::string_view id) {
  return std::string("config_entity/").append(kind).append("/").append(id);
}

std::string shown(std::string_view kind, std::string_view id) {
  return std::string(kind).append(" ").append(quoted(id));
}

template <class Entry>
std::string sealed_text(std::string_view kind, std::string_view id, const Entry& entry,
                        const store::Sealer& sealer) {
  const std::string place = place_of(kind, id);
  return text_of(entry, store::PlaceKeeper(sealer, place));
}

// What is read along with the rows.
struct Reading {
  const store::Sealer& sealer;
  const config::Environment& environment;
  std::vector<std::string>& warnings;
};

// Fails with kConfigInvalid and what is wrong with it, by the rules of the file.
template <class Entry>
Result<Entry> read_entry(const store::Entity& row, const Reading& reading) {
  const std::string name = shown(row.kind, row.id) + ": ";
  auto document = json::Document::parse(row.body);
  if (!document) {
    return gateway_error(ErrorCode::kConfigInvalid, name + "it is no JSON");
  }
  const std::string place = place_of(row.kind, row.id);
  const store::PlaceKeeper keeper(reading.sealer, place);
  config::Problems problems;
  std::vector<std::string> warnings;
  config::Reader reader(reading.environment, problems, warnings);
  reader.read_stored(keeper);
  Entry entry;
  reader.read(document->root(), entry, {});
  for (const std::string& warning : warnings) reading.warnings.push_back(name + warning);
  if (problems.empty()) return entry;
  return gateway_error(ErrorCode::kConfigInvalid, name + config::render(problems.take()));
}

Error of_database(Error error) {
  error.message.insert(0, "of what the database has, ");
  return error;
}

// Of an entry that the file has, and that was deleted.
bool is_deleted(const store::Entity& row) { return row.body.empty(); }

// One list of the file and the rows of its kind become one list.
class Merge {
 public:
  Merge(const StoredRows& rows, const Reading& reading) : rows_(rows), reading_(reading) {}

  template <class Entry>
  Result<void> list(std::string_view kind, std::vector<Entry>& list, std::string Entry::* id) {
    std::set<std::string> in_file;
    std::vector<Entry> kept;
    kept.reserve(list.size());
    for (Entry& entry : list) {
      const std::string name = entry.*id;
      // Without an id it stands in the file alone.
      if (!name.empty()) {
        in_file.insert(name);
        BF_TRY(const bool stays, of_file(kind, entry, id));
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

  std::vector<store::Change> changes() && { return std::move(changes_); }

 private:
  // False: it was deleted, and the file says the same as then.
  template <class Entry>
  Result<bool> of_file(std::string_view kind, Entry& entry, std::string Entry::* id) {
    const std::string& name = entry.*id;
    const std::string hash = hash_of(entry, reading_.sealer);
    const auto row = rows_.find({std::string(kind), name});
    if (row != rows_.end() && row->second.file_hash == hash) {
      if (is_deleted(row->second)) return false;
      auto stored = read_entry<Entry>(row->second, reading_);
      if (!stored) return of_database(std::move(stored).error());
      entry = *std::move(stored);
      return true;
    }
    if (row != rows_.end()) {
      reading_.warnings.push_back("governance: what the file says of " + shown(kind, name) +
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
    if (row.file_hash.empty()) return true;  // of the API
    if (row.file_hash == hash_of(entry, reading_.sealer)) return false;
    reading_.warnings.push_back("governance: " + shown(row.kind, row.id) +
                                " is in the file no more, and stays in force, since it was changed "
                                "through the API; delete it there");
    return true;
  }

  void forget(const store::Entity& row) { changes_.push_back({.kind = row.kind, .id = row.id}); }

  // A key that nobody can read is unknown, which lets nobody in. Without a limit, or without the
  // group that it hangs on, more would be let through.
  Result<void> leave_out(std::string_view kind, Error error) const {
    if (kind != governance::kVirtualKeyKind) return error;
    reading_.warnings.push_back("governance: " + error.message + "; the key is left out");
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
  std::vector<store::Change> changes_;
};

// What has to be stored so that the store has `after` where it had `before`. What is to be stored
// is read again at once, so that nothing is that a start could not read.
class Difference {
 public:
  Difference(const StoredRows& rows, const Reading& reading) : rows_(rows), reading_(reading) {}

  template <class Entry>
  Result<void> list(std::string_view kind, const std::vector<Entry>& before,
                    const std::vector<Entry>& after, std::string Entry::* id) {
    std::unordered_map<std::string_view, const Entry*> had;
    for (const Entry& entry : before) had.emplace(entry.*id, &entry);
    for (const Entry& entry : after) {
      const auto old = had.find(entry.*id);
      const bool same = old != had.end() && *old->second == entry;
      if (old != had.end()) had.erase(old);
      if (same || (entry.*id).empty()) continue;
      BF_TRY_VOID(put(kind, entry, entry.*id));
    }
    for (const auto& [name, entry] : had) {
      if (!name.empty()) remove(kind, std::string(name));
    }
    return {};
  }

  std::vector<store::Change> changes() && { return std::move(changes_); }

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

Result<StoredConfig::Plan> StoredConfig::merge(const GovernanceSettings& file,
                                               const config::Environment& environment,
                                               std::vector<std::string>& warnings) {
  Plan plan{.governance = file, .revision = revision_};
  auto contents = store_.load();
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
  Merge merge(plan.rows ? *plan.rows : rows_, reading);
  Result<void> done;
  governance::for_each_list([&](std::string_view kind, auto list, auto id) {
    if (done) done = merge.list(kind, plan.governance.*list, id);
  });
  BF_TRY_VOID(done);
  if (plan.rows) plan.changes = std::move(merge).changes();
  return plan;
}

Result<StoredConfig::Plan> StoredConfig::change(const GovernanceSettings& before,
                                                GovernanceSettings after,
                                                const config::Environment& environment) const {
  std::vector<std::string> warnings;  // of settings without effect, which the change has not made
  const Reading reading{.sealer = sealer_, .environment = environment, .warnings = warnings};
  Difference difference(rows_, reading);
  Result<void> done;
  governance::for_each_list([&](std::string_view kind, auto list, auto id) {
    if (done) done = difference.list(kind, before.*list, after.*list, id);
  });
  BF_TRY_VOID(done);
  return Plan{.governance = std::move(after),
              .changes = std::move(difference).changes(),
              .rows = std::nullopt,
              .revision = revision_};
}

Result<void> StoredConfig::carry_out(Plan& plan, WallTime now) {
  if (!plan.changes.empty()) {
    BF_TRY(plan.revision, store_.apply(plan.changes, plan.revision, now));
  }
  const std::scoped_lock lock(mutex_);
  if (plan.rows) rows_ = *std::exchange(plan.rows, std::nullopt);
  remember(std::exchange(plan.changes, {}), plan.revision, now);
  return {};
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
