#include "app/connect_store.h"

#include "store/postgres/connection.h"
#include "store/sqlite/connection.h"

#include <chrono>
#include <filesystem>
#include <system_error>

namespace bifrost::app {
namespace {

struct PostgresTerms {
  std::chrono::seconds connect_timeout{5};
  std::chrono::seconds statement_timeout{10};
  bool only_reads = false;
};
// Operators wait for their changes: eight seconds, where the server says nothing.
constexpr PostgresTerms kWriting{.connect_timeout = std::chrono::seconds(3),
                                 .statement_timeout = std::chrono::seconds(5)};
constexpr PostgresTerms kReading{.only_reads = true};

Result<std::unique_ptr<store::sql::Connection>> connect_postgres(
    const store::ConnectionSettings& to, const PostgresTerms& terms) {
  // Of passwords that are printed: connections outlive whoever opens them.
  static const SystemClock kClock;
  return store::postgres::open({.host = to.host,
                                .port = to.port,
                                .user = to.user,
                                .password = to.password.reveal(),
                                .password_command = to.password_command,
                                .database = to.db_name,
                                .ssl_mode = to.ssl_mode,
                                .connect_timeout = terms.connect_timeout,
                                .statement_timeout = terms.statement_timeout,
                                .only_reads = terms.only_reads},
                               kClock);
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
  if (settings.type == store::StoreType::kPostgres)
    return connect_postgres(settings.config, kWriting);
  return store::sqlite::open(sqlite_path(settings, app_dir));
}

Result<std::unique_ptr<store::sql::Connection>> connect_to_look(
    const store::StoreSettings& settings, const std::string& app_dir) {
  if (settings.type == store::StoreType::kPostgres)
    return connect_postgres(settings.config, kReading);
  return store::sqlite::open_untouched(sqlite_path(settings, app_dir));
}

Result<std::unique_ptr<store::sql::Connection>> connect_for_reports(
    const store::StoreSettings& settings, const std::string& app_dir, const Clock& clock) {
  if (settings.type == store::StoreType::kPostgres)
    return connect_postgres(settings.config, kReading);
  return store::sqlite::open(
      sqlite_path(settings, app_dir),
      {.statement_timeout = std::chrono::seconds(10), .clock = &clock, .only_reads = true});
}

}  // namespace bifrost::app
