// Before a target is asked: the request takes what it is expected to use from its caller's limits.
#pragma once

#include "base/clock.h"
#include "exchange/call.h"
#include "exchange/exchange.h"
#include "upstream/execute.h"

namespace bifrost::exchange {

class Admission final : public upstream::TargetAdmission {
 public:
  // `journal` gets what is held too; null: there is none.
  Admission(Exchange& exchange, const Call& call, const Clock& clock,
            governance::LearntUse& learnt_use, ledger::Journal* journal)
      : exchange_(exchange),
        call_(call),
        clock_(clock),
        learnt_use_(learnt_use),
        journal_(journal) {}
  // Holds it as the call's reservation, in place of what it held for the target before.
  Result<void> admit(const routing::Target& target, const provider::Key* key) override;

 private:
  Exchange& exchange_;
  const Call& call_;
  const Clock& clock_;
  governance::LearntUse& learnt_use_;
  ledger::Journal* const journal_;
};

}  // namespace bifrost::exchange
