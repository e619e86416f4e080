// Counts what a worker's resolver does.
#pragma once

#include "net/resolver.h"
#include "telemetry/shard.h"

#include <chrono>
#include <string_view>

namespace bifrost::client {

class DnsMeter final : public net::ResolverObserver {
 public:
  // The shard outlives the meter and is counted in by its worker only.
  explicit DnsMeter(telemetry::Shard& shard) : shard_(shard) {}

  void looked_up(net::NameAnswer::Outcome outcome, std::chrono::nanoseconds took) override {
    shard_.histogram(telemetry::Metric::kDnsLookup, {result_of(outcome)})
        .observe(std::chrono::duration<double>(took).count());
  }
  void served_stale() override { shard_.counter(telemetry::Metric::kDnsStale).add(); }

 private:
  static std::string_view result_of(net::NameAnswer::Outcome outcome) {
    using Outcome = net::NameAnswer::Outcome;
    switch (outcome) {
      case Outcome::kFound:
        return "found";
      case Outcome::kNoSuchName:
        return "no_such_name";
      case Outcome::kTimeout:
        return "timeout";
      case Outcome::kShortage:
        return "shortage";
      case Outcome::kFailed:
        break;
    }
    return "failed";
  }

  telemetry::Shard& shard_;
};

}  // namespace bifrost::client
