#include "exchange/admission.h"

#include "base/strings.h"
#include "base/try.h"
#include "exchange/booking.h"
#include "exchange/limits_left.h"
#include "exchange/prices.h"
#include "routing/permit.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace bifrost::exchange {
namespace {

bool has_budget(governance::Limits limits) {
  return std::ranges::any_of(limits, [](const std::shared_ptr<governance::Limit>& limit) {
    return limit->unit() == governance::Unit::kNanoDollars;
  });
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

Result<void> Admission::admit(const routing::Target& target) {
  const governance::Principal& caller = *exchange_.caller.principal;
  const std::string& provider = target.endpoint->name;
  std::array<governance::Limits, governance::ModelLimits::kListsMax + 2> lists;
  std::size_t count = 0;
  lists[count++] = caller.limits_at(provider);
  count += exchange_.snapshot->rules.models.find(
      {.key = caller.id,
       .provider = provider,
       .model = routing::counted_model(*target.endpoint, target.model)},
      std::span(lists).subspan<1, governance::ModelLimits::kListsMax>());
  ModelCall& call = *exchange_.call;
  call.reservation.settle({});  // the target before has not served
  const bool limited = count > 1 || !lists.front().empty() || !caller.limits.empty();
  if (!limited && journal_ == nullptr) return {};
  BF_TRY_VOID(check_room(exchange_, journal_));
  expect(target);
  if (call.expected_facts.price() == nullptr &&
      exchange_.snapshot->client.access.unknown_price == governance::UnknownPrice::kRefuse &&
      (has_budget(caller.limits) ||
       std::ranges::any_of(std::span(lists).first(count), has_budget))) {
    return unknown_price(target);
  }
  if (limited) {
    expect_as_learnt(target);
    const WallTime now = clock_.wall();
    auto held = governance::Reservation::hold(std::span(lists).first(count), caller.limits,
                                              estimate(), now);
    if (!held) {
      lists[count++] = caller.limits;
      call.limits_left = limits_left(std::span(lists).first(count), now);
      return std::move(held).error();
    }
    call.reservation = *std::move(held);
  }
  hold_in_ledger(exchange_, journal_);
  return {};
}

void Admission::expect(const routing::Target& target) {
  ModelCall& call = *exchange_.call;
  call.admitted = &target;
  // Which of the provider's keys it will be is not known yet.
  call.expected_facts = facts_of(
      exchange_,
      {.endpoint = *target.endpoint, .model = target.model, .operation = call_.type().operation});
  call.expected =
      call_.expected_usage(exchange_.body_bytes, call.expected_facts.output_tokens_max());
}

void Admission::expect_as_learnt(const routing::Target& target) {
  // Pictures and sound are long texts of few tokens: beyond this length it is likely one of them.
  constexpr std::size_t kTextBytesMax = 128UZ * 1024;
  ModelCall& call = *exchange_.call;
  call.learnt_use = &learnt_use_;
  call.asked = {.bytes = static_cast<std::int64_t>(std::min(exchange_.body_bytes, kTextBytesMax)),
                .output_tokens = call_.says_output_max() ? call.expected.output_total() : 0};
  const auto learnt = learnt_use_.expected({.caller = exchange_.caller.principal->id,
                                            .provider = target.endpoint->name,
                                            .model = target.model},
                                           call.asked);
  if (learnt.input) call.expected.input = *learnt.input;
  if (learnt.output) call.expected.output = *learnt.output;
}

governance::Amount Admission::estimate() const {
  const ModelCall& call = *exchange_.call;
  governance::Amount estimate{.requests = 1, .concurrent = 1};
  if (exchange_.snapshot->client.access.admission == governance::AdmissionMode::kReserve) {
    estimate.tokens = call.expected.total();
    if (const catalog::Price* price = call.expected_facts.price()) {
      estimate.nano_dollars = catalog::cost(*price, call.expected);
    }
  }
  return estimate;
}

}  // namespace bifrost::exchange
