// Section `config_store`: where what is changed through the API is kept.
#pragma once

#include "config/facts.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::store {

enum class StoreType : std::uint8_t { kSqlite, kPostgres };

}  // namespace bifrost::store

template <>
struct bifrost::config::EnumTexts<bifrost::store::StoreType> {
  static constexpr std::array<std::string_view, 2> kTexts = {"sqlite", "postgres"};
};

namespace bifrost::store {

struct ConnectionSettings {
  std::string path;

  void describe(this auto& self, auto& visit) {
    visit.field(
        "path", self.path,
        {.text = "SQLite: the file. Default: `config.db` in the app dir.", .restart = true});
    visit.unserved("host", config::Shape::kString, "PostgreSQL: its host.");
    visit.unserved("port", config::Shape::kAny, "PostgreSQL: its port.");
    visit.unserved("user", config::Shape::kString, "PostgreSQL: the user.");
    visit.unserved("password", config::Shape::kAny, "PostgreSQL: the password.");
    visit.unserved("password_command", config::Shape::kObject,
                   "PostgreSQL: the command that prints the password.");
    visit.unserved("db_name", config::Shape::kString, "PostgreSQL: the database.");
    visit.unserved("ssl_mode", config::Shape::kString, "PostgreSQL: how TLS is used.");
    visit.unserved("max_idle_conns", config::Shape::kInteger, "PostgreSQL: idle connections.");
    visit.unserved("max_open_conns", config::Shape::kInteger, "PostgreSQL: connections.");
    visit.unserved("conn_max_lifetime", config::Shape::kAny, "PostgreSQL: life of a connection.");
    visit.unserved("conn_max_idle_time", config::Shape::kAny,
                   "PostgreSQL: idle time of a connection.");
  }

  friend bool operator==(const ConnectionSettings&, const ConnectionSettings&) = default;
};

struct StoreSettings {
  bool enabled = true;
  StoreType type = StoreType::kSqlite;
  ConnectionSettings config;

  void describe(this auto& self, auto& visit) {
    visit.field("enabled", self.enabled,
                {.text = "Off: what is changed through the API is lost with the process.",
                 .restart = true});
    visit.field("type", self.type,
                {.text = "`postgres` is not served yet: until it is, such a store keeps nothing "
                         "beyond the process.",
                 .restart = true});
    visit.field("config", self.config, {.text = "How it is reached."});
    visit.unserved("vault_store", config::Shape::kObject, "Vault for secrets.");
  }

  friend bool operator==(const StoreSettings&, const StoreSettings&) = default;
};

}  // namespace bifrost::store
