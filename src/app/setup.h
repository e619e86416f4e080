// From a configuration file, or from nothing but the environment, to what workers run on.
#pragma once

#include "app/config.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/environment.h"
#include "exchange/snapshot.h"
#include "governance/limit_book.h"

#include <string>
#include <vector>

namespace bifrost::app {

struct Setup {
  Config config;
  std::vector<std::string> warnings;
};

// Reads `path`; an empty one means that there is no file. Fails with kConfigInvalid and one line
// per problem.
[[nodiscard]] Result<Setup> read_setup(const std::string& path,
                                       const config::Environment& environment);

// What outlives configurations, since it counts what goes on.
struct Counts {
  upstream::Gates& gates;
  governance::LimitBook& limits;
};

// Everything that is made from a configuration. Touches the counts only when nothing can fail any
// more, so a configuration that is refused changes nothing.
[[nodiscard]] Result<exchange::SnapshotPtr> make_snapshot(const Config& config, Counts counts,
                                                          const config::Environment& environment,
                                                          WallTime now,
                                                          std::vector<std::string>& warnings);

}  // namespace bifrost::app
