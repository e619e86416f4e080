// From the cells of all shards to the Prometheus text format.
#pragma once

#include "telemetry/label_sets.h"
#include "telemetry/process.h"
#include "telemetry/shard.h"

#include <span>
#include <string>

namespace bifrost::telemetry {

// One value for each label set, merged over the shards as the table says, in the order of the
// table and of the label values. Labels without a value are left out: to Prometheus that is the
// same.
[[nodiscard]] std::string expose(std::span<const Shard* const> shards, const LabelSets& sets,
                                 const ProcessSample& process);

}  // namespace bifrost::telemetry
