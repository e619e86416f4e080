// All shards together, and what a scrape sees of them.
//
// Owned by the gateway, made before the workers and destroyed after them.
#pragma once

#include "base/result.h"
#include "telemetry/process.h"
#include "telemetry/shard.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::telemetry {

inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";
inline constexpr std::size_t kShardsMax = 256;

struct RegistryOptions {
  std::string version;                     // of this program
  std::vector<std::string> custom_labels;  // client.prometheus_labels; a change needs a restart
  std::size_t bytes_max = kExpositionBytesMax;  // of a scrape
  ProcessSample (*process)() = sample_process;

  bool operator==(const RegistryOptions&) const = default;
};

class Registry {
  struct Key {
    explicit Key() = default;
  };

 public:
  // Fails when a configured label cannot be used.
  static Result<std::unique_ptr<Registry>> create(RegistryOptions options);

  // Only create() has the key: what it made has usable labels.
  Registry(Key, RegistryOptions options);

  // A shard for one writing thread, which lives as long as the registry. At most kShardsMax.
  Shard& add_shard();

  // The names of the configured labels, in the order of their values in a prefix.
  [[nodiscard]] const std::vector<std::string>& custom_labels() const {
    return sets_.custom_labels();
  }

  // The sums over all shards in the Prometheus text format, at most as large as the options say.
  // Callable from any thread, at any time; it takes tens of milliseconds where there is much.
  [[nodiscard]] std::string scrape() const;

 private:
  const RegistryOptions options_;
  LabelSets sets_;
  mutable std::mutex mutex_;  // guards the list, not what is in the shards
  std::deque<Shard> shards_;
};

}  // namespace bifrost::telemetry
