// Member `auth_config`: who may use the management API.
#pragma once

#include "config/facts.h"
#include "config/secret.h"

#include <string>

namespace bifrost::config {
class CheckScope;
}

namespace bifrost::governance {

struct AuthSettings {
  std::string admin_username;
  config::Secret admin_password;
  bool is_enabled = false;

  void describe(this auto& self, auto& visit) {
    visit.field(
        "is_enabled", self.is_enabled,
        {.text = "Demand both, a session that was begun with them, or an API key from whoever uses "
                 "the management API. Off, it is open on the loopback and closed elsewhere.",
         .is_switch = true});
    visit.field("admin_username", self.admin_username,
                {.text = "The administrator's name.", .env = true});
    visit.field("admin_password", self.admin_password,
                {.text = "His password, or its hash by Argon2id: `$argon2id$v=19$…`."});
    visit.unserved("disable_auth_on_inference", config::Shape::kBool, "Deprecated, ignored.");
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const AuthSettings&, const AuthSettings&) = default;
};

}  // namespace bifrost::governance
