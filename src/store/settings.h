// Section `config_store`: where what is changed through the API is kept.
#pragma once

#include "config/facts.h"
#include "config/secret.h"

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

// How the database is reached; SQLite needs no more than a path.
struct ConnectionSettings {
  std::string path;
  std::string host;
  std::string port = "5432";
  std::string user;
  config::Secret password;
  std::string db_name;
  std::string ssl_mode = "prefer";

  void describe(this auto& self, auto& visit) {
    static constexpr std::string_view kSslModes[] = {"disable", "allow",     "prefer",
                                                     "require", "verify-ca", "verify-full"};
    visit.field(
        "path", self.path,
        {.text = "SQLite: the file. Default: `config.db` in the app dir.", .restart = true});
    visit.field("host", self.host,
                {.text = "PostgreSQL: its host, or the folder of its socket.",
                 .env = true,
                 .restart = true});
    visit.field("port", self.port, {.text = "PostgreSQL: its port.", .env = true, .restart = true});
    visit.field("user", self.user, {.text = "PostgreSQL: the user.", .env = true, .restart = true});
    visit.field("password", self.password,
                {.text = "PostgreSQL: the user's password.", .restart = true});
    visit.field("db_name", self.db_name,
                {.text = "PostgreSQL: the database, whose encoding is UTF8.",
                 .env = true,
                 .restart = true});
    visit.field("ssl_mode", self.ssl_mode,
                {.text = "PostgreSQL: whether TLS is used, and what of the server is checked, as "
                         "libpq has it.",
                 .one_of = kSslModes,
                 .restart = true});
    self.describe_unserved(visit);
  }

  friend bool operator==(const ConnectionSettings&, const ConnectionSettings&) = default;

 private:
  void describe_unserved(this auto& /*self*/, auto& visit) {
    visit.unserved("password_command", config::Shape::kObject,
                   "PostgreSQL: the command that prints the password.");
    visit.unserved("max_idle_conns", config::Shape::kInteger, "One connection is used.");
    visit.unserved("max_open_conns", config::Shape::kInteger, "One connection is used.");
    visit.unserved("conn_max_lifetime", config::Shape::kAny, "Life of a connection.");
    visit.unserved("conn_max_idle_time", config::Shape::kAny, "Idle time of a connection.");
  }
};

struct StoreSettings {
  bool enabled = true;
  StoreType type = StoreType::kSqlite;
  ConnectionSettings config;

  void describe(this auto& self, auto& visit) {
    visit.field("enabled", self.enabled,
                {.text = "Off: what is changed through the API is lost with the process.",
                 .restart = true});
    visit.field(
        "type", self.type,
        {.text = "`sqlite`, a file of its own, or `postgres`, 13 or later.", .restart = true});
    visit.field("config", self.config, {.text = "How it is reached."});
    visit.unserved("vault_store", config::Shape::kObject, "Vault for secrets.");
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const StoreSettings&, const StoreSettings&) = default;
};

}  // namespace bifrost::store
