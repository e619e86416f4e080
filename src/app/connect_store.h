// From the section `config_store` to a connection.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/settings.h"
#include "store/sql.h"

#include <memory>
#include <string>

namespace bifrost::app {

// Of a store that is SQLite.
[[nodiscard]] std::string sqlite_path(const store::StoreSettings& settings,
                                      const std::string& app_dir);

// Why there is no database; empty: there may be one. To look makes none.
[[nodiscard]] std::string no_database(const store::StoreSettings& settings,
                                      const std::string& app_dir);

// To a database in memory when the store is off.
[[nodiscard]] Result<std::unique_ptr<store::sql::Connection>> connect_store(
    const store::StoreSettings& settings, const std::string& app_dir);

// For who only looks at one that is there: nothing is written.
[[nodiscard]] Result<std::unique_ptr<store::sql::Connection>> connect_to_look(
    const store::StoreSettings& settings, const std::string& app_dir);

// Beside that one, for long questions: it only reads, for ten seconds at most. `clock` outlives it.
[[nodiscard]] Result<std::unique_ptr<store::sql::Connection>> connect_for_reports(
    const store::StoreSettings& settings, const std::string& app_dir, const Clock& clock);

}  // namespace bifrost::app
