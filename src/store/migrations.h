// The schema of the database, as numbered steps that only go forward.
//
// A step is a file `migrations/NNNN_name.sql`, put into the program when it is built. It begins
// with `-- oldest: N`: the number of the newest step that an older program must know to go on
// working once this one was taken. In a rolling update both run at once, so a step adds what the
// programs before it do not miss; what nobody uses any more is removed one release later.
//
// What was taken stands in the table `schema_migration`, each with a checksum of its text.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/sql.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace bifrost::store {

struct Migration {
  std::int64_t number = 0;
  std::string_view name;  // "0001_configuration"
  std::string_view text;
};

// Of this program, in order, from 1 without gaps.
[[nodiscard]] std::span<const Migration> migrations();

// Where a database stands.
struct SchemaState {
  std::int64_t taken = 0;   // number of the newest step that was taken; 0: an empty database
  std::int64_t oldest = 0;  // a program must know this step to use it
};

[[nodiscard]] Result<SchemaState> schema_state(sql::Connection& connection);

// For who only looks, and takes no step. `what` is read as it is from the step `since` on: "usage".
// Fails with kConfigInvalid when the database is not there yet, and as migrate does.
Result<void> check_readable(sql::Connection& connection, std::string_view what, std::int64_t since);

// Takes the steps that are missing, each in a transaction that locks others out. Fails with
// kConfigInvalid when the database is too new for this program, or one of its steps is not the one
// that this program knows.
Result<void> migrate(sql::Connection& connection, std::span<const Migration> steps, WallTime now);

}  // namespace bifrost::store
