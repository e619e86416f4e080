// Limits of models and of providers, for everybody or for one virtual key.
#pragma once

#include "config/facts.h"
#include "governance/settings/limit_settings.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::governance {

enum class ModelScope : std::uint8_t { kGlobal, kVirtualKey };

}  // namespace bifrost::governance

template <>
struct bifrost::config::EnumTexts<bifrost::governance::ModelScope> {
  static constexpr std::array<std::string_view, 2> kTexts = {"global", "virtual_key"};
};

namespace bifrost::governance {

// One entry of `model_configs`.
struct ModelConfigSettings {
  std::string id;
  std::string model_name;
  std::string provider;
  ModelScope scope = ModelScope::kGlobal;
  std::string scope_id;
  bool calendar_aligned = false;
  std::vector<BudgetSettings> budgets;
  std::string budget_id;
  std::vector<std::string> budget_ids;
  std::string rate_limit_id;
  std::vector<std::string> rate_limit_ids;

  void describe(this auto& self, auto& visit) {
    visit.field("id", self.id,
                {.text = "Name by which budgets refer to it.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("model_name", self.model_name,
                {.text = "The model, as its provider calls it; `*` for all together.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("provider", self.provider,
                {.text = "Only at this provider; without it at all of them together."});
    visit.field("scope", self.scope, {.text = "For everybody together, or for one virtual key."});
    visit.field("scope_id", self.scope_id, {.text = "Id of the virtual key."});
    visit.field("calendar_aligned", self.calendar_aligned,
                {.text = "Windows of a day and longer are those of the calendar, in UTC."});
    visit.field("budgets", self.budgets,
                {.text = "Its budgets, each with another window.", .ours = true});
    visit.field("budget_id", self.budget_id,
                {.text = "Deprecated; an entry of `governance.budgets`."});
    visit.field("budget_ids", self.budget_ids,
                {.text = "Its entries of `governance.budgets`.", .form = config::Form::kNonEmpty});
    visit.field("rate_limit_id", self.rate_limit_id,
                {.text = "Its entry of `governance.rate_limits`."});
    visit.field(
        "rate_limit_ids", self.rate_limit_ids,
        {.text = "Its entries of `governance.rate_limits`.", .form = config::Form::kNonEmpty});
  }

  void check(config::CheckScope& problems) const;

  friend bool operator==(const ModelConfigSettings&, const ModelConfigSettings&) = default;
};

// One entry of `governance.providers`: limits of a provider, for everybody together.
struct ProviderLimitSettings {
  std::string name;
  std::vector<BudgetSettings> budgets;
  std::string budget_id;
  std::string rate_limit_id;

  void describe(this auto& self, auto& visit) {
    visit.field(
        "name", self.name,
        {.text = "Name of the provider.", .form = config::Form::kNonEmpty, .required = true});
    visit.field("budgets", self.budgets,
                {.text = "Its budgets, each with another window.", .ours = true});
    visit.field("budget_id", self.budget_id, {.text = "Its entry of `governance.budgets`."});
    visit.field("rate_limit_id", self.rate_limit_id,
                {.text = "Its entry of `governance.rate_limits`."});
    visit.unserved("id", config::Shape::kAny, "Number in a database.");
    visit.unserved("description", config::Shape::kString, "For people.");
    visit.unserved("send_back_raw_request", config::Shape::kBool, "Stands with the provider.");
    visit.unserved("send_back_raw_response", config::Shape::kBool, "Stands with the provider.");
    visit.unserved("store_raw_request_response", config::Shape::kBool, "Stands with the provider.");
    visit.unserved("network_config", config::Shape::kObject, "Stands with the provider.");
    visit.unserved("proxy_config", config::Shape::kObject, "Stands with the provider.");
    visit.unserved("custom_provider_config", config::Shape::kObject, "Stands with the provider.");
    visit.unserved("concurrency_and_buffer_size", config::Shape::kObject,
                   "Stands with the provider.");
    visit.unserved("openai_config", config::Shape::kObject, "Stands with the provider.");
  }

  friend bool operator==(const ProviderLimitSettings&, const ProviderLimitSettings&) = default;
};

}  // namespace bifrost::governance
