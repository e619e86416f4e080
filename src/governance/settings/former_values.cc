#include "governance/settings/former_values.h"

#include "base/timestamp.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::governance {
namespace {

// What is no point in time has been over for long.
WallTime end_of(const FormerValueSettings& former) {
  return parse_rfc3339(former.valid_until).value_or(WallTime());
}

auto is_over(WallTime now) {
  return [now](const FormerValueSettings& each) { return end_of(each) <= now; };
}

}  // namespace

void rotate(VirtualKeySettings& key, std::string_view value, std::chrono::milliseconds grace,
            WallTime now) {
  const config::Secret before = std::exchange(key.value, config::Secret(std::string(value)));
  std::erase_if(key.former_values, is_over(now));
  if (grace <= std::chrono::milliseconds(0) || before.empty()) return;
  if (key.former_values.size() == VirtualKeySettings::kFormerValuesMax) {
    key.former_values.erase(key.former_values.begin());
  }
  // What a reference says now is what callers know.
  key.former_values.push_back(
      {.value = config::Secret(before.reveal()),
       .valid_until = rfc3339_text(std::chrono::ceil<std::chrono::seconds>(now + grace))});
}

void drop_former_values(GovernanceSettings& governance, WallTime now) {
  config::SharedList<VirtualKeySettings>& keys = governance.virtual_keys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (std::ranges::none_of(keys[i].former_values, is_over(now))) continue;
    std::erase_if(keys.edit(i).former_values, is_over(now));
  }
}

std::optional<WallTime> first_former_end(const GovernanceSettings& governance) {
  std::optional<WallTime> first;
  for (const VirtualKeySettings& key : governance.virtual_keys) {
    for (const FormerValueSettings& former : key.former_values) {
      const WallTime end = end_of(former);
      if (!first || end < *first) first = end;
    }
  }
  return first;
}

}  // namespace bifrost::governance
