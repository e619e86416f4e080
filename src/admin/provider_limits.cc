// /api/governance/providers: limits of providers, for everybody together.

#include "admin/governance.h"
#include "admin/limits.h"
#include "admin/read.h"
#include "admin/resources.h"
#include "admin/show.h"
#include "governance/limit_names.h"
#include "governance/settings/entries.h"

#include <algorithm>
#include <array>

namespace bifrost::admin {
namespace {

using governance::BudgetSettings;
using governance::GovernanceSettings;
using governance::ProviderLimitSettings;

struct ProviderBody {
  static constexpr std::array<std::string_view, 0> kUnserved = {};

  std::optional<std::vector<BudgetBody>> budgets;
  std::optional<RateLimitBody> rate_limit;
  bool reset_budget_usage = false;

  void describe(this auto& self, auto& visit) {
    visit.field("budgets", self.budgets, {.text = "All of them together."});
    visit.field("rate_limit", self.rate_limit, {.text = "`{}` takes it away."});
    visit.field("reset_budget_usage", self.reset_budget_usage,
                {.text = "`true`: what was used of its budgets is cleared; windows stay."});
    visit.unserved("provider", config::Shape::kAny, "Shown.");
    visit.unserved("rate_limit_id", config::Shape::kAny, "Shown.");
    visit.unserved("created_at", config::Shape::kAny, "Shown.");
    visit.unserved("updated_at", config::Shape::kAny, "Shown.");
  }
};

LimitOwner owner_of(const ProviderLimitSettings& provider) {
  LimitOwner owner{.kind = governance::kProviderOwner,
                   .id = provider.name,
                   .is_told = [](const BudgetSettings&) { return false; }};
  if (!provider.budget_id.empty()) owner.named.push_back(provider.budget_id);
  return owner;
}

class Show {
 public:
  Show(const Call& call, const GovernanceSettings& governance)
      : call_(call), governance_(governance) {}

  void operator()(json::Writer& writer, const ProviderLimitSettings& provider) const {
    writer.begin_object().member("provider", std::string_view(provider.name));
    write_budgets(writer, call_, governance_, owner_of(provider), provider.budgets);
    write_rate_limit(writer, call_, governance_, provider.rate_limit_id);
    write_times(writer, call_.desk.entry(governance::kProviderLimitKind, provider.name));
    writer.end_object();
  }

 private:
  const Call& call_;
  const GovernanceSettings& governance_;
};

ProviderLimitSettings& entry_of(GovernanceSettings& governance, const std::string& name) {
  const auto found = std::ranges::find(governance.providers, name, &ProviderLimitSettings::name);
  if (found != governance.providers.end()) return governance.providers.edit(found);
  ProviderLimitSettings& made = governance.providers.emplace_back();
  made.name = name;
  return made;
}

}  // namespace

Result<Answer> list_provider_limits(const Call& call) {
  BF_TRY(const Page page, read_page(call.query));
  const auto governance = governance_of(call);
  const auto wanted = [&](const ProviderLimitSettings& provider) {
    return found_in(provider.name, page);
  };
  return list(page, "providers", governance->providers, wanted, Show(call, *governance));
}

Result<Answer> put_provider_limits(const Call& call) {
  ProviderBody body;
  BF_TRY_VOID(read_body(call, body));
  BF_TRY(const auto terms, read_terms(call, governance::kProviderLimitKind));
  const auto edit = [&](GovernanceSettings& governance) -> Result<void> {
    ProviderLimitSettings& provider = entry_of(governance, call.id);
    if (body.budgets) {
      LimitOwner owner = owner_of(provider);
      put_budgets(governance, owner, provider.budgets, *body.budgets);
      if (owner.named.empty()) provider.budget_id.clear();
    }
    BF_TRY_VOID(check_shown(call, {{"rate_limit_id", provider.rate_limit_id}}));
    put_rate_limit(governance, provider.rate_limit_id, body.rate_limit);
    return body.reset_budget_usage
               ? clear_usage(call, governance, owner_of(provider), provider.budgets)
               : Result<void>();
  };
  BF_TRY(const auto governance, change_governance(call, edit, terms));
  const auto found =
      std::ranges::find(governance->providers, call.id, &ProviderLimitSettings::name);
  if (found == governance->providers.end()) return no_such("provider with limits", call.id);
  return one(call, "provider", {{std::string(governance::kProviderLimitKind), call.id}}, *found,
             Show(call, *governance), "Provider limits updated");
}

Result<Answer> delete_provider_limits(const Call& call) {
  BF_TRY(const auto terms, read_terms(call, governance::kProviderLimitKind));
  const auto edit = [&](GovernanceSettings& governance) -> Result<void> {
    const auto found =
        std::ranges::find(governance.providers, call.id, &ProviderLimitSettings::name);
    if (found == governance.providers.end()) return no_such("provider with limits", call.id);
    drop_budgets(governance, owner_of(*found));
    std::string rate_limit_id = found->rate_limit_id;
    governance.providers.erase(found);
    drop_rate_limit(governance, rate_limit_id);
    return {};
  };
  BF_TRY_VOID(change_governance(call, edit, terms));
  return said("Provider limits deleted");
}

}  // namespace bifrost::admin
