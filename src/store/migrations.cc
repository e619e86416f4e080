#include "store/migrations.h"

#include "base/timestamp.h"
#include "base/try.h"
#include "store/digest.h"

#include <charconv>
#include <string>

namespace bifrost::store {
namespace {

constexpr std::string_view kOldest = "-- oldest: ";
constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS schema_migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL, "
    "checksum TEXT NOT NULL, oldest BIGINT NOT NULL, taken_at BIGINT NOT NULL)";

// What the first line of a step says.
std::int64_t oldest_of(const Migration& step) {
  std::int64_t oldest = step.number;
  if (!step.text.starts_with(kOldest)) return oldest;
  const std::string_view rest = step.text.substr(kOldest.size());
  std::from_chars(rest.data(), rest.data() + rest.size(), oldest);
  return oldest;
}

// SQLite's transactions lock the whole database when they begin.
Result<void> lock_out_others(sql::Connection& connection) {
  constexpr std::int64_t kLock = 0x6269'6672'6f73'74;  // "bifrost"
  if (connection.engine() == sql::Engine::kPostgres) {
    BF_TRY_VOID(connection.execute("SELECT pg_advisory_xact_lock($1)", {kLock}));
  }
  return {};
}

Error too_new(const SchemaState& state, std::int64_t known) {
  return gateway_error(ErrorCode::kConfigInvalid,
                       "the database is newer than this program: its schema is at step " +
                           std::to_string(state.taken) + " and needs a program that knows step " +
                           std::to_string(state.oldest) + ", this one knows up to " +
                           std::to_string(known) +
                           "; start the newer program, or give this one another config_store");
}

Result<void> check_taken(sql::Connection& connection, std::span<const Migration> steps) {
  BF_TRY(const sql::Rows rows,
         connection.execute("SELECT number, name, checksum FROM schema_migration"));
  for (const sql::Row& row : rows) {
    const std::int64_t number = row.integer(0);
    if (number < 1 || static_cast<std::size_t>(number) > steps.size()) continue;
    const Migration& step = steps[static_cast<std::size_t>(number) - 1];
    if (row.text(1) == step.name && row.text(2) == sha256(step.text)) continue;
    return gateway_error(
        ErrorCode::kConfigInvalid,
        "step " + row.text(1) +
            " of the database's schema is not the one that this program knows as " +
            std::string(step.name) + "; the database was made by another build of it");
  }
  return {};
}

// Nothing when another program has taken it meanwhile.
Result<void> take(sql::Connection& connection, const Migration& step, WallTime now) {
  return sql::in_transaction(connection, [&]() -> Result<void> {
    BF_TRY_VOID(lock_out_others(connection));
    BF_TRY_VOID(connection.execute(kTable));
    BF_TRY(const SchemaState state, schema_state(connection));
    if (state.taken >= step.number) return {};
    BF_TRY_VOID(connection.run_script(step.text));
    BF_TRY_VOID(connection.execute(
        "INSERT INTO schema_migration (number, name, checksum, oldest, taken_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        {step.number, step.name, sha256(step.text), oldest_of(step), unix_milliseconds(now)}));
    return {};
  });
}

// Fails when this program cannot use it.
Result<SchemaState> usable_state(sql::Connection& connection, std::span<const Migration> steps) {
  const auto known = static_cast<std::int64_t>(steps.size());
  BF_TRY(const SchemaState state, schema_state(connection));
  if (state.oldest > known) return too_new(state, known);
  if (state.taken > 0) {
    BF_TRY_VOID(check_taken(connection, steps));
  }
  return state;
}

Result<bool> has_table(sql::Connection& connection) {
  BF_TRY(const sql::Rows rows,
         connection.execute(connection.engine() == sql::Engine::kSqlite
                                ? "SELECT 1 FROM sqlite_master WHERE name = 'schema_migration'"
                                : "SELECT 1 FROM pg_tables WHERE tablename = 'schema_migration' "
                                  "AND schemaname = current_schema()"));
  return !rows.empty();
}

}  // namespace

Result<SchemaState> schema_state(sql::Connection& connection) {
  BF_TRY(const bool known, has_table(connection));
  if (!known) return SchemaState{};
  BF_TRY(const sql::Rows rows,
         connection.execute("SELECT coalesce(max(number), 0), coalesce(max(oldest), 0) "
                            "FROM schema_migration"));
  return SchemaState{.taken = rows.at(0).integer(0), .oldest = rows.at(0).integer(1)};
}

Result<void> check_readable(sql::Connection& connection, std::string_view what,
                            std::int64_t since) {
  BF_TRY(const SchemaState state, usable_state(connection, migrations()));
  if (state.taken >= since) return {};
  return gateway_error(ErrorCode::kConfigInvalid,
                       "the database's schema is at step " + std::to_string(state.taken) +
                           ", and " + std::string(what) + " is read from step " +
                           std::to_string(since) + " on; run bifrost db migrate");
}

Result<void> migrate(sql::Connection& connection, std::span<const Migration> steps, WallTime now) {
  BF_TRY(const SchemaState before, usable_state(connection, steps));
  for (const Migration& step : steps) {
    if (step.number > before.taken) {
      BF_TRY_VOID(take(connection, step, now));
    }
  }
  return {};
}

}  // namespace bifrost::store
