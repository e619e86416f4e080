#include "admin/limits.h"

#include "admin/show.h"
#include "base/random.h"
#include "governance/limit_names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::admin {
namespace {

using governance::BudgetSettings;
using governance::GovernanceSettings;
using governance::RateLimitSettings;
using governance::Unit;

bool same(const BudgetBody& wanted, const BudgetSettings& budget) {
  return wanted.id.empty() ? wanted.reset_duration == budget.reset_duration
                           : wanted.id == budget.id;
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
                std::string_view(time_text(state.window->start)));
}

std::vector<RateLimitSettings>::const_iterator found(const GovernanceSettings& governance,
                                                     std::string_view id) {
  return std::ranges::find(governance.rate_limits, id, &RateLimitSettings::id);
}

// How often the entry is named.
std::size_t uses(const GovernanceSettings& governance, std::string_view id) {
  std::size_t count = 0;
  const auto look = [&](const std::string& named) { count += named == id ? 1 : 0; };
  for (const auto& customer : governance.customers) look(customer.rate_limit_id);
  for (const auto& team : governance.teams) look(team.rate_limit_id);
  for (const auto& provider : governance.providers) look(provider.rate_limit_id);
  for (const auto& model : governance.model_configs) {
    look(model.rate_limit_id);
    for (const std::string& named : model.rate_limit_ids) look(named);
  }
  for (const auto& key : governance.virtual_keys) {
    look(key.rate_limit_id);
    for (const auto& entry : key.provider_configs) look(entry.rate_limit_id);
  }
  return count;
}

void change(RateLimitSettings& rate, const RateLimitBody& wanted) {
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

void put_budgets(GovernanceSettings& governance, const LimitOwner& owner,
                 std::vector<BudgetSettings>& own, const std::vector<BudgetBody>& wanted) {
  std::vector<BudgetBody> left = wanted;
  std::erase_if(governance.budgets, [&](BudgetSettings& budget) {
    if (!owner.owns(budget)) return false;
    const auto it =
        std::ranges::find_if(left, [&](const BudgetBody& body) { return same(body, budget); });
    if (it == left.end()) return true;
    change(budget, *it);
    left.erase(it);
    return false;
  });
  std::vector<BudgetSettings> made;
  made.reserve(left.size());
  for (const BudgetBody& body : left) {
    const auto it =
        std::ranges::find_if(own, [&](const BudgetSettings& budget) { return same(body, budget); });
    BudgetSettings& budget = made.emplace_back(it != own.end() ? *it : BudgetSettings{});
    if (budget.id.empty()) budget.id = new_id();
    change(budget, body);
  }
  own = std::move(made);
}

void write_budget(json::Writer& writer, const Call& call, const BudgetSettings& budget,
                  const std::string& name, const std::function<void(json::Writer&)>& more) {
  writer.begin_object();
  writer.member("id", std::string_view(budget.id.empty() ? name : budget.id));
  writer.member("max_limit", budget.max_limit);
  writer.member("reset_duration", std::string_view(budget.reset_duration));
  if (budget.reset_config) {
    writer.key("reset_config").begin_object();
    writer.member("quarter_start_month", budget.reset_config->quarter_start_month).end_object();
  }
  write_state(writer, call, name, Unit::kNanoDollars, "");
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
  const auto rate = std::ranges::find(governance.rate_limits, id, &RateLimitSettings::id);
  const bool mine =
      !id.empty() && rate != governance.rate_limits.end() && uses(governance, id) <= 1;
  if (mine) {
    change(*rate, *wanted);
    return;
  }
  RateLimitSettings& made = governance.rate_limits.emplace_back();
  made.id = id = new_id();
  change(made, *wanted);
}

void write_rate(json::Writer& writer, const Call& call, const RateLimitSettings& rate) {
  const std::string name = governance::rate_limit_name(rate.id);
  writer.begin_object().member("id", std::string_view(rate.id));
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

void drop_budgets(GovernanceSettings& governance, const LimitOwner& owner) {
  std::erase_if(governance.budgets, owner.owns);
}

void drop_rate_limit(GovernanceSettings& governance, std::string& id) {
  const std::string gone = std::exchange(id, {});
  if (gone.empty() || uses(governance, gone) > 0) return;
  std::erase_if(governance.rate_limits,
                [&](const RateLimitSettings& rate) { return rate.id == gone; });
}

std::string new_id() {
  constexpr std::size_t kBytes = 16;
  std::string bytes = secret_bytes(kBytes);
  // RFC 9562, version 4.
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0fU) | 0x40U);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3fU) | 0x80U);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < kBytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xfU];
  }
  return out;
}

}  // namespace bifrost::admin
