// Before a target is asked: the request takes what it is expected to use from its caller's limits.
#pragma once

#include "base/clock.h"
#include "exchange/exchange.h"
#include "upstream/execute.h"

namespace bifrost::exchange {

// What a request is expected to use, from its length and what it asks for. Streams may use more.
[[nodiscard]] llm::Usage expected_usage(const Exchange& exchange, const catalog::Model* facts);

class Admission final : public upstream::TargetAdmission {
 public:
  Admission(Exchange& exchange, const Clock& clock) : exchange_(exchange), clock_(clock) {}
  // Holds it as the call's reservation, in place of what it held for the target before.
  Result<void> admit(const routing::Target& target) override;

 private:
  Exchange& exchange_;
  const Clock& clock_;
};

}  // namespace bifrost::exchange
