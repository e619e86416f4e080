#include "app/stored_changes.h"

#include "base/try.h"

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

Result<void> compare_all(Changes& changes, const exchange::ManagedSettings& before,
                         const exchange::ManagedSettings& after) {
  Result<void> done;
  governance::for_each_list([&](std::string_view kind, auto /*name*/, auto list, auto id) {
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

}  // namespace

Result<std::vector<store::Change>> changes_between(const exchange::ManagedSettings& before,
                                                   const exchange::ManagedSettings& after,
                                                   const StoredRows& rows, const Reading& reading) {
  Changes changes(rows, reading);
  BF_TRY_VOID(compare_all(changes, before, after));
  return std::move(changes).take();
}

}  // namespace bifrost::app
