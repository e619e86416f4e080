// /api/governance/virtual-keys

#include "admin/entries.h"
#include "admin/limits.h"
#include "admin/resources.h"
#include "admin/virtual_key.h"
#include "base/random.h"
#include "governance/settings/entries.h"
#include "http/url.h"

#include <utility>

namespace bifrost::admin {
namespace {

using governance::GovernanceSettings;
using governance::ProviderConfigSettings;
using governance::VirtualKeySettings;

struct ProviderConfigBody {
  std::optional<std::int64_t> id;
  std::string provider;
  std::optional<double> weight;
  std::vector<std::string> allowed_models;
  std::vector<std::string> blacklisted_models;
  std::vector<std::string> key_ids;
  std::optional<std::vector<BudgetBody>> budgets;
  std::optional<RateLimitBody> rate_limit;

  void describe(this auto& self, auto& visit) {
    visit.field(
        "provider", self.provider,
        {.text = "Name of the provider.", .form = config::Form::kNonEmpty, .required = true});
    visit.field("weight", self.weight, {.text = "Share of the bare models.", .minimum = 0});
    visit.field("allowed_models", self.allowed_models,
                {.text = "Models; `[\"*\"]` allows all.", .form = config::Form::kNonEmpty});
    visit.field("blacklisted_models", self.blacklisted_models,
                {.text = "Models that are denied.", .form = config::Form::kNonEmpty});
    visit.field(
        "key_ids", self.key_ids,
        {.text = "Keys of the provider; `[\"*\"]` allows all.", .form = config::Form::kNonEmpty});
    visit.field("budgets", self.budgets, {.text = "Budgets at this provider."});
    visit.field("rate_limit", self.rate_limit, {.text = "Limits at this provider."});
    visit.field("id", self.id, {.text = "Shown; what is sent must be what it is."});
    visit.unserved("virtual_key_id", config::Shape::kAny, "Shown.");
    visit.unserved("rate_limit_id", config::Shape::kAny, "Shown.");
    visit.unserved("allow_all_keys", config::Shape::kAny, "Shown.");
    visit.unserved("keys", config::Shape::kAny, "Shown.");
  }
};

struct KeyBody {
  static constexpr std::string_view kUnserved[] = {
      "mcp_configs", "access_profile_id", "delete_after_expire", "disable_content_logging"};

  std::string name;
  std::string description;
  std::string value;
  bool is_active = true;
  std::string expires_at;
  bool calendar_aligned = false;
  std::string team_id;
  std::string customer_id;
  bool allow_all_providers = false;
  std::optional<std::vector<ProviderConfigBody>> provider_configs;
  std::optional<std::vector<BudgetBody>> budgets;
  std::optional<RateLimitBody> rate_limit;
  bool reset_budget_usage = false;

  void describe(this auto& self, auto& visit) {
    visit.field("name", self.name, {.text = "For people, unique."});
    visit.field("description", self.description, {.text = "For people."});
    visit.field(
        "value", self.value,
        {.text = "What callers show; absent: one is made.", .form = config::Form::kHeaderValue});
    visit.field("is_active", self.is_active, {.text = "A key that is not active is refused."});
    visit.field(
        "expires_at", self.expires_at,
        {.text = "From when on it is refused; empty: never.", .form = config::Form::kTimestamp});
    visit.field("calendar_aligned", self.calendar_aligned,
                {.text = "Windows of a day and longer are those of the calendar, in UTC."});
    visit.field("team_id", self.team_id, {.text = "Its team; empty: none."});
    visit.field("customer_id", self.customer_id, {.text = "Its customer; empty: none."});
    visit.field("allow_all_providers", self.allow_all_providers,
                {.text = "Providers without an entry are allowed, with all they have."});
    visit.field("provider_configs", self.provider_configs, {.text = "All of them together."});
    visit.field("budgets", self.budgets, {.text = "All of them together."});
    visit.field("rate_limit", self.rate_limit, {.text = "`{}` takes it away."});
    visit.field("reset_budget_usage", self.reset_budget_usage,
                {.text = "`true`: what was used of its budgets is cleared; windows stay."});
    self.describe_shown(visit);
  }

 private:
  void describe_shown(this auto& /*self*/, auto& visit) {
    visit.unserved("id", config::Shape::kAny, "Shown.");
    visit.unserved("rate_limit_id", config::Shape::kAny, "Shown.");
    visit.unserved("created_at", config::Shape::kAny, "Shown.");
    visit.unserved("updated_at", config::Shape::kAny, "Shown.");
    visit.unserved("is_access_profile_managed", config::Shape::kAny, "Shown.");
    visit.unserved("former_values", config::Shape::kAny, "Shown.");
    visit.unserved("access_profile_id", config::Shape::kAny, "Access profile.");
    visit.unserved("mcp_configs", config::Shape::kArray, "Tools of MCP servers.");
    visit.unserved("delete_after_expire", config::Shape::kBool, "Delete it once it expired.");
    visit.unserved("disable_content_logging", config::Shape::kBool, "Store no contents.");
  }
};

KeyBody body_of(const VirtualKeySettings& key) {
  return {.name = key.name,
          .description = key.description,
          .value = key.value.reveal(),
          .is_active = key.is_active,
          .expires_at = key.expires_at,
          .calendar_aligned = key.calendar_aligned,
          .team_id = key.team_id,
          .customer_id = key.customer_id,
          .allow_all_providers = key.allow_all_providers};
}

// One that nobody has, nor ever had: what was counted for an entry that is gone must not be
// another's. A number that JavaScript reads as it is.
std::int64_t new_config_id() {
  constexpr std::size_t kBytes = 6;
  std::int64_t id = 0;
  for (const char byte : secret_bytes(kBytes)) id = id << 8 | static_cast<unsigned char>(byte);
  return id + 1;
}

// What belonged to entries that are gone.
void drop_limits(GovernanceSettings& governance, const VirtualKeySettings& key,
                 std::vector<ProviderConfigSettings>& gone) {
  for (ProviderConfigSettings& entry : gone) {
    drop_budgets(governance, owner_of(key, entry));
    drop_rate_limit(governance, entry.rate_limit_id);
  }
}

// The model configs that are for this key alone.
void drop_models(GovernanceSettings& governance, const VirtualKeySettings& key) {
  const auto is_his = [&](const governance::ModelConfigSettings& model) {
    return model.scope == governance::ModelScope::kVirtualKey && model.scope_id == key.id;
  };
  config::SharedList<governance::ModelConfigSettings>& models = governance.model_configs;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (is_his(models[i])) drop_model_limits(governance, models.edit(i));
  }
  models.erase_if(is_his);
}

// The prices that hold for this key alone.
void drop_prices(GovernanceSettings& governance, const VirtualKeySettings& key) {
  governance.pricing_overrides.erase_if([&](const governance::PricingOverrideSettings& entry) {
    return entry.virtual_key_id == key.id;
  });
}

void put_provider_configs(GovernanceSettings& governance, VirtualKeySettings& key,
                          const std::vector<ProviderConfigBody>& wanted) {
  std::vector<ProviderConfigSettings> before = std::exchange(key.provider_configs, {});
  key.provider_configs.reserve(wanted.size());
  for (const ProviderConfigBody& body : wanted) {
    const auto old = std::ranges::find(before, body.provider, &ProviderConfigSettings::provider);
    ProviderConfigSettings& entry = key.provider_configs.emplace_back();
    if (old != before.end()) {
      entry = *old;
      before.erase(old);
    }
    if (entry.id == 0) entry.id = new_config_id();
    entry.provider = body.provider;
    entry.weight = body.weight;
    entry.allowed_models = body.allowed_models;
    entry.blacklisted_models = body.blacklisted_models;
    entry.key_ids = body.key_ids;
  }
  // All of them stand there again: what one of them shares with another is seen as shared.
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ProviderConfigSettings& entry = key.provider_configs[i];
    if (wanted[i].budgets) {
      LimitOwner owner = owner_of(key, entry);
      put_budgets(governance, owner, entry.budgets, *wanted[i].budgets);
    }
    put_rate_limit(governance, entry.rate_limit_id, wanted[i].rate_limit);
  }
  drop_limits(governance, key, before);
}

// The provider tells entries apart. Whoever sends an id means the entry that has it: one of another
// provider, or of another key, must not be changed in its name.
Result<void> check_ids(const VirtualKeySettings& key,
                       const std::vector<ProviderConfigBody>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const ProviderConfigBody& body = wanted[i];
    const auto entry =
        std::ranges::find(key.provider_configs, body.provider, &ProviderConfigSettings::provider);
    const std::int64_t known = entry == key.provider_configs.end() ? 0 : entry->id;
    if (body.id.value_or(0) == 0 || body.id == known) continue;
    const std::string path = "provider_configs[" + std::to_string(i) + "].id";
    return client_error(
        ErrorCode::kInvalidRequest,
        path + ": is " + std::to_string(*body.id) + ", but " +
            (known == 0 ? "the key has no entry for " + quoted(body.provider) + " yet"
                        : "the key's entry for " + quoted(body.provider) + " has " +
                              std::to_string(known)) +
            "; leave it out",
        path);
  }
  return {};
}

Result<void> put(const Call& call, GovernanceSettings& governance, VirtualKeySettings& key,
                 const KeyBody& body) {
  if (body.expires_at != key.expires_at && !body.expires_at.empty()) {
    BF_TRY_VOID(check_future(call, body.expires_at));
  }
  if (body.value == config::kRedacted) {
    return client_error(ErrorCode::kInvalidRequest,
                        "value: is \"<redacted>\"; give the value itself, or leave it out",
                        "value");
  }
  key.name = body.name;
  key.description = body.description;
  // Else a reference to the environment would become a copy of what it says now.
  if (body.value != key.value.reveal()) key.value = config::Secret(body.value);
  key.is_active = body.is_active;
  key.expires_at = body.expires_at;
  key.calendar_aligned = body.calendar_aligned;
  key.team_id = body.team_id;
  key.customer_id = body.customer_id;
  key.allow_all_providers = body.allow_all_providers;
  if (body.provider_configs) {
    BF_TRY_VOID(check_ids(key, *body.provider_configs));
    put_provider_configs(governance, key, *body.provider_configs);
  }
  if (body.budgets) {
    LimitOwner owner = owner_of(key);
    put_budgets(governance, owner, key.budgets, *body.budgets);
  }
  put_rate_limit(governance, key.rate_limit_id, body.rate_limit);
  if (body.reset_budget_usage) {
    BF_TRY_VOID(clear_usage(call, governance, owner_of(key), key.budgets));
    for (ProviderConfigSettings& entry : key.provider_configs) {
      BF_TRY_VOID(clear_usage(call, governance, owner_of(key, entry), entry.budgets));
    }
  }
  return check_name(governance, kKeys, key);
}

}  // namespace

Result<Answer> list_virtual_keys(const Call& call) {
  BF_TRY(const Page page, read_page(call.query));
  const std::string team = http::query_value(call.query, "team_id").value_or("");
  const std::string customer = http::query_value(call.query, "customer_id").value_or("");
  const auto governance = governance_of(call);
  const auto wanted = [&](const VirtualKeySettings& key) {
    return found_in(key.name, page) && (team.empty() || key.team_id == team) &&
           (customer.empty() || key.customer_id == customer);
  };
  return list(page, "virtual_keys", governance->virtual_keys, wanted,
              ShowVirtualKey(call, *governance));
}

Result<Answer> create_virtual_key(const Call& call) {
  KeyBody body;
  BF_TRY_VOID(read_body(call, body));
  BF_TRY_VOID(check_shown(call, kNothingYet));
  if (body.value.empty()) body.value = new_key_value();
  return create_entry<ShowVirtualKey>(call, kKeys,
                                      [&](GovernanceSettings& governance, VirtualKeySettings& key) {
                                        return put(call, governance, key, body);
                                      });
}

Result<Answer> show_virtual_key(const Call& call) {
  return show_entry<ShowVirtualKey>(call, kKeys);
}

Result<Answer> update_virtual_key(const Call& call) {
  return change_entry<ShowVirtualKey>(
      call, kKeys, [&](GovernanceSettings& governance, VirtualKeySettings& key) -> Result<void> {
        KeyBody body = body_of(key);
        BF_TRY_VOID(read_body(call, body));
        BF_TRY_VOID(check_shown(call, {{"id", key.id}, {"rate_limit_id", key.rate_limit_id}}));
        return put(call, governance, key, body);
      });
}

Result<Answer> delete_virtual_key(const Call& call) {
  return delete_entry(call, kKeys,
                      [](GovernanceSettings& governance, VirtualKeySettings& key) -> Result<void> {
                        drop_models(governance, key);
                        drop_prices(governance, key);
                        drop_rules_of(governance, governance::RuleScope::kVirtualKey, key.id);
                        drop_limits(governance, key, key.provider_configs);
                        drop_budgets(governance, owner_of(key));
                        drop_rate_limit(governance, key.rate_limit_id);
                        return {};
                      });
}

// For whoever shows the key: what concerns him alone.
Result<Answer> show_quota(const Call& call) {
  if (call.caller.empty()) {
    return client_error(ErrorCode::kUnauthenticated,
                        "show the virtual key whose use is asked for, as x-bf-vk");
  }
  const auto governance = governance_of(call);
  BF_TRY(const VirtualKeySettings* key, find(*governance, kKeys, call.caller));
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().member("virtual_key_name", std::string_view(key->name));
  writer.member("is_active", key->is_active);
  text_or_null(writer, "expires_at", key->expires_at);
  write_budgets(writer, call, *governance, owner_of(*key), key->budgets);
  write_rate_limit(writer, call, *governance, key->rate_limit_id);
  writer.end_object();
  return answer;
}

}  // namespace bifrost::admin
