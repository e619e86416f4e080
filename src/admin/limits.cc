#include "admin/limits.h"

#include "admin/show.h"
#include "base/random.h"
#include "base/strings.h"
#include "base/timestamp.h"
#include "governance/limit_names.h"
#include "governance/settings/named_rates.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::admin {
namespace {

using governance::BudgetSettings;
using governance::GovernanceSettings;
using governance::RateLimitSettings;
using governance::Unit;

bool same(const BudgetBody& wanted, const BudgetSettings& budget, std::string_view limit_name) {
  return wanted.id.empty() ? wanted.reset_duration == budget.reset_duration
                           : wanted.id == shown_id(budget, limit_name);
}

bool same_terms(const BudgetBody& wanted, const BudgetSettings& budget) {
  return wanted.max_limit == budget.max_limit && wanted.reset_duration == budget.reset_duration &&
         wanted.reset_config == budget.reset_config;
}

void change(BudgetSettings& budget, const BudgetBody& wanted) {
  // Another window is another count.
  if (budget.reset_duration != wanted.reset_duration) {
    budget.current_usage = 0;
    budget.last_reset.clear();
  }
  budget.max_limit = wanted.max_limit;
  budget.reset_duration = wanted.reset_duration;
  budget.reset_config = wanted.reset_config;
}

void write_state(json::Writer& writer, const Call& call, const std::string& name, Unit unit,
                 std::string_view prefix) {
  const auto limit = call.limits.find(name, unit);
  if (limit == nullptr) return;
  const governance::Limit::State state = limit->state(call.now);
  constexpr double kNano = 1e9;
  const std::string usage = std::string(prefix) + "current_usage";
  if (unit == Unit::kNanoDollars) {
    writer.member(usage, static_cast<double>(state.used) / kNano);
  } else {
    writer.member(usage, state.used);
  }
  if (!state.window) return;
  writer.member(std::string(prefix) + "last_reset",
                std::string_view(rfc3339_text(state.window->start)));
}

// From now on it is counted by another limit, in the window that the one before is in.
void clear(const Call& call, BudgetSettings& budget, std::string name) {
  const auto limit = call.limits.find(
      governance::cleared_name(std::move(name), budget.usage_resets), Unit::kNanoDollars);
  const auto window = limit != nullptr ? limit->state(call.now).window : std::nullopt;
  if (window) budget.last_reset = rfc3339_text(window->start);
  budget.current_usage = 0;
  ++budget.usage_resets;
}

auto found(const GovernanceSettings& governance, std::string_view id) {
  return std::ranges::find(governance.rate_limits, id, &RateLimitSettings::id);
}

// How often the budget is named.
std::int64_t namings(const GovernanceSettings& governance, std::string_view id) {
  std::int64_t count = 0;
  const auto look = [&](const std::string& named) { count += named == id ? 1 : 0; };
  for (const auto& customer : governance.customers) look(customer.budget_id);
  for (const auto& team : governance.teams) look(team.budget_id);
  for (const auto& provider : governance.providers) look(provider.budget_id);
  for (const auto& model : governance.model_configs) {
    look(model.budget_id);
    for (const std::string& named : model.budget_ids) look(named);
  }
  return count;
}

bool has_owner(const BudgetSettings& budget) {
  return !budget.virtual_key_id.empty() || budget.provider_config_id != 0 ||
         !budget.model_config_id.empty() || !budget.customer_id.empty() || !budget.team_id.empty();
}

bool is_shared(const GovernanceSettings& governance, const LimitOwner& owner,
               const BudgetSettings& budget) {
  if (has_owner(budget) && !owner.is_told(budget)) return true;
  return namings(governance, budget.id) > std::ranges::count(owner.named, budget.id);
}

// The budget is others' alone from now on.
void leave(LimitOwner& owner, BudgetSettings& budget) {
  std::erase(owner.named, budget.id);
  if (!owner.is_told(budget)) return;
  budget.virtual_key_id.clear();
  budget.provider_config_id = 0;
  budget.model_config_id.clear();
  budget.customer_id.clear();
  budget.team_id.clear();
}

bool same_terms(const RateLimitBody& wanted, const RateLimitSettings& rate) {
  return wanted.token_max_limit == rate.token_max_limit &&
         wanted.token_reset_duration == rate.token_reset_duration &&
         wanted.request_max_limit == rate.request_max_limit &&
         wanted.request_reset_duration == rate.request_reset_duration &&
         wanted.concurrent_max_limit == rate.concurrent_max_limit;
}

void change(RateLimitSettings& rate, const RateLimitBody& wanted) {
  // Another window is another count.
  if (rate.token_reset_duration != wanted.token_reset_duration) {
    rate.token_current_usage = 0;
    rate.token_last_reset.clear();
  }
  if (rate.request_reset_duration != wanted.request_reset_duration) {
    rate.request_current_usage = 0;
    rate.request_last_reset.clear();
  }
  rate.token_max_limit = wanted.token_max_limit;
  rate.token_reset_duration = wanted.token_reset_duration;
  rate.request_max_limit = wanted.request_max_limit;
  rate.request_reset_duration = wanted.request_reset_duration;
  rate.concurrent_max_limit = wanted.concurrent_max_limit;
}

void write_count(json::Writer& writer, std::string_view name, std::optional<std::int64_t> count) {
  writer.key(name);
  if (count) {
    writer.integer(*count);
  } else {
    writer.null();
  }
}

}  // namespace

std::size_t rate_limit_uses(const GovernanceSettings& governance, std::string_view id) {
  std::size_t count = 0;
  const auto look = [&](const std::string& named) { count += named == id ? 1 : 0; };
  governance::each_rate_beside_keys(governance, look);
  for (const auto& key : governance.virtual_keys) governance::each_named_rate(key, look);
  return count;
}

void write_rate_state(json::Writer& writer, const Call& call, std::string_view id,
                      governance::RateMetric metric) {
  const Unit unit = metric == governance::RateMetric::kRequests ? Unit::kRequests : Unit::kTokens;
  write_state(writer, call, governance::rate_limit_name(id), unit, "");
}

bool LimitOwner::owns(const BudgetSettings& budget) const {
  return is_told(budget) || std::ranges::find(named, budget.id) != named.end();
}

LimitOwner owner_of(const governance::ModelConfigSettings& model) {
  LimitOwner owner{.kind = governance::kModelOwner,
                   .id = model.id,
                   .is_told =
                       [id = model.id](const BudgetSettings& budget) {
                         return !id.empty() && budget.model_config_id == id;
                       },
                   .named = model.budget_ids};
  if (!model.budget_id.empty()) owner.named.push_back(model.budget_id);
  return owner;
}

std::string shown_id(const BudgetSettings& budget, std::string_view limit_name) {
  if (!budget.id.empty()) return budget.id;
  // "virtual-key:alice:1d"
  std::string id(limit_name);
  std::ranges::replace(id, governance::kBetween, ':');
  std::ranges::replace(id, ' ', '-');
  return id;
}

void put_budgets(GovernanceSettings& governance, LimitOwner& owner,
                 std::vector<BudgetSettings>& own, const std::vector<BudgetBody>& wanted) {
  std::vector<BudgetBody> left = wanted;
  config::SharedList<BudgetSettings>& all = governance.budgets;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const BudgetSettings& budget = all[i];
    if (!owner.owns(budget)) continue;
    const std::string name = governance::budget_name(budget.id);
    const auto it = std::ranges::find_if(
        left, [&](const BudgetBody& body) { return same(body, budget, name); });
    const bool stays = it != left.end();
    if (is_shared(governance, owner, budget) && !(stays && same_terms(*it, budget))) {
      leave(owner, all.edit(i));
    } else if (stays) {
      change(all.edit(i), *it);
      left.erase(it);
    } else {
      std::erase(owner.named, budget.id);
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(i--));
    }
  }
  std::vector<BudgetSettings> made;
  made.reserve(left.size());
  for (const BudgetBody& body : left) {
    const auto it = std::ranges::find_if(own, [&](const BudgetSettings& budget) {
      return same(body, budget,
                  governance::own_budget_name(owner.kind, owner.id, budget.reset_duration));
    });
    BudgetSettings& budget = made.emplace_back(it != own.end() ? *it : BudgetSettings{});
    if (it == own.end()) budget.id = secret_uuid();
    change(budget, body);
  }
  own = std::move(made);
}

Result<void> clear_usage(const Call& call, GovernanceSettings& governance, const LimitOwner& owner,
                         std::vector<BudgetSettings>& own) {
  for (BudgetSettings& budget : own) {
    clear(call, budget, governance::own_budget_name(owner.kind, owner.id, budget.reset_duration));
  }
  for (std::size_t i = 0; i < governance.budgets.size(); ++i) {
    const BudgetSettings& budget = governance.budgets[i];
    if (!owner.owns(budget)) continue;
    if (is_shared(governance, owner, budget)) {
      return client_error(ErrorCode::kConflict,
                          "reset_budget_usage: budget " + quoted(budget.id) +
                              " is others' too, so what was used of it stays",
                          "reset_budget_usage");
    }
    clear(call, governance.budgets.edit(i), governance::budget_name(budget.id));
  }
  return {};
}

void write_budget(json::Writer& writer, const Call& call, const BudgetSettings& budget,
                  const std::string& name, const std::function<void(json::Writer&)>& more) {
  writer.begin_object();
  writer.member("id", std::string_view(shown_id(budget, name)));
  writer.member("max_limit", budget.max_limit);
  writer.member("reset_duration", std::string_view(budget.reset_duration));
  if (budget.reset_config) {
    writer.key("reset_config").begin_object();
    writer.member("quarter_start_month", budget.reset_config->quarter_start_month).end_object();
  }
  write_state(writer, call, governance::cleared_name(name, budget.usage_resets), Unit::kNanoDollars,
              "");
  if (budget.override_mode != governance::OverrideMode::kNone) {
    writer.member("override_amount", budget.override_amount);
    writer.member("override_mode", config::enum_text(budget.override_mode));
    writer.member("override_cycles_remaining", budget.override_cycles_remaining);
    writer.member("override_cycles_total", budget.override_cycles_total);
  }
  if (more) more(writer);
  writer.end_object();
}

void write_budgets(json::Writer& writer, const Call& call, const GovernanceSettings& governance,
                   const LimitOwner& owner, const std::vector<BudgetSettings>& own) {
  writer.key("budgets").begin_array();
  for (const BudgetSettings& budget : own) {
    write_budget(writer, call, budget,
                 governance::own_budget_name(owner.kind, owner.id, budget.reset_duration));
  }
  for (const BudgetSettings& budget : governance.budgets) {
    if (owner.owns(budget)) {
      write_budget(writer, call, budget, governance::budget_name(budget.id));
    }
  }
  writer.end_array();
}

void put_rate_limit(GovernanceSettings& governance, std::string& id,
                    const std::optional<RateLimitBody>& wanted) {
  if (!wanted) return;
  if (wanted->empty()) {
    drop_rate_limit(governance, id);
    return;
  }
  const auto rate = found(governance, id);
  if (!id.empty() && rate != governance.rate_limits.end()) {
    if (same_terms(*wanted, *rate)) return;
    // Whether or not he stands in the settings yet, what is counted are others.
    const std::string before = std::exchange(id, {});
    if (rate_limit_uses(governance, before) == 0) {
      change(governance.rate_limits.edit(rate), *wanted);
      id = before;
      return;
    }
  }
  RateLimitSettings& made = governance.rate_limits.emplace_back();
  made.id = id = secret_uuid();
  change(made, *wanted);
}

void write_rate(json::Writer& writer, const Call& call, const RateLimitSettings& rate) {
  const std::string name = governance::rate_limit_name(rate.id);
  writer.begin_object().member("id", std::string_view(rate.id));
  if (rate.metric != governance::RateMetric::kNone) {
    writer.member("metric", config::enum_text(rate.metric));
    write_count(writer, "max_limit", rate.max_limit);
    writer.member("reset_duration", std::string_view(rate.reset_duration));
    write_rate_state(writer, call, rate.id, rate.metric);
    writer.end_object();
    return;
  }
  write_count(writer, "token_max_limit", rate.token_max_limit);
  text_or_null(writer, "token_reset_duration", rate.token_reset_duration);
  write_state(writer, call, name, Unit::kTokens, "token_");
  write_count(writer, "request_max_limit", rate.request_max_limit);
  text_or_null(writer, "request_reset_duration", rate.request_reset_duration);
  write_state(writer, call, name, Unit::kRequests, "request_");
  if (rate.concurrent_max_limit) {
    write_count(writer, "concurrent_max_limit", rate.concurrent_max_limit);
  }
  writer.end_object();
}

void write_rate_limit(json::Writer& writer, const Call& call, const GovernanceSettings& governance,
                      std::string_view id) {
  text_or_null(writer, "rate_limit_id", id);
  writer.key("rate_limit");
  const auto rate = found(governance, id);
  if (id.empty() || rate == governance.rate_limits.end()) {
    writer.null();
  } else {
    write_rate(writer, call, *rate);
  }
}

void drop_budgets(GovernanceSettings& governance, LimitOwner owner) {
  std::vector<BudgetSettings> own;
  put_budgets(governance, owner, own, {});
}

void drop_rate_limit(GovernanceSettings& governance, std::string& id) {
  const std::string gone = std::exchange(id, {});
  if (gone.empty() || rate_limit_uses(governance, gone) > 0) return;
  governance.rate_limits.erase_if([&](const RateLimitSettings& rate) { return rate.id == gone; });
}

void drop_model_limits(GovernanceSettings& governance, governance::ModelConfigSettings& model) {
  drop_budgets(governance, owner_of(model));
  drop_rate_limit(governance, model.rate_limit_id);
  for (std::string& id : model.rate_limit_ids) drop_rate_limit(governance, id);
}

}  // namespace bifrost::admin
