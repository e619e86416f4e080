#include "app/connect_store.h"

#include "store/postgres/connection.h"
#include "store/sqlite/connection.h"

#include <filesystem>

namespace bifrost::app {

std::string sqlite_path(const store::StoreSettings& settings, const std::string& app_dir) {
  if (!settings.config.path.empty()) return settings.config.path;
  return (std::filesystem::path(app_dir) / "config.db").string();
}

Result<std::unique_ptr<store::sql::Connection>> connect_store(const store::StoreSettings& settings,
                                                              const std::string& app_dir) {
  if (!settings.enabled) return store::sqlite::open(":memory:");
  if (settings.type != store::StoreType::kPostgres) {
    return store::sqlite::open(sqlite_path(settings, app_dir));
  }
  const store::ConnectionSettings& to = settings.config;
  return store::postgres::open({.host = to.host,
                                .port = to.port,
                                .user = to.user,
                                .password = to.password.reveal(),
                                .database = to.db_name,
                                .ssl_mode = to.ssl_mode});
}

}  // namespace bifrost::app
