#include "routing/rules.h"

#include <algorithm>
#include <utility>

namespace bifrost::routing {
namespace {

constexpr std::array<std::string_view, 15> kVariables = {
    "model",          "provider",         "request_type", "headers",   "params",
    "virtual_key_id", "virtual_key_name", "team_id",      "team_name", "customer_id",
    "customer_name",  "budget_used",      "tokens_used",  "request",   "complexity_tier"};
static_assert(kVariables.size() == std::to_underlying(RuleVariable::kComplexityTier) + 1);

// `why` is told what made it fail; null: nobody asks.
RuleResult tried(const Rule& rule, const RuleFacts& facts, std::size_t& steps, std::string* why) {
  if (!rule.condition) return RuleResult::kMatches;
  cel::Evaluation evaluation(*rule.condition, facts, std::min(steps, cel::Evaluation::kStepsMax));
  const cel::Outcome outcome = evaluation.run();
  steps -= evaluation.steps();
  if (!outcome) {
    if (why != nullptr) *why = cel::describe(*rule.condition, outcome.error());
    return RuleResult::kFails;
  }
  const bool* truth = outcome->get<bool>();
  if (truth == nullptr) {
    if (why != nullptr) *why = "it is neither true nor false";
    return RuleResult::kFails;
  }
  return *truth ? RuleResult::kMatches : RuleResult::kDoesNot;
}

const RuleTarget& drawn(const Rule& rule, Random& random) {
  if (rule.targets.size() == 1) return rule.targets.front();
  double sum = 0;
  for (const RuleTarget& target : rule.targets) sum += target.weight;
  double left = random.unit() * sum;
  for (const RuleTarget& target : rule.targets) {
    left -= target.weight;
    if (left < 0) return target;
  }
  return rule.targets.back();  // rounding
}

}  // namespace

std::span<const std::string_view> rule_variables() { return kVariables; }

std::string Routed::full_model() const {
  if (provider.empty()) return std::string(model);
  return std::string(provider).append("/").append(model);
}

void RuleSet::add(RuleLevel level, std::string_view owner, Rule rule) {
  rules_[std::to_underlying(level)][std::string(owner)].push_back(std::move(rule));
  ++count_;
}

void RuleTrail::add(TriedRule one) {
  if (tried.size() < kTriedMax) {
    tried.push_back(std::move(one));
  } else {
    more = true;
  }
}

const Rule* RuleSet::first_match(const Search& search, std::size_t round) const {
  const RuleOwners& owners = search.owners;
  const std::array<std::string_view, kRuleLevels> names = {
      owners.virtual_key, owners.team, owners.customer, {}};
  for (std::size_t level = 0; level < kRuleLevels; ++level) {
    if (rules_[level].empty()) continue;
    const auto own = rules_[level].find(names[level]);
    if (own == rules_[level].end()) continue;
    for (const Rule& rule : own->second) {
      std::string why;
      const RuleResult result =
          tried(rule, search.facts, search.steps, search.trail != nullptr ? &why : nullptr);
      if (result == RuleResult::kMatches) return &rule;
      if (search.trail != nullptr) {
        search.trail->add(
            {.rule = &rule, .round = round, .result = result, .failure = std::move(why)});
      }
    }
  }
  return nullptr;
}

std::optional<Routed> RuleSet::route(const Request& request, RuleFacts& facts, Random& random,
                                     RuleTrail* trail) const {
  std::size_t steps = kStepsMax;
  const Search search{.owners = request.owners, .facts = facts, .steps = steps, .trail = trail};
  Routed now{.rule = nullptr, .provider = request.provider, .model = request.model, .pin = {}};
  for (std::size_t depth = 0; depth < request.depth_max; ++depth) {
    facts.set_asked(now.provider, now.model);
    const Rule* rule = first_match(search, depth);
    if (rule == nullptr) break;
    const RuleTarget& target = drawn(*rule, random);
    const Routed before = std::exchange(
        now,
        {.rule = rule,
         .provider = target.provider.empty() ? now.provider : std::string_view(target.provider),
         .model = target.model.empty() ? now.model : std::string_view(target.model),
         .pin = target.key.pin()});
    if (trail != nullptr) {
      trail->add({.rule = rule,
                  .round = depth,
                  .result = RuleResult::kMatches,
                  .provider = now.provider,
                  .model = now.model,
                  .pin = now.pin});
    }
    const bool settled = now.provider == before.provider && now.model == before.model;
    if (!rule->chain || settled) break;
  }
  if (now.rule == nullptr) return std::nullopt;
  return now;
}

}  // namespace bifrost::routing
