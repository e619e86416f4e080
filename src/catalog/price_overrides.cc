#include "catalog/price_overrides.h"

#include <algorithm>
#include <utility>

namespace bifrost::catalog {
namespace {

const PricePatch* first_for(const std::vector<PriceRule>& rules, llm::Operation operation,
                            auto matches) {
  const auto found = std::ranges::find_if(rules, [&](const PriceRule& rule) {
    return rule.types.has({.operation = operation}) && matches(rule);
  });
  return found == rules.end() ? nullptr : &found->patch;
}

}  // namespace

void PriceOverrides::add(PriceScope scope, PriceRule rule) {
  Rules& rules = rules_[std::move(scope)];
  if (!rule.prefix) {
    rules.exact[rule.pattern].push_back(std::move(rule));
    return;
  }
  const auto shorter = std::ranges::find_if(rules.prefixes, [&](const PriceRule& other) {
    return other.pattern.size() < rule.pattern.size();
  });
  rules.prefixes.insert(shorter, std::move(rule));
}

const PricePatch* PriceOverrides::find(const PriceQuestion& question) const {
  if (rules_.empty()) return nullptr;
  for (const std::string_view caller : {question.virtual_key, std::string_view()}) {
    for (const std::string_view key : question.provider_key) {
      if (key.empty()) continue;
      if (const auto* patch = find_in({caller, question.provider, key}, question)) return patch;
      // Of a provider's key alone it is a scope only for everybody.
      if (!caller.empty()) continue;
      if (const auto* patch = find_in({caller, {}, key}, question)) return patch;
    }
    if (const auto* patch = find_in({caller, question.provider, {}}, question)) return patch;
    if (const auto* patch = find_in({caller, {}, {}}, question)) return patch;
    if (caller.empty()) break;  // nobody shows a key: it was asked for everybody
  }
  return nullptr;
}

const PricePatch* PriceOverrides::find_in(const View& scope, const PriceQuestion& question) const {
  const auto found = rules_.find(scope);
  if (found == rules_.end()) return nullptr;
  const Rules& rules = found->second;
  for (const std::string_view model : question.model) {
    const auto exact = rules.exact.find(model);
    if (exact == rules.exact.end()) continue;
    const auto any = [](const PriceRule& /*rule*/) { return true; };
    if (const auto* patch = first_for(exact->second, question.operation, any)) return patch;
  }
  return first_for(rules.prefixes, question.operation, [&](const PriceRule& rule) {
    return std::ranges::any_of(
        question.model, [&](std::string_view model) { return model.starts_with(rule.pattern); });
  });
}

}  // namespace bifrost::catalog
