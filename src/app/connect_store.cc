#include "app/connect_store.h"

#include "store/postgres/connection.h"
#include "store/sqlite/connection.h"

#include <chrono>
#include <filesystem>
#include <system_error>

namespace bifrost::app {
namespace {

// It waits for ten seconds at most for each statement.
Result<std::unique_ptr<store::sql::Connection>> connect_postgres(
    const store::ConnectionSettings& to, bool only_reads = false) {
  return store::postgres::open({.host = to.host,
                                .port = to.port,
                                .user = to.user,
                                .password = to.password.reveal(),
                                .database = to.db_name,
                                .ssl_mode = to.ssl_mode,
                                .only_reads = only_reads});
}

}  // namespace

std::string sqlite_path(const store::StoreSettings& settings, const std::string& app_dir) {
  if (!settings.config.path.empty()) return settings.config.path;
  return (std::filesystem::path(app_dir) / "config.db").string();
}

std::string no_database(const store::StoreSettings& settings, const std::string& app_dir) {
  if (!settings.enabled) return "config_store is off";
  if (settings.type != store::StoreType::kSqlite) return {};
  const std::string path = sqlite_path(settings, app_dir);
  std::error_code unknown;
  return std::filesystem::exists(path, unknown) ? std::string() : path + " does not exist";
}

Result<std::unique_ptr<store::sql::Connection>> connect_store(const store::StoreSettings& settings,
                                                              const std::string& app_dir) {
  if (!settings.enabled) return store::sqlite::open(":memory:");
  if (settings.type == store::StoreType::kPostgres) return connect_postgres(settings.config);
  return store::sqlite::open(sqlite_path(settings, app_dir));
}

Result<std::unique_ptr<store::sql::Connection>> connect_to_look(
    const store::StoreSettings& settings, const std::string& app_dir) {
  if (settings.type == store::StoreType::kPostgres) return connect_postgres(settings.config, true);
  return store::sqlite::open_untouched(sqlite_path(settings, app_dir));
}

Result<std::unique_ptr<store::sql::Connection>> connect_for_reports(
    const store::StoreSettings& settings, const std::string& app_dir, const Clock& clock) {
  if (settings.type == store::StoreType::kPostgres) return connect_postgres(settings.config, true);
  return store::sqlite::open(
      sqlite_path(settings, app_dir),
      {.statement_timeout = std::chrono::seconds(10), .clock = &clock, .only_reads = true});
}

}  // namespace bifrost::app
