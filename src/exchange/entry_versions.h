// What is known of the configuration's entries beside their settings, at one moment.
//
// Immutable, so that whoever holds one sees what belongs to the settings that he holds beside it. A
// changed one shares with the one before all shards but those that were changed: after a change of
// one of 100,000 virtual keys some hundreds are copied.
#pragma once

#include "base/clock.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::exchange {

class EntryVersions {
 public:
  struct Entry {
    std::int64_t revision = 0;  // another one after each change of it
    WallTime created_at = {};
    WallTime updated_at = {};
  };
  // Kinds: managed_settings.h.
  struct Edit {
    std::string_view kind;
    std::string_view id;
    std::optional<Entry> entry;  // nothing: it is gone
  };

  [[nodiscard]] std::optional<Entry> find(std::string_view kind, std::string_view id) const;
  [[nodiscard]] EntryVersions with(std::span<const Edit> edits) const;

 private:
  using Name = std::pair<std::string, std::string>;
  using Shard = std::map<Name, Entry>;
  static constexpr std::size_t kShards = 256;
  static std::size_t shard_of(std::string_view kind, std::string_view id);

  std::array<std::shared_ptr<const Shard>, kShards> shards_ = {};  // null: has none
};

}  // namespace bifrost::exchange
