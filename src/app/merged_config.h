// What is in force by a file and its database, for commands: neither is changed.
#pragma once

#include "app/config_command.h"
#include "app/stored_config.h"

#include <memory>
#include <string>
#include <vector>

namespace bifrost::app {

// Null: there is no database, and to look makes none.
[[nodiscard]] Result<std::unique_ptr<StoredConfig>> look_at_stored(const ConfigPlace& place);

// As a gateway would have it that starts now. What is said on the way is added to `warnings`.
[[nodiscard]] Result<Config> merged_config(const ConfigPlace& place,
                                           std::vector<std::string>& warnings);

}  // namespace bifrost::app
