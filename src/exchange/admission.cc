#include "exchange/admission.h"

#include "base/try.h"
#include "exchange/booking.h"
#include "exchange/expectation.h"
#include "exchange/limits_left.h"

#include <utility>

namespace bifrost::exchange {

Result<void> Admission::admit(const routing::Target& target, const provider::Key* key) {
  const RequestView request = exchange_.view();
  const TargetLimits limits(request, target);
  ModelCall& call = *exchange_.call;
  call.reservation.settle({});  // the target before has not served
  const bool limited = limits.any();
  if (!limited && journal_ == nullptr) return {};
  BF_TRY_VOID(check_room(exchange_, journal_));
  Expectation expectation = expected_of(request, call_, exchange_.body_bytes, target, key);
  if (limited) learn_from(learnt_use_, request, target, expectation);
  call.admitted = &target;
  call.expected = expectation.usage;
  call.expected_facts = expectation.facts;
  BF_TRY_VOID(check_price(request, target, limits, expectation));
  if (limited) {
    call.learnt_use = &learnt_use_;
    call.asked = expectation.asked;
    const WallTime now = clock_.wall();
    auto held = governance::Reservation::hold(limits.of_target(), limits.everywhere(),
                                              estimate_of(request, expectation), now);
    if (!held) {
      call.limits_left = limits_left(limits.all(), now);
      return std::move(held).error();
    }
    call.reservation = *std::move(held);
  }
  hold_in_ledger(exchange_, journal_);
  return {};
}

}  // namespace bifrost::exchange
