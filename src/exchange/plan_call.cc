#include "exchange/plan_call.h"

#include "base/try.h"
#include "exchange/rule_facts.h"
#include "governance/principal.h"
#include "llm/model_name.h"
#include "routing/plan.h"
#include "routing/rules.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::exchange {
namespace {

// What a rule asks for in place of the caller.
struct RuledRequest {
  const routing::Rule* rule = nullptr;
  std::string model;
  routing::KeyPin pin = {};
  std::vector<std::string> fallbacks = {};  // empty: the caller's own
  std::vector<routing::KeyPin> fallback_pins = {};
};

routing::RuleOwners owners_of(const governance::Principal& caller) {
  return {.virtual_key = caller.id,
          .team = caller.team ? std::string_view(caller.team->id) : std::string_view(),
          .customer = caller.customer ? std::string_view(caller.customer->id) : std::string_view()};
}

void take_fallbacks(const routing::Routed& routed, RuledRequest& out) {
  out.fallbacks.reserve(routed.rule->fallbacks.size());
  out.fallback_pins.reserve(routed.rule->fallbacks.size());
  for (const routing::RuleFallback& fallback : routed.rule->fallbacks) {
    const std::string_view model = fallback.model.empty() ? routed.model : fallback.model;
    out.fallbacks.push_back(
        routing::Routed{.provider = fallback.provider, .model = model}.full_model());
    out.fallback_pins.push_back(fallback.key.pin());
  }
}

// Nothing: no rule matches. What a caller asks for has to be a name, also where nobody goes by it.
Result<std::optional<RuledRequest>> by_rules(const RequestView& request, std::string_view model,
                                             WallTime now, Random& random, CallTrail* trail) {
  const Snapshot& snapshot = request.snapshot;
  if (snapshot.routing.empty()) return std::optional<RuledRequest>();
  BF_TRY_VOID(llm::check_model_name(model));
  const llm::ModelName asked = llm::parse_model_name(
      model, [&](std::string_view prefix) { return snapshot.registry.find(prefix) != nullptr; });
  RuleFacts facts(request, now);
  const auto routed = snapshot.routing.route(
      {.owners = owners_of(*request.caller.principal),
       .provider = asked.provider,
       .model = asked.model,
       .depth_max = static_cast<std::size_t>(snapshot.client.routing_chain_max_depth)},
      facts, random, trail != nullptr ? &trail->rules : nullptr);
  if (!routed) return std::optional<RuledRequest>();
  RuledRequest out{.rule = routed->rule, .model = routed->full_model(), .pin = routed->pin};
  take_fallbacks(*routed, out);
  return std::optional(std::move(out));
}

}  // namespace

Result<CallPlan> plan_call(const RequestView& request, const dialect::RequestFacts& facts,
                           WallTime now, Random& random, CallTrail* trail) {
  const governance::Principal& caller = *request.caller.principal;
  std::vector<std::string_view> full;
  if (!caller.at_providers.empty()) full = caller.full_providers(now);
  routing::PlanRequest wanted{.model = facts.model,
                              .fallbacks = facts.fallbacks,
                              .default_provider = request.surface.provider,
                              .constraints = request.caller.constraints(),
                              .catalog = request.snapshot.catalog.get(),
                              .draw = random.unit(),
                              .full = full,
                              .trail = trail != nullptr ? &trail->plan : nullptr};
  BF_TRY(const std::optional<RuledRequest> ruled,
         by_rules(request, facts.model, now, random, trail));
  CallPlan out;
  if (ruled) {
    out.rule = ruled->rule;
    wanted.model = ruled->model;
    wanted.pin = ruled->pin;
    if (!ruled->fallbacks.empty()) {
      wanted.fallbacks = ruled->fallbacks;
      wanted.fallback_pins = ruled->fallback_pins;
    }
  }
  BF_TRY(out.plan, routing::plan(request.snapshot.registry, wanted));
  return out;
}

}  // namespace bifrost::exchange
