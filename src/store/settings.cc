#include "store/settings.h"

#include "base/strings.h"
#include "config/check_scope.h"

namespace bifrost::store {

void StoreSettings::check(config::CheckScope& scope) const {
  if (type != StoreType::kPostgres || !enabled) return;
  const auto demand = [&](std::string_view member, const std::string& text) {
    if (text.empty()) scope.problem(member, R"(required with type "postgres")");
  };
  demand("config.host", config.host);
  demand("config.user", config.user);
  demand("config.db_name", config.db_name);
  if (config.password_command && !config.password.empty()) {
    scope.problem("config.password_command", "there is a password already; give one of the two");
  }
  constexpr int kPortMax = 65'535;
  const auto port = parse_int(config.port);
  if (!port || *port < 1 || *port > kPortMax) {
    scope.problem("config.port", "must be a number from 1 to 65535, as a text");
  }
}

}  // namespace bifrost::store
