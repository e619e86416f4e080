#include "telemetry/registry.h"

#include "base/assert.h"
#include "base/try.h"
#include "telemetry/exposition.h"

#include <utility>

namespace bifrost::telemetry {

Result<std::unique_ptr<Registry>> Registry::create(RegistryOptions options) {
  BF_TRY_VOID(check_custom_labels(options.custom_labels));
  return std::make_unique<Registry>(Key(), std::move(options));
}

Registry::Registry(Key, RegistryOptions options)
    : options_(std::move(options)), sets_(options_.custom_labels, options_.bytes_max) {
  add_shard().gauge(Metric::kBuildInfo, {options_.version, "clang " __clang_version__}).set(1);
}

Shard& Registry::add_shard() {
  const std::lock_guard lock(mutex_);
  BF_ASSERT(shards_.size() < kShardsMax);
  return shards_.emplace_back(sets_);
}

std::string Registry::scrape() const {
  std::vector<const Shard*> shards;
  {
    const std::lock_guard lock(mutex_);
    for (const Shard& shard : shards_) shards.push_back(&shard);
  }
  return expose(shards, sets_, options_.process());
}

}  // namespace bifrost::telemetry
