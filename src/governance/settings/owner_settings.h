// Who has limits: customers, their teams, and the virtual keys that callers show.
#pragma once

#include "config/facts.h"
#include "config/secret.h"
#include "governance/settings/limit_settings.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bifrost::governance {

struct CustomerSettings {
  std::string id;
  std::string name;
  std::vector<BudgetSettings> budgets;
  std::string budget_id;
  std::string rate_limit_id;
  bool calendar_aligned = false;
  std::int64_t virtual_key_count = 0;

  void describe(this auto& self, auto& visit) {
    visit.field("id", self.id,
                {.text = "Name by which teams and virtual keys refer to it.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("name", self.name,
                {.text = "For people; errors and logs show it.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("budgets", self.budgets,
                {.text = "Its budgets, each with another window. Not together with `budget_id`."});
    visit.field("budget_id", self.budget_id,
                {.text = "Deprecated; a budget of `governance.budgets`."});
    visit.field("rate_limit_id", self.rate_limit_id,
                {.text = "Its entry of `governance.rate_limits`."});
    visit.field("calendar_aligned", self.calendar_aligned,
                {.text = "Windows of a day and longer are those of the calendar, in UTC."});
    visit.field("virtual_key_count", self.virtual_key_count,
                {.text = "Accepted in files that were exported; it is not read.", .minimum = 0});
  }

  friend bool operator==(const CustomerSettings&, const CustomerSettings&) = default;
};

struct TeamSettings {
  std::string id;
  std::string name;
  std::string customer_id;
  std::vector<BudgetSettings> budgets;
  std::string budget_id;
  std::string rate_limit_id;
  bool calendar_aligned = false;
  std::int64_t virtual_key_count = 0;

  void describe(this auto& self, auto& visit) {
    visit.field("id", self.id,
                {.text = "Name by which virtual keys refer to it.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("name", self.name,
                {.text = "For people; errors and logs show it.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("customer_id", self.customer_id,
                {.text = "Customer that it belongs to, whose limits count too."});
    visit.field("budgets", self.budgets,
                {.text = "Its budgets, each with another window.", .ours = true});
    visit.field("budget_id", self.budget_id, {.text = "Its budget of `governance.budgets`."});
    visit.field("rate_limit_id", self.rate_limit_id,
                {.text = "Its entry of `governance.rate_limits`."});
    visit.field("calendar_aligned", self.calendar_aligned,
                {.text = "Windows of a day and longer are those of the calendar, in UTC."});
    visit.field("virtual_key_count", self.virtual_key_count,
                {.text = "Accepted in files that were exported; it is not read.", .minimum = 0});
    visit.unserved("source_id", config::Shape::kString, "Group of the identity provider.");
    visit.unserved("business_unit_id", config::Shape::kAny, "Business unit.");
    visit.unserved("profile", config::Shape::kObject, "Profile.");
    visit.unserved("config", config::Shape::kObject, "Settings of the identity provider.");
    visit.unserved("claims", config::Shape::kObject, "Claims of the identity provider.");
  }

  friend bool operator==(const TeamSettings&, const TeamSettings&) = default;
};

// One entry of `provider_configs`: what a virtual key may have of one provider.
struct ProviderConfigSettings {
  std::int64_t id = 0;
  std::string virtual_key_id;
  std::string provider;
  std::optional<double> weight;
  std::vector<std::string> allowed_models;
  std::vector<std::string> blacklisted_models;
  std::vector<std::string> key_ids;
  std::vector<BudgetSettings> budgets;
  std::string rate_limit_id;

  void describe(this auto& self, auto& visit) {
    visit.field(
        "id", self.id,
        {.text = "Number by which budgets refer to it, unique among all keys.", .minimum = 0});
    visit.field("virtual_key_id", self.virtual_key_id,
                {.text = "Accepted in files that were exported; it is not read."});
    visit.field(
        "provider", self.provider,
        {.text = "Name of the provider.", .form = config::Form::kNonEmpty, .required = true});
    visit.field("weight", self.weight,
                {.text = "Share of the requests for a bare model, relative to the other providers; "
                         "absent: only asked by its name.",
                 .minimum = 0});
    visit.field("allowed_models", self.allowed_models,
                {.text = "Models that the key may use; `[\"*\"]` allows all, `regex:gpt-4.*` those "
                         "of a pattern. Empty denies all in version 2 of the file and allows all "
                         "in version 1.",
                 .form = config::Form::kNonEmpty});
    visit.field("blacklisted_models", self.blacklisted_models,
                {.text = "Models that it may not use, whatever `allowed_models` says; with "
                         "patterns too.",
                 .form = config::Form::kNonEmpty});
    visit.field("key_ids", self.key_ids,
                {.text = "Ids of the provider's keys that serve it; `[\"*\"]` allows all. Empty "
                         "denies all in version 2 of the file and allows all in version 1.",
                 .form = config::Form::kNonEmpty});
    visit.field("budgets", self.budgets,
                {.text = "Budgets of the key at this provider.", .ours = true});
    visit.field("rate_limit_id", self.rate_limit_id,
                {.text = "Entry of `governance.rate_limits` of the key at this provider."});
  }

  friend bool operator==(const ProviderConfigSettings&, const ProviderConfigSettings&) = default;
};

// What a virtual key was shown by before it was given another value.
struct FormerValueSettings {
  config::Secret value;
  std::string valid_until;

  void describe(this auto& self, auto& visit) {
    visit.field("value", self.value,
                {.text = "What callers may still show.",
                 .form = config::Form::kHeaderValue,
                 .required = true});
    visit.field("valid_until", self.valid_until,
                {.text = "From when on it is not known any more.",
                 .form = config::Form::kTimestamp,
                 .required = true});
  }

  friend bool operator==(const FormerValueSettings&, const FormerValueSettings&) = default;
};

struct VirtualKeySettings {
  static constexpr std::size_t kFormerValuesMax = 8;

  std::string id;
  std::string name;
  std::string description;
  config::Secret value;
  bool is_active = true;
  std::string expires_at;
  bool calendar_aligned = false;
  std::string team_id;
  std::string customer_id;
  bool allow_all_providers = false;
  std::vector<ProviderConfigSettings> provider_configs;
  std::vector<BudgetSettings> budgets;
  std::string rate_limit_id;
  bool is_access_profile_managed = false;
  std::vector<FormerValueSettings> former_values;  // from the oldest on

  void describe(this auto& self, auto& visit) {
    visit.field("id", self.id,
                {.text = "Name by which others refer to it.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("name", self.name,
                {.text = "For people, unique; errors, logs and metrics show it. Without one the "
                         "file's key is called by its `id`."});
    visit.field("description", self.description, {.text = "For people; it is not read."});
    visit.field("value", self.value,
                {.text = "What callers show: `sk-bf-` and a random rest. Required as long as the "
                         "gateway keeps nothing itself.",
                 .form = config::Form::kHeaderValue});
    visit.field("is_active", self.is_active, {.text = "A key that is not active is refused."});
    visit.field("expires_at", self.expires_at,
                {.text = "From when on the key is refused.", .form = config::Form::kTimestamp});
    visit.field("calendar_aligned", self.calendar_aligned,
                {.text = "Windows of a day and longer are those of the calendar, in UTC."});
    visit.field("team_id", self.team_id,
                {.text = "Team that it belongs to, whose limits count too."});
    visit.field("customer_id", self.customer_id,
                {.text = "Customer that it belongs to, whose limits count too. Not together with "
                         "`team_id`."});
    visit.field("allow_all_providers", self.allow_all_providers,
                {.text = "Providers without an entry below are allowed, with all they have."});
    visit.field("provider_configs", self.provider_configs,
                {.text = "What the key may have of each provider; without an entry nothing."});
    visit.field("budgets", self.budgets, {.text = "Its budgets, each with another window."});
    visit.field("rate_limit_id", self.rate_limit_id,
                {.text = "Its entry of `governance.rate_limits`."});
    visit.field("is_access_profile_managed", self.is_access_profile_managed,
                {.text = "Accepted in files that were exported; it is not read."});
    visit.field("former_values", self.former_values,
                {.text = "Values that it had before it was rotated, which callers may show until "
                         "`client.vk_rotation_cooldown` is over.",
                 .ours = true});
    self.describe_unserved(visit);
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const VirtualKeySettings&, const VirtualKeySettings&) = default;

 private:
  void describe_unserved(this auto& /*self*/, auto& visit) {
    visit.unserved("access_profile_id", config::Shape::kInteger, "Access profile.");
    visit.unserved("delete_after_expire", config::Shape::kBool, "Delete the key once it expired.");
    visit.unserved("disable_content_logging", config::Shape::kBool, "Store no contents.");
    visit.unserved("mcp_configs", config::Shape::kArray, "Tools of MCP servers.");
  }
};

}  // namespace bifrost::governance
