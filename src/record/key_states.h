// Whether the last that was heard of each configured key was good: one cell a key for the whole
// process, which all workers set. Thread-safe.
#pragma once

#include "telemetry/shard.h"

#include <mutex>
#include <string_view>

namespace bifrost::record {

class KeyStates {
 public:
  // The shard is written here only, and outlives this.
  explicit KeyStates(telemetry::Shard& shard) : shard_(shard) {}

  // 1 up, 0 down. May be set from any thread.
  [[nodiscard]] telemetry::Gauge& of(std::string_view provider, std::string_view key_id,
                                     std::string_view key_name) {
    const std::lock_guard lock(mutex_);
    return shard_.gauge(telemetry::Metric::kProviderKeyUp, {provider, key_id, key_name});
  }

 private:
  std::mutex mutex_;
  telemetry::Shard& shard_;
};

}  // namespace bifrost::record
