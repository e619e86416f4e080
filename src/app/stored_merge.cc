#include "app/stored_merge.h"

#include "base/strings.h"
#include "base/try.h"
#include "provider/settings/providers.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>

namespace bifrost::app {
namespace {

Error of_database(Error error) {
  error.message.insert(0, "of what the database has, ");
  return error;
}

// One list of the file and the rows of its kind become one list.
class Merge {
 public:
  Merge(const StoredRows& rows, const Reading& reading, const Intake& intake)
      : rows_(rows), reading_(reading), intake_(intake) {}

  // `id` is what gives an entry's id: a member or a function.
  template <class Entry, class Id>
  Result<void> list(std::string_view kind, config::SharedList<Entry>& list, Id id) {
    std::unordered_set<std::string> in_file;
    config::SharedList<Entry> merged;
    merged.reserve(list.size());
    for (std::shared_ptr<const Entry> entry : list.entries()) {
      const std::string name = std::invoke(id, *entry);
      // Without an id it stands in the file alone.
      if (!name.empty()) {
        in_file.insert(name);
        BF_TRY(entry, of_file(kind, std::move(entry), name));
      }
      if (entry != nullptr) merged.push_back(std::move(entry));
    }
    for (const store::Entity* row : rows_of(kind)) {
      if (in_file.contains(row->id)) continue;
      if (is_deleted(*row)) {
        // Another gateway's file may have it, and would bring it back: docs/adr/0038.
        if (intake_.rules(kind)) forget(*row);
        continue;
      }
      auto entry = read_entry<Entry>(*row, reading_);
      if (!entry) {
        BF_TRY_VOID(leave_out(kind, of_database(std::move(entry).error())));
      } else if (stays(*row, *entry)) {
        merged.push_back(*std::move(entry));
      } else {
        forget(*row);
      }
    }
    list = std::move(merged);
    return {};
  }

  // It hangs on something that is gone. One of the file goes too; one of the API stays in the store
  // and counts again when that is back.
  void drop(std::string_view kind, const std::string& id, std::string_view why) {
    say(called(kind, id) + " is left out: " + std::string(why));
    std::erase_if(changes_, [&](const store::Change& change) {
      return change.kind == kind && change.id == id;
    });
    const auto row = rows_.find({std::string(kind), id});
    if (row != rows_.end() && !row->second.file_hash.empty()) forget(row->second);
  }
  void say(std::string warning) { reading_.warnings.push_back(std::move(warning)); }

  // In one line, however many they are.
  void say_deleted() {
    if (deleted_.empty() || intake_.counts == Counts::kStore) return;
    say(std::to_string(deleted_.size()) +
        " of the file's entries stay deleted, as they were through the API: " + deleted_.front() +
        (deleted_.size() > 1 ? " and others" : "") + "; bifrost config diff names them");
  }

  // None where the store counts: who only follows it must not write.
  std::vector<store::Change> changes() && {
    if (intake_.counts == Counts::kStore) changes_.clear();
    return std::move(changes_);
  }

 private:
  // What counts of it. Null: it was deleted, and the file says the same as then.
  template <class Entry>
  Result<std::shared_ptr<const Entry>> of_file(std::string_view kind,
                                               std::shared_ptr<const Entry> entry,
                                               const std::string& name) {
    if (intake_.rules(kind)) {
      take_in_ruling(kind, *entry, name);
      return entry;
    }
    const std::string hash = hash_of(*entry, reading_.sealer);
    const auto row = rows_.find({std::string(kind), name});
    const bool follows = intake_.counts == Counts::kStore;
    if (row == rows_.end() && follows) return entry;
    if (row != rows_.end() && (follows || came_from(row->second, hash))) {
      learn(row->second, hash);
      if (is_deleted(row->second)) {
        deleted_.push_back(called(kind, name));
        return nullptr;
      }
      auto stored = read_entry<Entry>(row->second, reading_);
      if (!stored) return of_database(std::move(stored).error());
      if (*stored == *entry) return entry;
      return std::make_shared<const Entry>(*std::move(stored));
    }
    if (row != rows_.end()) {
      reading_.warnings.push_back("what the file says of " + called(kind, name) +
                                  " has changed; it replaces what was stored of it");
    }
    take_in(kind, *entry, name, hash);
    return entry;
  }

  // What its file says is known again.
  void learn(const store::Entity& row, const std::string& hash) {
    if (row.file_hash != store::kHashLost) return;
    changes_.push_back({.kind = row.kind, .id = row.id, .body = row.body, .file_hash = hash});
  }

  // The file counts, whatever was edited since.
  template <class Entry>
  void take_in_ruling(std::string_view kind, const Entry& entry, const std::string& name) {
    const std::string hash = hash_of(entry, reading_.sealer);
    const auto row = rows_.find({std::string(kind), name});
    if (row != rows_.end() && says<Entry>(row->second, hash)) return;
    if (row != rows_.end() && row->second.file_hash == hash) {
      say("what was changed of " + called(kind, name) +
          " through the API gives way to the file, which is the source of truth");
    }
    take_in(kind, entry, name, hash);
  }

  // Is it what the file says, unedited?
  template <class Entry>
  [[nodiscard]] bool says(const store::Entity& row, const std::string& hash) const {
    if (row.file_hash != hash || is_deleted(row)) return false;
    const auto stored = read_entry<Entry>(row, reading_);
    return stored && hash_of(*stored, reading_.sealer) == hash;
  }

  template <class Entry>
  void take_in(std::string_view kind, const Entry& entry, const std::string& name,
               const std::string& hash) {
    changes_.push_back({.kind = std::string(kind),
                        .id = name,
                        .body = sealed_text(kind, name, entry, reading_.sealer),
                        .file_hash = hash});
  }

  // Of one that the file has no more: what stood there alone goes with it, since who takes a key
  // out of the file wants nobody to use it. What was edited since is somebody else's, too.
  template <class Entry>
  [[nodiscard]] bool stays(const store::Entity& row, const Entry& entry) const {
    if (intake_.rules(row.kind)) {
      reading_.warnings.push_back(
          called(row.kind, row.id) +
          " goes: the file, which is the source of truth, does not have it");
      return false;
    }
    if (row.file_hash.empty() || intake_.leaves(row.kind)) return true;
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
  const Intake& intake_;
  std::vector<store::Change> changes_;
  std::vector<std::string> deleted_;  // what the file has of it
};

Result<void> merge_all(Merge& merge, exchange::ManagedSettings& settings) {
  Result<void> done;
  governance::for_each_list([&](std::string_view kind, auto /*name*/, auto list, auto id) {
    if (done) done = merge.list(kind, settings.governance.*list, id);
  });
  BF_TRY_VOID(done);
  config::SharedList<ProviderEntry> providers = entries_of(settings.providers);
  config::SharedList<ProviderKeyEntry> keys = keys_of(settings.providers);
  BF_TRY_VOID(merge.list(exchange::kProviderKind, providers, &ProviderEntry::name));
  BF_TRY_VOID(merge.list(exchange::kProviderKeyKind, keys, &ProviderKeyEntry::place));
  Joined joined = join(providers, keys);
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
      merge.say(called(exchange::kProviderKind, name) +
                " is left out: this version does not know it");
    }
  }
  settings.providers = std::move(known);
  config::SharedList<exchange::ClientSettings> client = client_of(settings);
  BF_TRY_VOID(merge.list(exchange::kClientKind, client, name_of_client));
  if (!client.empty()) settings.client = client.front();
  for_each_section([&](std::string_view kind, auto of) {
    if (!done) return;
    auto& section = of(settings);
    auto list = list_of(section);
    done = merge.list(kind, list, name_of_section(kind));
    section = list.empty() ? std::remove_reference_t<decltype(section)>{} : list.front();
  });
  return done;
}

}  // namespace

Result<std::vector<store::Change>> merge_into(exchange::ManagedSettings& settings,
                                              const StoredRows& rows, const Reading& reading,
                                              const Intake& intake) {
  Merge merge(rows, reading, intake);
  BF_TRY_VOID(merge_all(merge, settings));
  merge.say_deleted();
  return std::move(merge).changes();
}

}  // namespace bifrost::app
