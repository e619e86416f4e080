#include "admin/version_tag.h"

#include <algorithm>
#include <cstdint>

namespace bifrost::admin {

std::string version_tag(const exchange::EntryVersions& versions, const EntryNames& names) {
  std::int64_t newest = 0;
  std::size_t count = 0;
  for (const auto& [kind, id] : names) {
    const auto entry = versions.find(kind, id);
    if (!entry) continue;
    newest = std::max(newest, entry->revision);
    ++count;
  }
  if (count == 0) return {};
  std::string tag = "\"" + std::to_string(newest);
  if (count > 1) tag += "-" + std::to_string(count);
  return tag + "\"";
}

}  // namespace bifrost::admin
