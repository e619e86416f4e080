// Routing rules: which requests go elsewhere than they ask for.
#pragma once

#include "config/facts.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::governance {

enum class RuleScope : std::uint8_t { kGlobal, kTeam, kCustomer, kVirtualKey };

}  // namespace bifrost::governance

template <>
struct bifrost::config::EnumTexts<bifrost::governance::RuleScope> {
  static constexpr std::array<std::string_view, 4> kTexts = {"global", "team", "customer",
                                                             "virtual_key"};
};

namespace bifrost::governance {

// One entry of a rule's `targets`.
struct RuleTargetSettings {
  std::string provider;
  std::string model;
  std::string key_id;
  std::string provider_key_name;
  double weight = 0;

  void describe(this auto& self, auto& visit) {
    visit.field("provider", self.provider,
                {.text = "Provider that serves the request; without it the one that was asked."});
    visit.field("model", self.model,
                {.text = "Model that is asked for; without it the one that was asked for."});
    visit.field("key_id", self.key_id,
                {.text = "Id of the only key of the provider that serves it.", .ours = true});
    visit.field("provider_key_name", self.provider_key_name,
                {.text = "Name of the only key of the provider that serves it."});
    visit.field("weight", self.weight,
                {.text = "Share of the requests, more than 0; those of a rule add up to 1.",
                 .minimum = 0,
                 .maximum = 1,
                 .required = true});
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const RuleTargetSettings&, const RuleTargetSettings&) = default;
};

// One entry of its `fallbacks`. In the file also "provider/model", or "provider/" for the model
// that the rule has come to.
struct RuleFallbackSettings {
  std::string provider;
  std::string model;
  std::string key_id;
  std::string provider_key_name;

  static RuleFallbackSettings from_text(std::string name) {
    RuleFallbackSettings out;
    if (const auto slash = name.find('/'); slash != std::string::npos) {
      out.provider = name.substr(0, slash);
      name.erase(0, slash + 1);
    }
    out.model = std::move(name);
    return out;
  }

  void describe(this auto& self, auto& visit) {
    visit.field("provider", self.provider, {.text = "Provider to fall back to."});
    visit.field("model", self.model,
                {.text = "Model to ask it for; without it the one that the rule has come to."});
    visit.field("key_id", self.key_id,
                {.text = "Id of the only key of the provider that serves it."});
    visit.field("provider_key_name", self.provider_key_name,
                {.text = "Name of the only key of the provider that serves it."});
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const RuleFallbackSettings&, const RuleFallbackSettings&) = default;
};

// One entry of `routing_rules`.
struct RoutingRuleSettings {
  std::string id;
  std::string name;
  std::string description;
  bool enabled = true;
  std::string cel_expression;
  std::vector<RuleTargetSettings> targets;
  std::vector<RuleFallbackSettings> fallbacks;
  RuleScope scope = RuleScope::kGlobal;
  std::string scope_id;
  std::int64_t priority = 0;
  bool chain_rule = false;
  config::RawJson query;

  void describe(this auto& self, auto& visit) {
    visit.field("id", self.id,
                {.text = "Name that answers and logs show beside the other one.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("name", self.name,
                {.text = "For people; answers and logs show it.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("description", self.description, {.text = "For people; it is not read."});
    visit.field("enabled", self.enabled, {.text = "A rule that is not enabled matches nothing."});
    visit.field("cel_expression", self.cel_expression,
                {.text = "Condition in the Common Expression Language; without one every request "
                         "matches. One that does not compile matches nothing, and the log says "
                         "why."});
    visit.field("targets", self.targets,
                {.text = "Where requests that match go, one of them each by their weights.",
                 .required = true});
    visit.field("fallbacks", self.fallbacks,
                {.text = "Asked when the target fails, in place of the request's own; also as "
                         "texts: `provider/model`, or `provider/` for the same model."});
    visit.field(
        "scope", self.scope,
        {.text = "Whose requests it looks at. Rules of a virtual key go before those of its "
                 "team, those before the customer's, and the global ones come last."});
    visit.field("scope_id", self.scope_id, {.text = "Id of the virtual key, team or customer."});
    visit.field("priority", self.priority,
                {.text = "Place among the rules of its scope; the lower one goes first."});
    visit.field("chain_rule", self.chain_rule,
                {.text = "All rules are looked at again with what this one has come to."});
    visit.field("query", self.query,
                {.text = "Kept for the editor that made the expression; it is not read."});
  }

  void check(config::CheckScope& problems) const;

  friend bool operator==(const RoutingRuleSettings&, const RoutingRuleSettings&) = default;
};

}  // namespace bifrost::governance
