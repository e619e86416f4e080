// Where sessions of the administrator and the audit log are kept.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/access_store.h"
#include "store/settings.h"

#include <memory>
#include <optional>
#include <string>

namespace bifrost::app {

// In the database of the configuration, whose schema is there by then; in memory where the
// configuration `is_kept` nowhere. Fails with kStoreUnavailable.
[[nodiscard]] Result<std::unique_ptr<store::AccessStore>> open_access(
    const std::optional<store::StoreSettings>& settings, const std::string& app_dir, bool is_kept,
    WallTime now);

// The same over a connection for long questions. `clock` outlives it.
[[nodiscard]] Result<std::unique_ptr<store::AccessStore>> open_access_for_reports(
    const store::StoreSettings& settings, const std::string& app_dir, const Clock& clock);

}  // namespace bifrost::app
