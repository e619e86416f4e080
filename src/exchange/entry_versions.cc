#include "exchange/entry_versions.h"

#include <functional>

namespace bifrost::exchange {

std::size_t EntryVersions::shard_of(std::string_view kind, std::string_view id) {
  const std::hash<std::string_view> hash;
  return (hash(id) ^ (hash(kind) << 1U)) % kShards;
}

std::optional<EntryVersions::Entry> EntryVersions::find(std::string_view kind,
                                                        std::string_view id) const {
  const auto& shard = shards_.at(shard_of(kind, id));
  if (shard == nullptr) return std::nullopt;
  const auto found = shard->find({std::string(kind), std::string(id)});
  if (found == shard->end()) return std::nullopt;
  return found->second;
}

EntryVersions EntryVersions::with(std::span<const Edit> edits) const {
  std::array<std::shared_ptr<Shard>, kShards> changed = {};
  for (const Edit& edit : edits) {
    const std::size_t index = shard_of(edit.kind, edit.id);
    std::shared_ptr<Shard>& shard = changed.at(index);
    if (shard == nullptr) {
      const auto& before = shards_.at(index);
      shard = before == nullptr ? std::make_shared<Shard>() : std::make_shared<Shard>(*before);
    }
    Name name(edit.kind, edit.id);
    if (edit.entry) {
      shard->insert_or_assign(std::move(name), *edit.entry);
    } else {
      shard->erase(name);
    }
  }
  EntryVersions out = *this;
  for (std::size_t i = 0; i < kShards; ++i) {
    if (changed.at(i) != nullptr) out.shards_.at(i) = std::move(changed.at(i));
  }
  return out;
}

}  // namespace bifrost::exchange
