// Section `client.retry_budget`: how much the failures of providers may be multiplied.
#pragma once

#include "config/facts.h"

#include <chrono>
#include <cstdint>

namespace bifrost::upstream {

struct BudgetSettings {
  std::int64_t max_attempts_per_request = 10;
  std::chrono::milliseconds max_time_per_request{std::chrono::minutes(10)};
  double retry_percent = 8;
  std::int64_t retry_floor = 10;

  void describe(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
    visit.field("max_attempts_per_request", self.max_attempts_per_request,
                {.text = "Calls that one request may cost with all its retries and fallbacks. A "
                         "retry leaves one for each fallback that follows.",
                 .minimum = 1,
                 .maximum = 1000,
                 .ours = true});
    visit.field("max_time_per_request_in_seconds", self.max_time_per_request,
                {.text = "Time after which a request begins no further attempt; one that runs has "
                         "its own limits.",
                 .minimum = 0.001,
                 .unit = 1s,
                 .ours = true});
    visit.field("retry_percent", self.retry_percent,
                {.text = "Retries that a provider key, and a caller, may have for 100 requests of "
                         "the last ten seconds.",
                 .minimum = 0,
                 .maximum = 10'000,
                 .ours = true});
    visit.field("retry_floor", self.retry_floor,
                {.text = "Retries in ten seconds that a key and a caller may have with less "
                         "traffic than that. A very large number turns the budgets off.",
                 .minimum = 0,
                 .maximum = 1'000'000'000,
                 .ours = true});
  }

  friend bool operator==(const BudgetSettings&, const BudgetSettings&) = default;
};

}  // namespace bifrost::upstream
