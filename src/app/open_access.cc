#include "app/open_access.h"

#include "app/connect_store.h"
#include "base/log.h"
#include "base/try.h"
#include "store/migrations.h"

#include <utility>

namespace bifrost::app {
namespace {

using Connected = Result<std::unique_ptr<store::sql::Connection>>;

Result<std::unique_ptr<store::AccessStore>> store_over(Connected connected, WallTime now,
                                                       bool beside_configuration) {
  BF_TRY(auto connection, std::move(connected));
  BF_TRY_VOID(store::migrate(*connection, store::migrations(), now));
  return std::make_unique<store::AccessStore>(std::move(connection), beside_configuration);
}

}  // namespace

Result<std::unique_ptr<store::AccessStore>> open_access(
    const std::optional<store::StoreSettings>& settings, const std::string& app_dir, WallTime now) {
  const store::StoreSettings in_memory{.enabled = false};
  const store::StoreSettings wanted = settings.value_or(store::StoreSettings{});
  auto opened = store_over(connect_store(wanted, app_dir), now, wanted.enabled);
  // Nobody asked for a database, and none can be written: so it is with the configuration.
  if (!opened && !settings && opened.error().code == ErrorCode::kStoreUnavailable) {
    BF_LOG(kWarn, "management", "sessions and the audit log are kept in memory only",
           {"what", opened.error().message});
    return store_over(connect_store(in_memory, app_dir), now, false);
  }
  return opened;
}

Result<std::unique_ptr<store::AccessStore>> open_access_for_reports(
    const store::StoreSettings& settings, const std::string& app_dir, const Clock& clock) {
  BF_TRY(auto connection, connect_for_reports(settings, app_dir, clock));
  return std::make_unique<store::AccessStore>(std::move(connection), true);
}

}  // namespace bifrost::app
