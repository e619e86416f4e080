// A virtual key as the management API has it: what its limits are counted under, what it looks
// like.
#pragma once

#include "admin/limits.h"
#include "admin/route.h"
#include "governance/settings/governance_settings.h"
#include "json/writer.h"

#include <string>

namespace bifrost::admin {

// Its own limits, and those of its entry for a provider.
[[nodiscard]] LimitOwner owner_of(const governance::VirtualKeySettings& key);
[[nodiscard]] LimitOwner owner_of(const governance::VirtualKeySettings& key,
                                  const governance::ProviderConfigSettings& entry);

// What callers show, and nobody can guess.
[[nodiscard]] std::string new_key_value();

// Shows everything; the value to whoever may change a key.
class ShowVirtualKey {
 public:
  // Both outlive it.
  ShowVirtualKey(const Call& call, const governance::GovernanceSettings& governance)
      : call_(call), governance_(governance) {}

  void operator()(json::Writer& writer, const governance::VirtualKeySettings& key) const;

 private:
  const Call& call_;
  const governance::GovernanceSettings& governance_;
};

}  // namespace bifrost::admin
