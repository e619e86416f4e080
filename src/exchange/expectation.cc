#include "exchange/expectation.h"

#include "base/strings.h"
#include "exchange/prices.h"
#include "governance/principal.h"
#include "routing/permit.h"

#include <algorithm>
#include <cstdint>
#include <memory>

namespace bifrost::exchange {
namespace {

bool is_budget(const std::shared_ptr<governance::Limit>& limit) {
  return limit->unit() == governance::Unit::kNanoDollars;
}

Error unknown_price(const routing::Target& target) {
  Error error = client_error(
      ErrorCode::kModelBlocked,
      "the price of model " + quoted(target.model) + " of provider " + target.endpoint->name +
          " is not known, so no budget would count it (client.unknown_price); an entry of "
          "governance.pricing_overrides tells it");
  error.upstream_type = "price_unknown";
  error.retry = Retry::kOtherTarget;
  return error;
}

}  // namespace

TargetLimits::TargetLimits(const RequestView& request, const routing::Target& target) {
  const governance::Principal& caller = *request.caller.principal;
  const std::string& provider = target.endpoint->name;
  lists_[count_++] = caller.limits_at(provider);
  count_ += request.snapshot.rules.models.find(
      {.key = caller.id,
       .provider = provider,
       .model = routing::counted_model(*target.endpoint, target.model)},
      std::span(lists_).subspan<1, governance::ModelLimits::kListsMax>());
  lists_[count_] = caller.limits;
}

bool TargetLimits::any() const {
  return std::ranges::any_of(all(), [](governance::Limits limits) { return !limits.empty(); });
}

bool TargetLimits::has_budget() const {
  return std::ranges::any_of(
      all(), [](governance::Limits limits) { return std::ranges::any_of(limits, is_budget); });
}

Expectation expected_of(const RequestView& request, const Call& call, std::size_t body_bytes,
                        const routing::Target& target, const provider::Key* key) {
  // Pictures and sound are long texts of few tokens: beyond this length it is likely one of them.
  constexpr std::size_t kTextBytesMax = 128UZ * 1024;
  Asked asked{
      .endpoint = *target.endpoint, .model = target.model, .operation = call.type().operation};
  if (key != nullptr) {
    asked.key_id = key->id();
    asked.key_name = key->settings.name;
  }
  Expectation out{.facts = facts_of(request, asked)};
  out.usage = call.expected_usage(body_bytes, out.facts.output_tokens_max());
  out.asked = {.bytes = static_cast<std::int64_t>(std::min(body_bytes, kTextBytesMax)),
               .output_tokens = call.says_output_max() ? out.usage.output_total() : 0};
  return out;
}

void learn_from(const governance::LearntUse& learnt_use, const RequestView& request,
                const routing::Target& target, Expectation& expectation) {
  const auto learnt = learnt_use.expected({.caller = request.caller.principal->id,
                                           .provider = target.endpoint->name,
                                           .model = target.model},
                                          expectation.asked);
  if (learnt.input) expectation.usage.input = *learnt.input;
  if (learnt.output) expectation.usage.output = *learnt.output;
  expectation.learnt = learnt.input || learnt.output;
}

governance::Amount estimate_of(const RequestView& request, const Expectation& expectation) {
  governance::Amount estimate{.requests = 1, .concurrent = 1};
  if (request.snapshot.client.access.admission == governance::AdmissionMode::kReserve) {
    estimate.tokens = expectation.usage.total();
    if (const catalog::Price* price = expectation.facts.price()) {
      estimate.nano_dollars = catalog::cost(*price, expectation.usage);
    }
  }
  return estimate;
}

Result<void> check_price(const RequestView& request, const routing::Target& target,
                         const TargetLimits& limits, const Expectation& expectation) {
  if (expectation.facts.price() == nullptr &&
      request.snapshot.client.access.unknown_price == governance::UnknownPrice::kRefuse &&
      limits.has_budget()) {
    return unknown_price(target);
  }
  return {};
}

}  // namespace bifrost::exchange
