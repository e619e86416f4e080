#include "exchange/admission.h"

#include "base/try.h"
#include "exchange/booking.h"
#include "exchange/limits_left.h"
#include "routing/permit.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace bifrost::exchange {

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
  call.expected_facts =
      routing::model_facts(*exchange_.snapshot->catalog, *target.endpoint, target.model);
  const catalog::Model* facts = call.expected_facts;
  call.expected =
      call_.expected_usage(exchange_.body_bytes, facts != nullptr ? facts->output_tokens_max : 0);
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
    if (call.expected_facts != nullptr) {
      estimate.nano_dollars = catalog::cost(call.expected_facts->price, call.expected);
    }
  }
  return estimate;
}

}  // namespace bifrost::exchange
