// One line of log for a request that was served, or for a share of them. Never contents,
// credentials or headers.
#pragma once

#include "base/random.h"
#include "record/sink.h"

namespace bifrost::record {

class AccessLog final : public Sink {
 public:
  // `random` draws what is logged, and outlives this.
  explicit AccessLog(Random& random) : random_(random) {}

  // From 0, none, to 1, all.
  void set_share(double share) { share_ = share; }

  void attempt_ended(const Request& request, const Attempt& attempt) override;
  void request_ended(const Request& request) override;

 private:
  [[nodiscard]] bool drawn();

  Random& random_;
  double share_ = 0;
};

}  // namespace bifrost::record
