// From a configuration file, or from nothing but the environment, to what workers run on.
#pragma once

#include "app/config.h"
#include "app/stored_config.h"
#include "base/clock.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "config/environment.h"
#include "exchange/snapshot.h"
#include "governance/build_rules.h"

#include <memory>
#include <string>
#include <vector>

namespace bifrost::app {

struct Setup {
  Config config;
  Ruled ruled = {};
  std::vector<std::string> warnings;
};

// Reads `path`; an empty one means that there is no file. Fails with kConfigInvalid and one line
// per problem.
[[nodiscard]] Result<Setup> read_setup(const std::string& path,
                                       const config::Environment& environment);

// What outlives configurations.
struct Lasting {
  upstream::Gates& gates;  // count what goes on, as limits do
  governance::RulesBuilder& rules;
  std::shared_ptr<const catalog::Catalog> catalog = catalog::Catalog::shared_built_in();
};

// Everything that is made from a configuration. Touches what counts only when nothing can fail any
// more, so a configuration that is refused changes nothing.
[[nodiscard]] Result<exchange::SnapshotPtr> make_snapshot(const Config& config, Lasting lasting,
                                                          const config::Environment& environment,
                                                          WallTime now,
                                                          std::vector<std::string>& warnings);

}  // namespace bifrost::app
