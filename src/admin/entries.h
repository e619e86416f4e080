// What every list of entries does alike: finding, naming, showing, making, changing and deleting
// one.
//
// A resource says what its list is. `Show` is what writes an entry as JSON, made from the call and
// the settings that it is in; `put` and `drop` are what making, changing and deleting mean for it.
#pragma once

#include "admin/governance.h"
#include "admin/limits.h"
#include "admin/show.h"
#include "base/random.h"
#include "base/strings.h"
#include "governance/settings/entries.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::admin {

// A list of entries that have an id and a name, and what they are called in messages.
template <class Entry>
struct Resource {
  std::string_view kind;  // governance/settings/entries.h
  std::string_view name;  // in answers: "virtual_key"
  std::string_view what;  // in messages: "virtual key"
  config::SharedList<Entry> governance::GovernanceSettings::* list;

  // As the section calls the list.
  [[nodiscard]] std::string section() const { return std::string(kind) + "s"; }
};

// The place of an entry in its list.
template <class Entry>
Result<std::size_t> place_of(const governance::GovernanceSettings& governance,
                             const Resource<Entry>& resource, std::string_view id) {
  const config::SharedList<Entry>& list = governance.*resource.list;
  const auto found = std::ranges::find(list, id, &Entry::id);
  if (found == list.end()) return no_such(resource.what, id);
  return static_cast<std::size_t>(found - list.begin());
}

template <class Entry>
Result<const Entry*> find(const governance::GovernanceSettings& governance,
                          const Resource<Entry>& resource, std::string_view id) {
  BF_TRY(const std::size_t place, place_of(governance, resource, id));
  return &(governance.*resource.list)[place];
}

// Fails with kInvalidRequest without a name, and with kConflict when another entry has it.
template <class Entry>
Result<void> check_name(const governance::GovernanceSettings& governance,
                        const Resource<Entry>& resource, const Entry& entry) {
  if (entry.name.empty()) {
    return client_error(ErrorCode::kInvalidRequest, "name: required, but not given", "name");
  }
  for (const Entry& other : governance.*resource.list) {
    if (other.name != entry.name || other.id == entry.id) continue;
    return client_error(ErrorCode::kConflict,
                        "another " + std::string(resource.what) + " has the name " +
                            quoted(entry.name) + " already",
                        "name");
  }
  return {};
}

// The entry, and those of its rate limits, which it is shown with.
template <class Entry>
EntryNames names_of(const Resource<Entry>& resource,
                    const governance::GovernanceSettings& governance, std::string_view id) {
  EntryNames names = {{std::string(resource.kind), std::string(id)}};
  const auto entry = find(governance, resource, id);
  if (!entry) return names;
  const auto add = [&](const std::string& limit) {
    if (!limit.empty()) names.emplace_back(governance::kRateLimitKind, limit);
  };
  if constexpr (requires { (*entry)->rate_limit_id; }) add((*entry)->rate_limit_id);
  if constexpr (requires { (*entry)->provider_configs; }) {
    for (const auto& config : (*entry)->provider_configs) add(config.rate_limit_id);
  }
  return names;
}

template <class Entry>
Result<exchange::Desk::Terms> entry_terms(const Call& call, const Resource<Entry>& resource) {
  return read_terms(call, [&](const exchange::ManagedSettings& managed) {
    return names_of(resource, managed.governance, call.id);
  });
}

// An error of the file's rules with the path of the entry taken away: who sent one entry knows no
// other. `list` and `index` are where it stands.
[[nodiscard]] Error of_entry(Error error, std::string_view list, std::size_t index,
                             std::string_view what);

// "Virtual key created"
[[nodiscard]] std::string done(std::string_view what, std::string_view verb);

template <class Show, class Entry>
Result<Answer> show_entry(const Call& call, const Resource<Entry>& resource,
                          const governance::GovernanceSettings& governance, std::string_view id,
                          std::string_view message) {
  BF_TRY(const Entry* entry, find(governance, resource, id));
  return one(call, resource.name, names_of(resource, governance, id), *entry,
             Show(call, governance), message);
}
template <class Show, class Entry>
Result<Answer> show_entry(const Call& call, const Resource<Entry>& resource) {
  const auto governance = governance_of(call);
  return show_entry<Show>(call, resource, *governance, call.id, {});
}

// put(governance, entry) -> Result<void> fills the new entry, which is not in its list yet.
template <class Show, class Entry, class Put>
Result<Answer> create_entry(const Call& call, const Resource<Entry>& resource, Put put) {
  BF_TRY(const auto terms, read_terms(call, resource.kind));
  const std::string id = secret_uuid();
  std::size_t index = 0;
  const auto edit = [&](governance::GovernanceSettings& governance) -> Result<void> {
    Entry entry;
    entry.id = id;
    BF_TRY_VOID(put(governance, entry));
    index = (governance.*resource.list).size();
    (governance.*resource.list).push_back(std::move(entry));
    return {};
  };
  const auto governance = change_governance(call, edit, terms);
  if (!governance) return of_entry(governance.error(), resource.section(), index, resource.what);
  return show_entry<Show>(call, resource, **governance, id, done(resource.what, "created"));
}

// put(governance, entry) -> Result<void> changes the entry, where it stands.
template <class Show, class Entry, class Put>
Result<Answer> change_entry(const Call& call, const Resource<Entry>& resource, Put put,
                            std::string_view verb = "updated") {
  BF_TRY(const auto terms, entry_terms(call, resource));
  std::size_t index = 0;
  const auto edit = [&](governance::GovernanceSettings& governance) -> Result<void> {
    BF_TRY(index, place_of(governance, resource, call.id));
    return put(governance, (governance.*resource.list).edit(index));
  };
  const auto governance = change_governance(call, edit, terms);
  if (!governance) return of_entry(governance.error(), resource.section(), index, resource.what);
  return show_entry<Show>(call, resource, **governance, call.id, done(resource.what, verb));
}

// drop(governance, entry) -> Result<void> takes along what belongs to the entry, which stands there
// still, or refuses.
template <class Entry, class Drop>
Result<Answer> delete_entry(const Call& call, const Resource<Entry>& resource, Drop drop) {
  BF_TRY(const auto terms, entry_terms(call, resource));
  const auto edit = [&](governance::GovernanceSettings& governance) -> Result<void> {
    BF_TRY(const std::size_t place, place_of(governance, resource, call.id));
    BF_TRY_VOID(drop(governance, (governance.*resource.list).edit(place)));
    (governance.*resource.list).erase_if([&](const Entry& other) { return other.id == call.id; });
    return {};
  };
  BF_TRY_VOID(change_governance(call, edit, terms));
  return said(done(resource.what, "deleted"));
}

inline constexpr Resource<governance::VirtualKeySettings> kKeys = {
    .kind = governance::kVirtualKeyKind,
    .name = "virtual_key",
    .what = "virtual key",
    .list = &governance::GovernanceSettings::virtual_keys};

}  // namespace bifrost::admin
