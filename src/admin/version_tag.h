// The version of what a caller sees as one entry, as its ETag: it may be several of the store.
#pragma once

#include "exchange/entry_versions.h"

#include <string>
#include <utility>
#include <vector>

namespace bifrost::admin {

// By kind and id.
using EntryNames = std::vector<std::pair<std::string, std::string>>;

// Another one after each change of one of them, and when one comes or goes. Empty: none is stored.
[[nodiscard]] std::string version_tag(const exchange::EntryVersions& versions,
                                      const EntryNames& names);

}  // namespace bifrost::admin
