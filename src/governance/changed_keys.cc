#include "governance/changed_keys.h"

#include "governance/settings/named_rates.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace bifrost::governance {
namespace {

using Key = std::shared_ptr<const VirtualKeySettings>;
using Ids = std::unordered_set<std::string_view>;

// From about here on, making all of them anew costs less than making one after the other.
constexpr std::size_t kFew = 64;

// What changed beside the keys, as far as it concerns them.
class Causes {
 public:
  Causes(const GovernanceSettings& before, const GovernanceSettings& after)
      : budgets_(config::difference(before.budgets, after.budgets)),
        rates_(config::difference(before.rate_limits, after.rate_limits)) {
    look_at_budgets(budgets_.gone);
    look_at_budgets(budgets_.come);
    for (const auto& rate : rates_.gone) rate_ids_.insert(rate->id);
    for (const auto& rate : rates_.come) rate_ids_.insert(rate->id);
    const auto of_group = [&](const auto& group) {
      return rate_ids_.contains(group.rate_limit_id);
    };
    if (before.customers.entries() != after.customers.entries() ||
        before.teams.entries() != after.teams.entries() ||
        std::ranges::any_of(after.customers, of_group) ||
        std::ranges::any_of(after.teams, of_group)) {
      anybodys_ = true;
    }
  }

  // Does it concern keys that do not say so?
  [[nodiscard]] bool may_be_anybodys() const { return anybodys_; }

  [[nodiscard]] bool concern(const VirtualKeySettings& key) const {
    bool found = key_ids_.contains(key.id);
    each_named_rate(key, [&](const std::string& id) { found = found || rate_ids_.contains(id); });
    return found;
  }

 private:
  void look_at_budgets(const std::vector<std::shared_ptr<const BudgetSettings>>& budgets) {
    for (const auto& budget : budgets) {
      if (!budget->virtual_key_id.empty()) {
        key_ids_.insert(budget->virtual_key_id);
      } else if (budget->model_config_id.empty()) {
        anybodys_ = true;
      }
    }
  }

  config::ListDifference<BudgetSettings> budgets_;
  config::ListDifference<RateLimitSettings> rates_;
  Ids rate_ids_;
  Ids key_ids_;
  bool anybodys_ = false;
};

// Rate limits that somebody had and may have no more: who has one alone from now on is told so.
class Left {
 public:
  Left(const GovernanceSettings& before, const GovernanceSettings& after,
       const ChangedKeys::Keys& gone)
      : models_(config::difference(before.model_configs, after.model_configs).gone),
        providers_(config::difference(before.providers, after.providers).gone) {
    for (const auto& key : gone) each_named_rate(*key, [&](const std::string& id) { add(id); });
    for (const auto& provider : providers_) add(provider->rate_limit_id);
    for (const auto& model : models_)
      each_named_rate(*model, [&](const std::string& id) { add(id); });
  }

  void look_at(const Key& key) {
    each_named_rate(*key, [&](const std::string& id) {
      const auto left = users_.find(id);
      if (left != users_.end() && left->second.size() < 2) left->second.push_back(key);
    });
  }

  [[nodiscard]] std::unordered_set<Key> alone() const {
    std::unordered_set<Key> out;
    for (const auto& [id, users] : users_) {
      if (users.size() == 1) out.insert(users.front());
    }
    return out;
  }

 private:
  void add(const std::string& id) {
    if (!id.empty()) users_.try_emplace(id);
  }

  std::vector<std::shared_ptr<const ModelConfigSettings>> models_;
  std::vector<std::shared_ptr<const ProviderLimitSettings>> providers_;
  std::unordered_map<std::string_view, std::vector<Key>> users_;  // two at most
};

}  // namespace

std::optional<ChangedKeys> changed_keys(const GovernanceSettings& before,
                                        const GovernanceSettings& after) {
  const Causes causes(before, after);
  if (causes.may_be_anybodys()) return std::nullopt;
  auto [gone, come] = config::difference(before.virtual_keys, after.virtual_keys);
  const std::unordered_set<Key> changed(come.begin(), come.end());
  ChangedKeys out{.gone = std::move(gone), .come = std::move(come)};
  Left left(before, after, out.gone);
  const auto add = [&](const Key& key) {
    out.gone.push_back(key);
    out.come.push_back(key);
  };
  for (const Key& key : after.virtual_keys.entries()) {
    if (out.come.size() > kFew || out.gone.size() > kFew) return std::nullopt;
    if (changed.contains(key)) continue;
    if (causes.concern(*key)) {
      add(key);
    } else {
      left.look_at(key);
    }
  }
  for (const Key& key : left.alone()) add(key);
  return out;
}

}  // namespace bifrost::governance
