// What limits are called in a LimitBook, so that the same one is found by all who speak of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::governance {

// Of a budget or rate limit that has an entry, and an id, of its own.
[[nodiscard]] inline std::string budget_name(std::string_view id) {
  return std::string("budget ").append(id);
}
[[nodiscard]] inline std::string rate_limit_name(std::string_view id) {
  return std::string("rate ").append(id);
}

// Between parts of a name; in no id that anybody writes.
inline constexpr char kBetween = '\x1f';

// Of a budget that stands with its owner: told apart by it and the window, whatever id it has.
[[nodiscard]] inline std::string own_budget_name(std::string_view kind, std::string_view owner_id,
                                                 std::string_view period) {
  std::string name(kind);
  name += kBetween;
  name += owner_id;
  name += kBetween;
  name += period;
  return name;
}
// The owner's id where it is a virtual key at one provider.
[[nodiscard]] inline std::string at_provider(std::string_view key_id, std::string_view provider) {
  std::string id(key_id);
  id += kBetween;
  id += provider;
  return id;
}

// Of a budget whose use was cleared so often: what was counted before is another limit's.
[[nodiscard]] inline std::string cleared_name(std::string name, std::int64_t usage_resets) {
  if (usage_resets == 0) return name;
  name += kBetween;
  name += "cleared ";
  name += std::to_string(usage_resets);
  return name;
}

inline constexpr std::string_view kKeyOwner = "virtual key";
inline constexpr std::string_view kTeamOwner = "team";
inline constexpr std::string_view kCustomerOwner = "customer";
inline constexpr std::string_view kModelOwner = "model config";
inline constexpr std::string_view kProviderOwner = "provider";

}  // namespace bifrost::governance
