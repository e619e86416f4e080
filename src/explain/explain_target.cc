#include "explain/explain_target.h"

#include "base/try.h"
#include "catalog/price.h"
#include "exchange/expectation.h"
#include "governance/reservation.h"
#include "provider/endpoint.h"
#include "routing/keys.h"
#include "upstream/target_keys.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

namespace bifrost::explain {
namespace {

std::string why_not(routing::KeyStanding standing) {
  switch (standing) {
    case routing::KeyStanding::kUsable:
      return {};
    case routing::KeyStanding::kDisabled:
      return "disabled";
    case routing::KeyStanding::kNotPinned:
      return "another key is pinned";
    case routing::KeyStanding::kNotGranted:
      return "not granted to this credential";
    case routing::KeyStanding::kDenied:
      return "the model is in its blacklisted_models";
    case routing::KeyStanding::kNotListed:
      return "the model is not in its models";
  }
  std::unreachable();
}

std::vector<KeyStep> keys_of(const Planned& planned, const routing::Target& target) {
  const provider::Endpoint& endpoint = *target.endpoint;
  const routing::Constraints constraints =
      upstream::constraints_at(planned.job.constraints, target);
  std::vector<KeyStep> out;
  out.reserve(endpoint.keys.size());
  for (const provider::Key& key : endpoint.keys) {
    out.push_back({.key = {.id = key.id(), .name = key.settings.name},
                   .weight = key.settings.weight,
                   .why = why_not(routing::standing_of(key, endpoint, target.model, constraints))});
  }
  return out;
}

LimitStep limit_step(const governance::Limit& limit, const governance::Amount& estimate,
                     WallTime now) {
  const governance::LimitTerms terms = limit.terms();
  const governance::Limit::State state = limit.state(now);
  LimitStep step{.owner = terms.owner,
                 .unit = terms.unit,
                 .window = terms.period ? terms.period->text() : std::string(),
                 .amount = state.amount,
                 .used = state.used,
                 .held = state.held,
                 .left = std::max<std::int64_t>(0, state.amount - state.used - state.held),
                 .takes = estimate.of(terms.unit),
                 .fits = limit.would_take(estimate.of(terms.unit), now)};
  if (state.window) step.resets_at = state.window->end;
  return step;
}

// One that several owners share is told once, as it is held.
std::vector<LimitStep> limit_steps(const exchange::TargetLimits& limits,
                                   const governance::Amount& estimate, WallTime now) {
  std::vector<LimitStep> out;
  std::set<const governance::Limit*> told;
  for (const governance::Limits list : limits.all()) {
    for (const auto& limit : list) {
      if (told.insert(limit.get()).second) out.push_back(limit_step(*limit, estimate, now));
    }
  }
  return out;
}

// What it would have to hold, and whether it could.
Result<void> admit(const Planned& planned, const routing::Target& target, const provider::Key* key,
                   TargetStep& step) {
  const exchange::TargetLimits limits(planned.request, target);
  exchange::Expectation expected =
      exchange::expected_of(planned.request, planned.call, planned.body_bytes, target, key);
  if (limits.any()) {
    exchange::learn_from(planned.world.learnt_use, planned.request, target, expected);
  }
  EstimateStep& estimate = step.estimate.emplace();
  estimate.input_tokens = expected.usage.input_total();
  estimate.output_tokens = expected.usage.output_total();
  estimate.learnt = expected.learnt;
  if (const catalog::Price* price = expected.facts.price()) {
    estimate.nano_dollars = catalog::cost(*price, expected.usage);
  }
  const governance::Amount amount = exchange::estimate_of(planned.request, expected);
  const WallTime now = planned.world.clock.wall();
  step.limits = limit_steps(limits, amount, now);
  BF_TRY_VOID(exchange::check_price(planned.request, target, limits, expected));
  return governance::Reservation::check(limits.of_target(), limits.everywhere(), amount, now);
}

// How it would be written for the provider.
Result<void> write(const Planned& planned, const routing::Target& target,
                   const routing::PickedKey& picked, TargetStep& step) {
  const provider::Endpoint& endpoint = *target.endpoint;
  exchange::Call& call = planned.call;
  BF_TRY(const provider::Side* side,
         endpoint.side(call.type(), &call.inbound(), picked.key, target.model));
  step.dialect = side->dialect().name;
  step.translated = !call.passes(*side);
  step.sent_model = endpoint.wire_model(picked.model);
  BF_TRY(dialect::EncodedRequest encoded, call.encode(*side, step.sent_model));
  step.lost = std::move(encoded.dropped.lost);
  if (encoded.dropped.more_lost > 0) {
    step.lost.push_back("and " + std::to_string(encoded.dropped.more_lost) + " more");
  }
  step.refused = std::move(encoded.dropped.refused);
  return {};
}

}  // namespace

Result<void> explain_target(const Planned& planned, const routing::Target& target,
                            TargetStep& step) {
  const provider::Endpoint& endpoint = *target.endpoint;
  step.provider = endpoint.name;
  step.model = target.model;
  step.fallback_index = target.fallback_index;
  step.keyless = endpoint.keyless;
  step.keys = keys_of(planned, target);
  BF_TRY_VOID(endpoint.check_allowed(planned.call.type()));
  BF_TRY(upstream::TargetKeys keys,
         upstream::TargetKeys::look(planned.job, target, planned.world.clock.now()));
  step.own_key = keys.callers_own() != nullptr;
  for (std::size_t i = 0; i < step.keys.size(); ++i) {
    step.keys[i].chance = keys.chance(endpoint.keys[i]);
  }
  BF_TRY(const routing::PickedKey picked, keys.pick(planned.random));
  BF_TRY_VOID(admit(planned, target, picked.key, step));
  return write(planned, target, picked, step);
}

}  // namespace bifrost::explain
