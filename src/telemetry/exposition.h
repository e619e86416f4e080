// From the cells of all shards to the Prometheus text format.
#pragma once

#include "telemetry/process.h"
#include "telemetry/shard.h"

#include <span>
#include <string>

namespace bifrost::telemetry {

// One value for each label set, merged over the shards as the table says, in the order of the
// table and of the label values.
[[nodiscard]] std::string expose(std::span<const Shard* const> shards,
                                 std::span<const std::string> custom_labels,
                                 const ProcessSample& process);

}  // namespace bifrost::telemetry
