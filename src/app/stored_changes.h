// From one configuration to another: what the store has to be told (stored_config.h).
#pragma once

#include "app/stored_config.h"
#include "app/stored_entry.h"
#include "base/result.h"
#include "exchange/managed_settings.h"
#include "store/config_store.h"

#include <vector>

namespace bifrost::app {

// What is to be stored is read again at once, so that nothing is that a start could not read; fails
// with kInvalidRequest where it could not. `file`: see StoredConfig::change.
[[nodiscard]] Result<std::vector<store::Change>> changes_between(
    const exchange::ManagedSettings& before, const exchange::ManagedSettings& after,
    const exchange::ManagedSettings& file, const StoredRows& rows, const Reading& reading);

}  // namespace bifrost::app
