// /api/routing/rules, and /api/governance/routing-rules as it was called before.

#include "admin/entries.h"
#include "admin/resources.h"
#include "governance/build_routing.h"
#include "governance/settings/entries.h"
#include "http/url.h"

#include <array>
#include <utility>

namespace bifrost::admin {
namespace {

using governance::GovernanceSettings;
using governance::RoutingRuleSettings;
using governance::RuleFallbackSettings;
using governance::RuleTargetSettings;

constexpr Resource<RoutingRuleSettings> kRules = {.kind = governance::kRoutingRuleKind,
                                                  .name = "rule",
                                                  .what = "routing rule",
                                                  .list = &GovernanceSettings::routing_rules};
constexpr int kCreated = 201;

struct RuleBody {
  static constexpr std::array<std::string_view, 0> kUnserved = {};

  RoutingRuleSettings entry;

  void describe(this auto& self, auto& visit) {
    visit.field("name", self.entry.name, {.text = "For people, unique."});
    visit.field("description", self.entry.description, {.text = "For people."});
    visit.field("enabled", self.entry.enabled, {.text = "A rule that is not matches nothing."});
    visit.field("cel_expression", self.entry.cel_expression, {.text = "Empty: any request."});
    visit.field("targets", self.entry.targets, {.text = "All of them together."});
    visit.field("fallbacks", self.entry.fallbacks, {.text = "The same."});
    visit.field("scope", self.entry.scope, {.text = "Whose requests it looks at."});
    visit.field("scope_id", self.entry.scope_id, {.text = "Id of whom that is."});
    visit.field("priority", self.entry.priority, {.text = "The lower one goes first."});
    visit.field("chain_rule", self.entry.chain_rule, {.text = "All rules are looked at again."});
    visit.field("query", self.entry.query, {.text = "Of the editor that made the expression."});
    visit.unserved("id", config::Shape::kAny, "Shown.");
    visit.unserved("created_at", config::Shape::kAny, "Shown.");
    visit.unserved("updated_at", config::Shape::kAny, "Shown.");
  }
};

// What is wrong with a condition is only warned of where it comes in a file, with all the others.
Result<void> put(const Call& call, const GovernanceSettings& governance,
                 RoutingRuleSettings& rule) {
  RuleBody body{.entry = rule};
  BF_TRY_VOID(read_body(call, body));
  rule = std::move(body.entry);
  if (const auto fault = governance::fault_of(rule)) {
    return client_error(ErrorCode::kInvalidRequest, "cel_expression: " + *fault, "cel_expression");
  }
  return check_name(governance, kRules, rule);
}

void write_target(json::Writer& writer, const RuleTargetSettings& target) {
  writer.begin_object();
  text_or_null(writer, "provider", target.provider);
  text_or_null(writer, "model", target.model);
  text_or_null(writer, "key_id", target.key_id);
  text_or_null(writer, "provider_key_name", target.provider_key_name);
  writer.member("weight", target.weight).end_object();
}

// As a text, where that says all of it.
void write_fallback(json::Writer& writer, const RuleFallbackSettings& fallback) {
  const std::string text =
      fallback.provider.empty() ? fallback.model : fallback.provider + "/" + fallback.model;
  if (RuleFallbackSettings::from_text(text) == fallback) {
    writer.string(text);
    return;
  }
  writer.begin_object();
  text_or_null(writer, "provider", fallback.provider);
  text_or_null(writer, "model", fallback.model);
  text_or_null(writer, "key_id", fallback.key_id);
  text_or_null(writer, "provider_key_name", fallback.provider_key_name);
  writer.end_object();
}

class Show {
 public:
  Show(const Call& call, const GovernanceSettings& /*governance*/) : call_(call) {}

  void operator()(json::Writer& writer, const RoutingRuleSettings& rule) const {
    writer.begin_object().member("id", std::string_view(rule.id));
    writer.member("name", std::string_view(rule.name));
    writer.member("description", std::string_view(rule.description));
    writer.member("enabled", rule.enabled);
    writer.member("cel_expression", std::string_view(rule.cel_expression));
    writer.key("targets").begin_array();
    for (const RuleTargetSettings& target : rule.targets) write_target(writer, target);
    writer.end_array().key("fallbacks").begin_array();
    for (const RuleFallbackSettings& fallback : rule.fallbacks) write_fallback(writer, fallback);
    writer.end_array();
    writer.member("scope", config::enum_text(rule.scope));
    text_or_null(writer, "scope_id", rule.scope_id);
    writer.member("priority", rule.priority);
    writer.member("chain_rule", rule.chain_rule);
    writer.key("query").raw(rule.query.text);
    write_times(writer, call_.desk.entry(kRules.kind, rule.id));
    writer.end_object();
  }

 private:
  const Call& call_;
};

}  // namespace

Result<Answer> list_routing_rules(const Call& call) {
  BF_TRY(const Page page, read_page(call.query));
  const std::string scope = http::query_value(call.query, "scope").value_or("");
  const std::string scope_id = http::query_value(call.query, "scope_id").value_or("");
  const auto governance = governance_of(call);
  const auto wanted = [&](const RoutingRuleSettings& rule) {
    return found_in(rule.name, page) && (scope.empty() || config::enum_text(rule.scope) == scope) &&
           (scope_id.empty() || rule.scope_id == scope_id);
  };
  return list(page, "rules", governance->routing_rules, wanted, Show(call, *governance));
}

Result<Answer> create_routing_rule(const Call& call) {
  BF_TRY(Answer answer,
         create_entry<Show>(call, kRules,
                            [&](GovernanceSettings& governance, RoutingRuleSettings& rule) {
                              return put(call, governance, rule);
                            }));
  answer.status = kCreated;
  return answer;
}

Result<Answer> show_routing_rule(const Call& call) { return show_entry<Show>(call, kRules); }

Result<Answer> update_routing_rule(const Call& call) {
  return change_entry<Show>(call, kRules,
                            [&](GovernanceSettings& governance, RoutingRuleSettings& rule) {
                              return put(call, governance, rule);
                            });
}

Result<Answer> delete_routing_rule(const Call& call) {
  return delete_entry(call, kRules,
                      [](GovernanceSettings& /*governance*/,
                         RoutingRuleSettings& /*rule*/) -> Result<void> { return {}; });
}

void drop_rules_of(GovernanceSettings& governance, governance::RuleScope scope,
                   std::string_view id) {
  governance.routing_rules.erase_if(
      [&](const RoutingRuleSettings& rule) { return rule.scope == scope && rule.scope_id == id; });
}

}  // namespace bifrost::admin
