// How large a part of an exposition is, before it is written. Bounds that are never exceeded.
#pragma once

#include "telemetry/metric.h"

#include <cstddef>
#include <span>
#include <string>

namespace bifrost::telemetry {

// All lines of one label set.
[[nodiscard]] std::size_t bytes_of(const MetricInfo& info, std::span<const std::string> names,
                                   std::span<const std::string> values);

// What stands around the sets: the help and type of each metric, and what the kernel says.
[[nodiscard]] std::size_t bytes_around();

}  // namespace bifrost::telemetry
