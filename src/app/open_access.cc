#include "app/open_access.h"

#include "app/connect_store.h"
#include "base/log.h"
#include "base/try.h"
#include "store/migrations.h"

#include <utility>

namespace bifrost::app {
namespace {

Result<std::unique_ptr<store::AccessStore>> open_in_memory(WallTime now) {
  BF_TRY(auto connection, connect_store({.enabled = false}, {}));
  BF_TRY_VOID(store::migrate(*connection, store::migrations(), now));
  return std::make_unique<store::AccessStore>(std::move(connection), false);
}

}  // namespace

Result<std::unique_ptr<store::AccessStore>> open_access(
    const std::optional<store::StoreSettings>& settings, const std::string& app_dir, bool is_kept,
    WallTime now) {
  if (!is_kept) return open_in_memory(now);
  auto connection = connect_store(settings.value_or(store::StoreSettings{}), app_dir);
  // Nobody asked for a database, and none can be written: so it is with the configuration.
  if (!connection && !settings && connection.error().code == ErrorCode::kStoreUnavailable) {
    BF_LOG(kWarn, "management", "sessions and the audit log are kept in memory only",
           {"what", connection.error().message});
    return open_in_memory(now);
  }
  if (!connection) return std::move(connection).error();
  return std::make_unique<store::AccessStore>(*std::move(connection), true);
}

Result<std::unique_ptr<store::AccessStore>> open_access_for_reports(
    const store::StoreSettings& settings, const std::string& app_dir, const Clock& clock) {
  BF_TRY(auto connection, connect_for_reports(settings, app_dir, clock));
  return std::make_unique<store::AccessStore>(std::move(connection), true);
}

}  // namespace bifrost::app
