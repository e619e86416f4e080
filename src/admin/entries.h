// Finding, naming and deleting entries of a list of the section.
#pragma once

#include "admin/show.h"
#include "base/strings.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::admin {

// A list of entries that have an id and a name, and what they are called in messages.
template <class Entry>
struct Resource {
  std::string_view kind;  // governance/settings/entries.h
  std::string_view what;  // "virtual key"
  std::vector<Entry> governance::GovernanceSettings::* list;
};

template <class Entry>
Result<Entry*> find(governance::GovernanceSettings& governance, const Resource<Entry>& resource,
                    std::string_view id) {
  std::vector<Entry>& list = governance.*resource.list;
  const auto found = std::ranges::find(list, id, &Entry::id);
  if (found == list.end()) return no_such(resource.what, id);
  return &*found;
}

template <class Entry>
Result<const Entry*> find(const governance::GovernanceSettings& governance,
                          const Resource<Entry>& resource, std::string_view id) {
  const std::vector<Entry>& list = governance.*resource.list;
  const auto found = std::ranges::find(list, id, &Entry::id);
  if (found == list.end()) return no_such(resource.what, id);
  return &*found;
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
                        "there is a " + std::string(resource.what) + " with the name " +
                            quoted(entry.name) + " already",
                        "name");
  }
  return {};
}

}  // namespace bifrost::admin
