// A stream while it is relayed: what was seen of it is written into the ledger, and what it holds
// on its caller's limits grows before it has used more.
//
// It holds what it was expected to use. Once that is used it takes more, a bounded piece at a time;
// when a limit has no more, `client.on_limit_reached` says what becomes of it. A caller without
// limits pays a test of a flag for each piece.
#pragma once

#include "base/clock.h"
#include "exchange/exchange.h"
#include "exchange/used.h"
#include "governance/amount.h"
#include "record/meter.h"

#include <optional>
#include <string>

namespace bifrost::exchange {

class StreamWatch {
 public:
  // References outlive it.
  StreamWatch(Exchange& exchange, const Clock& clock, record::Meter& meter);
  ~StreamWatch();
  StreamWatch(const StreamWatch&) = delete;
  StreamWatch& operator=(const StreamWatch&) = delete;

  // More of the stream was seen. False: it has to end here, and `reason` says why.
  [[nodiscard]] bool may_go_on();
  [[nodiscard]] const std::string& reason() const { return reason_; }
  // It was ended here, since it could be.
  void stopped();

 private:
  [[nodiscard]] bool grow(const Used& used);

  Exchange& exchange_;
  const Clock& clock_;
  record::Meter& meter_;
  const bool limited_;
  bool full_ = false;           // a limit has had no more for it
  governance::Amount covered_;  // held on each limit
  governance::Amount enough_;   // until more than that is used there is nothing to do
  std::string reason_;
};

}  // namespace bifrost::exchange
