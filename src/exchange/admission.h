// Before a target is asked: the request takes what it is expected to use from its caller's limits.
#pragma once

#include "base/clock.h"
#include "exchange/call.h"
#include "exchange/exchange.h"
#include "upstream/execute.h"

namespace bifrost::exchange {

class Admission final : public upstream::TargetAdmission {
 public:
  Admission(Exchange& exchange, const Call& call, const Clock& clock)
      : exchange_(exchange), call_(call), clock_(clock) {}
  // Holds it as the call's reservation, in place of what it held for the target before.
  Result<void> admit(const routing::Target& target) override;

 private:
  Exchange& exchange_;
  const Call& call_;
  const Clock& clock_;
};

}  // namespace bifrost::exchange
