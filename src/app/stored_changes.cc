#include "app/stored_changes.h"

#include "base/try.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace bifrost::app {
namespace {

// The id of an entry: a view of it, or a text where it has to be made.
template <class Entry, class Id>
using IdOf = std::conditional_t<std::is_reference_v<std::invoke_result_t<Id, const Entry&>>,
                                std::string_view, std::string>;

class Changes {
 public:
  Changes(const StoredRows& rows, const Reading& reading) : rows_(rows), reading_(reading) {}

  template <class Entry, class Id>
  Result<void> list(std::string_view kind, const config::SharedList<Entry>& before,
                    const config::SharedList<Entry>& after, const config::SharedList<Entry>& file,
                    Id id) {
    const auto hash_in_file = [&](std::string_view name) {
      const auto entry = std::ranges::find_if(
          file, [&](const Entry& each) { return std::invoke(id, each) == name; });
      return entry == file.end() ? std::string() : hash_of(*entry, reading_.sealer);
    };
    const auto [gone, come] = config::difference(before, after);
    std::unordered_map<IdOf<Entry, Id>, const Entry*> had;
    for (const auto& entry : gone) had.emplace(std::invoke(id, *entry), entry.get());
    for (const auto& entry : come) {
      const IdOf<Entry, Id> name = std::invoke(id, *entry);
      const auto old = had.find(name);
      const bool was_there = old != had.end();
      const bool same = was_there && *old->second == *entry;
      if (was_there) had.erase(old);
      if (same || name.empty()) continue;
      BF_TRY_VOID(put(kind, *entry, std::string(name),
                      [&] { return was_there ? hash_in_file(name) : std::string(); }));
    }
    for (const auto& [name, entry] : had) {
      if (!name.empty()) remove(kind, std::string(name), [&] { return hash_in_file(name); });
    }
    return {};
  }

  std::vector<store::Change> take() && { return std::move(changes_); }

 private:
  // Of what the file says of one that is in force. Where the store lacks it, as it may after the
  // start of a gateway with another file, this gateway's own file says it.
  template <class HashInFile>
  [[nodiscard]] std::string file_hash(std::string_view kind, const std::string& name,
                                      HashInFile in_file) const {
    const auto known = rows_.find({std::string(kind), name});
    return known == rows_.end() ? in_file() : known->second.file_hash;
  }

  // Of one that a file has, a mark stays: else it would be there again with the next start.
  template <class HashInFile>
  void remove(std::string_view kind, const std::string& name, HashInFile in_file) {
    std::string hash = file_hash(kind, name, in_file);
    changes_.push_back({.kind = std::string(kind),
                        .id = name,
                        .body = hash.empty() ? std::nullopt : std::optional<std::string>(""),
                        .file_hash = std::move(hash)});
  }

  template <class Entry, class HashInFile>
  Result<void> put(std::string_view kind, const Entry& entry, const std::string& name,
                   HashInFile in_file) {
    const store::Entity row{.kind = std::string(kind),
                            .id = name,
                            .body = sealed_text(kind, name, entry, reading_.sealer)};
    if (auto read = read_entry<Entry>(row, reading_); !read) {
      return client_error(ErrorCode::kInvalidRequest, read.error().message);
    }
    changes_.push_back({.kind = row.kind,
                        .id = name,
                        .body = row.body,
                        .file_hash = file_hash(kind, name, in_file)});
    return {};
  }

  const StoredRows& rows_;
  const Reading& reading_;
  std::vector<store::Change> changes_;
};

Result<void> compare_all(Changes& changes, const exchange::ManagedSettings& before,
                         const exchange::ManagedSettings& after,
                         const exchange::ManagedSettings& file) {
  Result<void> done;
  governance::for_each_list([&](std::string_view kind, auto /*name*/, auto list, auto id) {
    if (!done) return;
    done = changes.list(kind, before.governance.*list, after.governance.*list,
                        file.governance.*list, id);
  });
  BF_TRY_VOID(done);
  BF_TRY_VOID(changes.list(exchange::kProviderKind, entries_of(before.providers),
                           entries_of(after.providers), entries_of(file.providers),
                           &ProviderEntry::name));
  BF_TRY_VOID(changes.list(exchange::kProviderKeyKind, keys_of(before.providers),
                           keys_of(after.providers), keys_of(file.providers),
                           &ProviderKeyEntry::place));
  BF_TRY_VOID(changes.list(exchange::kClientKind, client_of(before), client_of(after),
                           client_of(file), name_of_client));
  for_each_section([&](std::string_view kind, auto of) {
    if (!done) return;
    done = changes.list(kind, list_of(of(before)), list_of(of(after)), list_of(of(file)),
                        name_of_section(kind));
  });
  return done;
}

}  // namespace

Result<std::vector<store::Change>> changes_between(const exchange::ManagedSettings& before,
                                                   const exchange::ManagedSettings& after,
                                                   const exchange::ManagedSettings& file,
                                                   const StoredRows& rows, const Reading& reading) {
  Changes changes(rows, reading);
  BF_TRY_VOID(compare_all(changes, before, after, file));
  return std::move(changes).take();
}

}  // namespace bifrost::app
