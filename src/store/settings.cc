#include "store/settings.h"

#include "base/strings.h"
#include "config/check_scope.h"

#include <utility>

namespace bifrost::store {

void PasswordCommand::check(config::CheckScope& scope) const {
  if (!command.empty()) return;
  scope.problem(
      "command",
      R"(is ""; give the program that prints the password, or leave password_command out)");
}

void StoreSettings::check(config::CheckScope& scope) const {
  if (type != StoreType::kPostgres || !enabled) return;
  const auto problem = [&](std::string_view member, std::string message) {
    scope.problem_in("config", member, std::move(message));
  };
  const auto demand = [&](std::string_view member, const std::string& text) {
    if (text.empty()) problem(member, R"(required with type "postgres")");
  };
  demand("host", config.host);
  demand("user", config.user);
  demand("db_name", config.db_name);
  if (config.password_command && !config.password.empty()) {
    problem("password_command", "there is a password already; give one of the two");
  }
  constexpr int kPortMax = 65'535;
  const auto port = parse_int(config.port);
  if (!port || *port < 1 || *port > kPortMax) {
    problem("port", "must be a number from 1 to 65535, as a text");
  }
}

}  // namespace bifrost::store
