// /api/governance/budgets and /rate-limits: all of them, whoever has them; and the overrides of a
// key's budgets.

#include "admin/entries.h"
#include "admin/limits.h"
#include "admin/resources.h"
#include "base/timestamp.h"
#include "governance/limit_names.h"
#include "governance/settings/entries.h"

#include <array>
#include <chrono>
#include <string>
#include <utility>

namespace bifrost::admin {
namespace {

using governance::BudgetSettings;
using governance::GovernanceSettings;
using governance::ProviderConfigSettings;
using governance::VirtualKeySettings;

// A budget, what its limit is called, and whose it is as the file would say it.
struct Owned {
  const BudgetSettings* budget;
  std::string name;
  std::string_view owner;  // "team_id"
  std::string owner_id;
};

class Collected {
 public:
  explicit Collected(const GovernanceSettings& governance) {
    for (const BudgetSettings& budget : governance.budgets) add_entry(budget);
    for (const auto& customer : governance.customers) {
      add(customer.budgets, governance::kCustomerOwner, customer.id, "customer_id", customer.id);
    }
    for (const auto& team : governance.teams) {
      add(team.budgets, governance::kTeamOwner, team.id, "team_id", team.id);
    }
    for (const VirtualKeySettings& key : governance.virtual_keys) {
      add(key.budgets, governance::kKeyOwner, key.id, "virtual_key_id", key.id);
      for (const ProviderConfigSettings& entry : key.provider_configs) {
        add(entry.budgets, governance::kKeyOwner, governance::at_provider(key.id, entry.provider),
            "provider_config_id", std::to_string(entry.id));
      }
    }
    for (const auto& model : governance.model_configs) {
      add(model.budgets, governance::kModelOwner, model.id, "model_config_id", model.id);
    }
    for (const auto& provider : governance.providers) {
      add(provider.budgets, governance::kProviderOwner, provider.name, "provider", provider.name);
    }
  }

  [[nodiscard]] const std::vector<Owned>& all() const { return all_; }

 private:
  void add(const std::vector<BudgetSettings>& budgets, std::string_view kind, std::string_view id,
           std::string_view owner, const std::string& owner_id) {
    for (const BudgetSettings& budget : budgets) {
      all_.push_back({.budget = &budget,
                      .name = governance::own_budget_name(kind, id, budget.reset_duration),
                      .owner = owner,
                      .owner_id = owner_id});
    }
  }

  void add_entry(const BudgetSettings& budget) {
    Owned owned{
        .budget = &budget, .name = governance::budget_name(budget.id), .owner = {}, .owner_id = {}};
    const auto set = [&](std::string_view owner, const std::string& id) {
      if (id.empty() || id == "0") return;
      owned.owner = owner;
      owned.owner_id = id;
    };
    set("virtual_key_id", budget.virtual_key_id);
    set("provider_config_id", std::to_string(budget.provider_config_id));
    set("model_config_id", budget.model_config_id);
    set("team_id", budget.team_id);
    set("customer_id", budget.customer_id);
    all_.push_back(std::move(owned));
  }

  std::vector<Owned> all_;
};

struct OverrideBody {
  static constexpr std::array<std::string_view, 0> kUnserved = {};

  double amount = 0;
  governance::OverrideMode mode = governance::OverrideMode::kNone;
  std::int64_t cycles = 0;

  void describe(this auto& self, auto& visit) {
    visit.field("amount", self.amount,
                {.text = "Dollars on top.",
                 .minimum = 0,
                 .maximum = governance::kDollarsMax,
                 .required = true});
    visit.field("mode", self.mode, {.text = "`cycles` or `forever`.", .required = true});
    visit.field("cycles", self.cycles,
                {.text = "Windows, the current one included.", .minimum = 0, .maximum = 10'000});
  }
};

// A budget, and what its limit is called.
struct Found {
  BudgetSettings* budget;
  std::string name;
};

// The budget of the key, or of the key at a provider, that is shown with this id.
Result<Found> find_budget(GovernanceSettings& governance, VirtualKeySettings& key,
                          std::string_view id) {
  const auto in = [&](std::vector<BudgetSettings>& budgets,
                      std::string_view owner_id) -> std::optional<Found> {
    for (BudgetSettings& budget : budgets) {
      std::string name =
          governance::own_budget_name(governance::kKeyOwner, owner_id, budget.reset_duration);
      if (shown_id(budget, name) == id) return Found{&budget, std::move(name)};
    }
    return std::nullopt;
  };
  const auto is_his = [&](const BudgetSettings& budget) {
    if (budget.virtual_key_id == key.id) return true;
    const auto of = [&](const ProviderConfigSettings& entry) {
      return entry.id != 0 && entry.id == budget.provider_config_id;
    };
    return std::ranges::any_of(key.provider_configs, of);
  };
  if (auto found = in(key.budgets, key.id)) return *std::move(found);
  for (ProviderConfigSettings& entry : key.provider_configs) {
    auto found = in(entry.budgets, governance::at_provider(key.id, entry.provider));
    if (found) return *std::move(found);
  }
  config::SharedList<BudgetSettings>& all = governance.budgets;
  const auto named = std::ranges::find_if(
      all, [&](const BudgetSettings& budget) { return budget.id == id && is_his(budget); });
  if (named != all.end()) return Found{&all.edit(named), governance::budget_name(id)};
  return no_such("budget of the virtual key", id);
}

void set_override(BudgetSettings& budget, const OverrideBody& body, WallTime now) {
  const bool cycles = body.mode == governance::OverrideMode::kCycles;
  budget.override_amount = body.amount;
  budget.override_mode = body.mode;
  budget.override_cycles_remaining = cycles ? body.cycles : 0;
  budget.override_cycles_total = budget.override_cycles_remaining;
  // A whole second, and none before the window that a request of this second has begun.
  const WallTime from = std::chrono::ceil<std::chrono::seconds>(now);
  budget.override_anchor_reset = cycles ? rfc3339_text(from) : std::string();
}

Result<void> check(const OverrideBody& body) {
  const bool cycles = body.mode == governance::OverrideMode::kCycles;
  const auto refuse = [](std::string_view field, std::string_view why) {
    return client_error(ErrorCode::kInvalidRequest, std::string(field).append(": ").append(why),
                        std::string(field));
  };
  if (body.amount <= 0) return refuse("amount", "must be more than 0");
  if (body.mode == governance::OverrideMode::kNone) return refuse("mode", "must not be empty");
  if (cycles && body.cycles < 1) return refuse("cycles", R"(required with mode "cycles")");
  if (!cycles && body.cycles > 0) return refuse("cycles", R"(only with mode "cycles")");
  return {};
}

// Changes a budget of the key; the answer shows it.
Result<Answer> change_budget(const Call& call, const OverrideBody& body) {
  BF_TRY(const auto terms, entry_terms(call, kKeys));
  BudgetSettings changed;
  std::string name;
  const auto edit = [&](GovernanceSettings& governance) -> Result<void> {
    BF_TRY(const std::size_t place, place_of(governance, kKeys, call.id));
    VirtualKeySettings& key = governance.virtual_keys.edit(place);
    BF_TRY(Found found, find_budget(governance, key, call.budget_id));
    set_override(*found.budget, body, call.now);
    changed = *found.budget;
    name = std::move(found.name);
    return {};
  };
  BF_TRY_VOID(change_governance(call, edit, terms));
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().key("budget");
  write_budget(writer, call, changed, name);
  writer.member("effective_max_limit", changed.max_limit + changed.override_amount).end_object();
  return answer;
}

}  // namespace

Result<Answer> list_budgets(const Call& call) {
  BF_TRY(const Page page, read_page(call.query));
  const auto governance = governance_of(call);
  const Collected collected(*governance);
  const auto wanted = [&](const Owned& owned) { return found_in(owned.owner_id, page); };
  const auto write = [&](json::Writer& writer, const Owned& owned) {
    write_budget(writer, call, *owned.budget, owned.name, [&](json::Writer& more) {
      if (!owned.owner.empty()) more.member(owned.owner, std::string_view(owned.owner_id));
    });
  };
  return list(page, "budgets", collected.all(), wanted, write);
}

Result<Answer> list_rate_limits(const Call& call) {
  BF_TRY(const Page page, read_page(call.query));
  const auto governance = governance_of(call);
  const auto wanted = [&](const governance::RateLimitSettings& rate) {
    return found_in(rate.id, page);
  };
  const auto write = [&](json::Writer& writer, const governance::RateLimitSettings& rate) {
    write_rate(writer, call, rate);
  };
  return list(page, "rate_limits", governance->rate_limits, wanted, write);
}

Result<Answer> put_override(const Call& call) {
  OverrideBody body;
  BF_TRY_VOID(read_body(call, body));
  BF_TRY_VOID(check(body));
  return change_budget(call, body);
}

Result<Answer> delete_override(const Call& call) { return change_budget(call, {}); }

}  // namespace bifrost::admin
