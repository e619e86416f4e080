// Which rate limits the entries of the section name.
#pragma once

#include "governance/settings/governance_settings.h"

#include <string>

namespace bifrost::governance {

// visit(id), for each rate limit that the entry names: a customer, a team, a provider's limits. An
// id may be empty, and come twice.
template <class Entry, class Visit>
void each_named_rate(const Entry& entry, Visit visit) {
  visit(entry.rate_limit_id);
}
template <class Visit>
void each_named_rate(const ModelConfigSettings& model, Visit visit) {
  visit(model.rate_limit_id);
  for (const std::string& id : model.rate_limit_ids) visit(id);
}
template <class Visit>
void each_named_rate(const VirtualKeySettings& key, Visit visit) {
  visit(key.rate_limit_id);
  for (const ProviderConfigSettings& entry : key.provider_configs) visit(entry.rate_limit_id);
}

// The same of all entries but virtual keys.
template <class Visit>
void each_rate_beside_keys(const GovernanceSettings& settings, Visit visit) {
  for (const CustomerSettings& customer : settings.customers) each_named_rate(customer, visit);
  for (const TeamSettings& team : settings.teams) each_named_rate(team, visit);
  for (const ProviderLimitSettings& provider : settings.providers) each_named_rate(provider, visit);
  for (const ModelConfigSettings& model : settings.model_configs) each_named_rate(model, visit);
}

}  // namespace bifrost::governance
