#include "app/db_command.h"

#include "app/connect_store.h"
#include "app/passphrase.h"
#include "app/stored_config.h"
#include "base/strings.h"
#include "base/try.h"
#include "store/migrations.h"
#include "store/private_file.h"
#include "store/seal.h"
#include "store/sql_ledger.h"

#include <filesystem>
#include <ostream>
#include <string>
#include <system_error>

namespace bifrost::app {
namespace {

constexpr std::string_view kNewKey = "BIFROST_NEW_ENCRYPTION_KEY";

store::StoreSettings settings_of(const DbPlace& place) {
  return place.setup.config.config_store.value_or(store::StoreSettings{});
}

bool exists(const std::string& path) {
  std::error_code unknown;
  return std::filesystem::exists(path, unknown);
}

// "SQLite, /var/lib/bifrost/config.db"
std::string shown(const DbPlace& place) {
  const store::StoreSettings settings = settings_of(place);
  if (settings.type == store::StoreType::kPostgres) {
    return "PostgreSQL, database " + bifrost::quoted(settings.config.db_name) + " at " +
           settings.config.host;
  }
  return "SQLite, " + sqlite_path(settings, place.app_dir);
}

using Connect = decltype(connect_store);

// Where there is no database, none is made.
Result<std::unique_ptr<store::sql::Connection>> connect(const DbPlace& place,
                                                        Connect& how = connect_store) {
  const store::StoreSettings settings = settings_of(place);
  if (const std::string why = no_database(settings, place.app_dir); !why.empty()) {
    return gateway_error(ErrorCode::kConfigInvalid, "there is no database: " + why);
  }
  return how(settings, place.app_dir);
}

int told(const Result<void>& done, std::ostream& out) {
  if (done) return 0;
  out << done.error().message << '\n';
  return 1;
}

Result<void> count(store::sql::Connection& connection, std::string_view statement,
                   std::string_view what, std::ostream& out) {
  BF_TRY(const auto rows, connection.execute(statement));
  for (const store::sql::Row& row : rows) {
    out << "  " << (what.empty() ? row.text(1) : std::string(what)) << ": " << row.integer(0)
        << '\n';
  }
  return {};
}

// A table of a year takes minutes to count.
Result<void> print_usage(store::sql::Connection& connection, std::ostream& out) {
  constexpr std::int64_t kCountedMax = 100'000;
  BF_TRY(const auto rows,
         connection.execute("SELECT count(*) FROM (SELECT 1 FROM usage LIMIT $1) AS some",
                            {kCountedMax + 1}));
  const std::int64_t counted = rows.at(0).integer(0);
  out << "  rows of usage: "
      << (counted > kCountedMax ? "more than " + std::to_string(kCountedMax)
                                : std::to_string(counted))
      << '\n';
  return {};
}

Result<void> print_contents(store::sql::Connection& connection, std::int64_t taken,
                            std::ostream& out) {
  BF_TRY_VOID(count(connection, "SELECT revision FROM config_revision", "revision", out));
  BF_TRY_VOID(count(connection,
                    "SELECT count(*), kind FROM config_entity WHERE body <> '' "
                    "GROUP BY kind ORDER BY kind",
                    {}, out));
  BF_TRY(const auto seal, connection.execute("SELECT made FROM config_seal"));
  if (!seal.empty()) {
    out << "  secrets: sealed with "
        << (seal.front().integer(0) != 0 ? "the gateway's own key, encryption.key"
                                         : "encryption_key")
        << '\n';
  }
  if (taken < store::kUsageSince) return {};
  return print_usage(connection, out);
}

Result<int> print_status(const DbPlace& place, std::ostream& out) {
  BF_TRY(const auto connection, connect(place, connect_to_look));
  BF_TRY(const store::SchemaState state, store::schema_state(*connection));
  const auto known = static_cast<std::int64_t>(store::migrations().size());
  out << shown(place) << "\n  schema: step " << state.taken << ", this program knows " << known
      << '\n';
  if (state.taken > 0) {
    BF_TRY_VOID(print_contents(*connection, state.taken, out));
  }
  if (state.oldest > known) {
    out << "it is newer than this program, which cannot use it\n";
    return 1;
  }
  if (state.taken >= known) return 0;
  out << "steps are missing: the next start takes them, or bifrost db migrate\n";
  return 1;
}

Result<void> migrate(const DbPlace& place, WallTime now, std::ostream& out) {
  BF_TRY(const auto connection, connect(place));
  BF_TRY(const store::SchemaState before, store::schema_state(*connection));
  BF_TRY_VOID(store::migrate(*connection, store::migrations(), now));
  BF_TRY(const store::SchemaState after, store::schema_state(*connection));
  out << shown(place) << ": schema at step " << after.taken << ", " << after.taken - before.taken
      << " taken\n";
  return {};
}

Result<void> back_up(const DbPlace& place, const std::string& to, std::ostream& out) {
  const store::StoreSettings settings = settings_of(place);
  if (settings.enabled && settings.type == store::StoreType::kPostgres) {
    return gateway_error(ErrorCode::kUnsupportedOperation,
                         "PostgreSQL has a tool of its own: pg_dump --host " +
                             settings.config.host + " --format custom --file " + to + " " +
                             settings.config.db_name);
  }
  BF_TRY(const auto connection, connect(place));
  if (exists(to)) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         bifrost::quoted(to, 256) + " is there already; name another file");
  }
  // Made first, so that nobody else may read it; SQLite fills one that is empty.
  BF_TRY_VOID(store::make_new_private_file(to));
  if (auto copied = connection->execute("VACUUM INTO $1", {std::string_view(to)}); !copied) {
    std::error_code unknown;
    std::filesystem::remove(to, unknown);
    return std::move(copied).error();
  }
  out << shown(place) << " was copied to " << to
      << "; with it belongs the key of its secrets: encryption_key, or encryption.key in the app "
         "dir\n";
  return {};
}

Result<void> rekey(const DbPlace& place, WallTime now, std::ostream& out) {
  const auto text = place.environment.get(kNewKey);
  if (!text || text->empty()) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "set " + std::string(kNewKey) + " to the key that is to be");
  }
  BF_TRY(auto connection, connect(place));
  BF_TRY(const store::Passphrase current,
         passphrase_of(place.setup.config, place.environment, place.app_dir));
  BF_TRY(const auto stored, StoredConfig::open(std::move(connection), current, now));
  BF_TRY(const std::size_t secrets,
         stored->reseal(place.setup.config, place.environment, store::Passphrase{.text = *text}));
  out << shown(place) << ": " << secrets
      << " secret(s) sealed anew; start with the new key as encryption_key or "
         "BIFROST_ENCRYPTION_KEY\n";
  return {};
}

}  // namespace

int db_status(const DbPlace& place, std::ostream& out) {
  const auto status = print_status(place, out);
  if (status) return *status;
  return told(status.error(), out);
}

int db_migrate(const DbPlace& place, WallTime now, std::ostream& out) {
  return told(migrate(place, now, out), out);
}

int db_backup(const DbPlace& place, const std::string& to, std::ostream& out) {
  return told(back_up(place, to, out), out);
}

int db_rekey(const DbPlace& place, WallTime now, std::ostream& out) {
  return told(rekey(place, now, out), out);
}

}  // namespace bifrost::app
