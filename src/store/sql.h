// A connection to a database that speaks SQL, and what goes over it.
//
// One text of a statement serves SQLite and PostgreSQL: parameters are `$1`, `$2`, …, types are
// BIGINT and TEXT. A connection belongs to one thread at a time and waits for the disk or the
// network, so it is used beside the loops only (net::BlockingPool).
//
// Errors: kStoreUnavailable (not reachable, busy, full, read-only; may be tried again), kConflict
// (a constraint does not hold), kInternal (a statement that is wrong). Messages say what the
// database said and hold no parameters.
#pragma once

#include "base/result.h"
#include "base/try.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace bifrost::store::sql {

enum class Engine : std::uint8_t { kSqlite, kPostgres };

struct Null {
  friend bool operator==(Null, Null) = default;
};
using Parameter = std::variant<Null, std::int64_t, std::string_view>;
using Cell = std::variant<Null, std::int64_t, std::string>;

class Row {
 public:
  explicit Row(std::vector<Cell> cells) : cells_(std::move(cells)) {}

  [[nodiscard]] bool is_null(std::size_t column) const {
    return std::holds_alternative<Null>(cells_[column]);
  }
  // What is null, or of another type, is 0 or empty.
  [[nodiscard]] std::int64_t integer(std::size_t column) const;
  [[nodiscard]] const std::string& text(std::size_t column) const;

 private:
  std::vector<Cell> cells_;
};
using Rows = std::vector<Row>;

class Connection {
 public:
  virtual ~Connection() = default;

  [[nodiscard]] virtual Engine engine() const = 0;
  // One statement. It is prepared the first time and kept.
  virtual Result<Rows> execute(std::string_view statement,
                               std::span<const Parameter> parameters) = 0;
  Result<Rows> execute(std::string_view statement,
                       std::initializer_list<Parameter> parameters = {}) {
    return execute(statement, std::span(parameters.begin(), parameters.size()));
  }
  // Several statements without parameters, separated by semicolons. They take as long as they
  // take: steps of a schema do.
  virtual Result<void> run_script(std::string_view script) = 0;
  // Nobody else writes until the end of it: SQLite locks at once, so that no reader has to become
  // a writer later and fail. One that only reads locks nobody out.
  virtual Result<void> begin() = 0;
  // Of what was begun. Where the connection is lost, the other side does it by itself.
  virtual Result<void> roll_back() = 0;
};

// One that is begun, and is undone unless it is committed: also by an exception.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  ~Transaction() {
    if (open_) ignore(connection_.roll_back(), "there is an error already, to be told");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Result<void> begin() {
    BF_TRY_VOID(connection_.begin());
    open_ = true;
    return {};
  }
  Result<void> commit() {
    BF_TRY_VOID(connection_.execute("COMMIT"));
    open_ = false;
    return {};
  }

 private:
  Connection& connection_;
  bool open_ = false;
};

// Does `work`, a function that gives a Result, all or not at all.
template <class Work>
std::invoke_result_t<Work&> in_transaction(Connection& connection, Work work) {
  Transaction transaction(connection);
  BF_TRY_VOID(transaction.begin());
  auto done = work();
  if (!done) return done;
  BF_TRY_VOID(transaction.commit());
  return done;
}

}  // namespace bifrost::store::sql
