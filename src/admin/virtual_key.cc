#include "admin/virtual_key.h"

#include "admin/entries.h"
#include "base/random.h"
#include "governance/limit_names.h"
#include "provider/settings/providers.h"

#include <algorithm>

namespace bifrost::admin {
namespace {

using governance::BudgetSettings;
using governance::GovernanceSettings;
using governance::ProviderConfigSettings;
using governance::VirtualKeySettings;

void write_provider_config(json::Writer& writer, const Call& call,
                           const GovernanceSettings& governance, const VirtualKeySettings& key,
                           const ProviderConfigSettings& entry) {
  writer.begin_object();
  writer.member("id", entry.id).member("provider", std::string_view(entry.provider));
  writer.key("weight");
  if (entry.weight) {
    writer.number(*entry.weight);
  } else {
    writer.null();
  }
  write_texts(writer, "allowed_models", entry.allowed_models);
  write_texts(writer, "blacklisted_models", entry.blacklisted_models);
  write_texts(writer, "key_ids", entry.key_ids);
  writer.member("allow_all_keys",
                std::ranges::find(entry.key_ids, provider::kEverything) != entry.key_ids.end());
  write_budgets(writer, call, governance, owner_of(key, entry), entry.budgets);
  write_rate_limit(writer, call, governance, entry.rate_limit_id);
  writer.end_object();
}

// Until when callers may show them, and not what they are: who needs one has it.
void write_former_values(json::Writer& writer, const VirtualKeySettings& key) {
  writer.key("former_values").begin_array();
  for (const governance::FormerValueSettings& former : key.former_values) {
    writer.begin_object().member("valid_until", std::string_view(former.valid_until)).end_object();
  }
  writer.end_array();
}

}  // namespace

LimitOwner owner_of(const VirtualKeySettings& key) {
  return {.kind = governance::kKeyOwner,
          .id = key.id,
          .is_told = [id = key.id](const BudgetSettings& budget) {
            return !id.empty() && budget.virtual_key_id == id;
          }};
}

LimitOwner owner_of(const VirtualKeySettings& key, const ProviderConfigSettings& entry) {
  return {.kind = governance::kKeyOwner,
          .id = governance::at_provider(key.id, entry.provider),
          .is_told = [id = entry.id](const BudgetSettings& budget) {
            return id != 0 && budget.provider_config_id == id;
          }};
}

std::string new_key_value() { return "sk-bf-" + secret_uuid(); }

void ShowVirtualKey::operator()(json::Writer& writer, const VirtualKeySettings& key) const {
  writer.begin_object();
  writer.member("id", std::string_view(key.id)).member("name", std::string_view(key.name));
  writer.member("description", std::string_view(key.description));
  writer.member("value",
                may_see_secrets(call_) ? std::string_view(key.value.reveal()) : config::kRedacted);
  writer.member("is_active", key.is_active);
  text_or_null(writer, "expires_at", key.expires_at);
  writer.member("allow_all_providers", key.allow_all_providers);
  writer.member("calendar_aligned", key.calendar_aligned);
  text_or_null(writer, "team_id", key.team_id);
  text_or_null(writer, "customer_id", key.customer_id);
  writer.key("provider_configs").begin_array();
  for (const ProviderConfigSettings& entry : key.provider_configs) {
    write_provider_config(writer, call_, governance_, key, entry);
  }
  writer.end_array();
  writer.key("mcp_configs").begin_array().end_array();
  write_former_values(writer, key);
  write_budgets(writer, call_, governance_, owner_of(key), key.budgets);
  write_rate_limit(writer, call_, governance_, key.rate_limit_id);
  write_times(writer, call_.desk.entry(kKeys.kind, key.id));
  writer.end_object();
}

}  // namespace bifrost::admin
