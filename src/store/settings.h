// Section `config_store`: where what is changed through the API is kept.
#pragma once

#include "config/facts.h"
#include "config/secret.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::store {

enum class StoreType : std::uint8_t { kSqlite, kPostgres };

}  // namespace bifrost::store

template <>
struct bifrost::config::EnumTexts<bifrost::store::StoreType> {
  static constexpr std::array<std::string_view, 2> kTexts = {"sqlite", "postgres"};
};

namespace bifrost::store {

// What prints the password, each time that it is asked for.
struct PasswordCommand {
  std::string command;
  std::vector<std::string> args;
  std::chrono::milliseconds timeout{10'000};
  std::chrono::milliseconds cache_ttl{60'000};

  void describe(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
    visit.field("command", self.command,
                {.text = "The program, as a path or a name on `PATH`. No shell reads it.",
                 .required = true,
                 .restart = true});
    visit.field("args", self.args, {.text = "Its arguments.", .restart = true});
    visit.field("timeout", self.timeout,
                {.text = "How long it may take.",
                 .minimum = 0.1,
                 .maximum = 60,
                 .unit = 1s,
                 .restart = true});
    visit.field("cache_ttl", self.cache_ttl,
                {.text = "How long what it printed is good for further connections. One that the "
                         "server refuses is asked for again.",
                 .minimum = 0,
                 .maximum = 86'400,
                 .unit = 1s,
                 .restart = true});
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const PasswordCommand&, const PasswordCommand&) = default;
};

// How the database is reached; SQLite needs no more than a path.
struct ConnectionSettings {
  std::string path;
  std::string host;
  std::string port = "5432";
  std::string user;
  config::Secret password;
  std::optional<PasswordCommand> password_command;
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
    visit.field(
        "password_command", self.password_command,
        {.text = "PostgreSQL: the program that prints the password, in place of `password`. "
                 "It is run for each connection.",
         .restart = true});
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
                 .restart = true,
                 .is_switch = true});
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
