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

void drop_over(std::vector<FormerValueSettings>& values, WallTime now) {
  std::erase_if(values, [&](const FormerValueSettings& each) { return end_of(each) <= now; });
}

}  // namespace

void rotate(VirtualKeySettings& key, std::string_view value, std::chrono::milliseconds grace,
            WallTime now) {
  const config::Secret before = std::exchange(key.value, config::Secret(std::string(value)));
  drop_over(key.former_values, now);
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
  for (VirtualKeySettings& key : governance.virtual_keys) drop_over(key.former_values, now);
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
