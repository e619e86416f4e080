#include "store/sqlite/connection.h"

#include "base/strings.h"
#include "base/try.h"
#include "store/private_file.h"

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace bifrost::store::sqlite {
namespace {

constexpr auto kBusyMax = std::chrono::seconds(5);  // for another one who writes
constexpr std::string_view kMemory = ":memory:";
constexpr std::size_t kStatementsMax = 128;
constexpr int kStepsBetweenLooks = 10'000;  // at the clock, some tenths of a millisecond

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
// Ends its use: what was bound points to what the caller holds.
class Used {
 public:
  explicit Used(sqlite3_stmt* statement) : statement_(statement) {}
  ~Used() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Used(const Used&) = delete;
  Used& operator=(const Used&) = delete;

 private:
  sqlite3_stmt* statement_;
};
using Database = std::unique_ptr<sqlite3, Close>;

struct Statement {
  std::unique_ptr<sqlite3_stmt, Finalize> prepared;
  // Of `$1`, `$2`, ...: their numbers, which are those of their first appearance.
  std::vector<int> places;
};

std::vector<int> places_of(sqlite3_stmt* statement) {
  const int count = sqlite3_bind_parameter_count(statement);
  std::vector<int> places;
  places.reserve(static_cast<std::size_t>(count));
  for (int i = 1; i <= count; ++i) {
    const std::string name = "$" + std::to_string(i);
    places.push_back(sqlite3_bind_parameter_index(statement, name.c_str()));
  }
  return places;
}

ErrorCode code_of(int result) {
  switch (result & 0xff) {
    case SQLITE_CONSTRAINT:
      return ErrorCode::kConflict;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
      return ErrorCode::kInternal;
    default:
      return ErrorCode::kStoreUnavailable;
  }
}

sql::Cell cell_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return sql::Null{};
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(statement, column)};
    default:
      break;
  }
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  if (text == nullptr) return std::string();
  return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

class SqliteConnection final : public sql::Connection {
 public:
  SqliteConnection(Database database, std::string path, Terms terms)
      : database_(std::move(database)), path_(std::move(path)), terms_(terms) {
    if (terms.clock == nullptr) return;
    sqlite3_progress_handler(
        database_.get(), kStepsBetweenLooks,
        [](void* self) { return static_cast<SqliteConnection*>(self)->is_late() ? 1 : 0; }, this);
  }

  [[nodiscard]] sql::Engine engine() const override { return sql::Engine::kSqlite; }

  Result<sql::Rows> execute(std::string_view statement,
                            std::span<const sql::Parameter> parameters) override {
    if (sqlite3_get_autocommit(database_.get()) != 0) {
      BF_TRY_VOID(check_place());
    }
    BF_TRY(const Statement* prepared, prepare(statement));
    const Used used(prepared->prepared.get());
    if (terms_.clock != nullptr) {
      due_ = terms_.clock->now() + terms_.statement_timeout;
    }
    return run(*prepared, parameters);
  }

  Result<void> run_script(std::string_view script) override {
    const std::string text(script);
    const int result = sqlite3_exec(database_.get(), text.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) return error(result);
    return {};
  }

  Result<void> begin() override {
    BF_TRY_VOID(execute(terms_.only_reads ? "BEGIN" : "BEGIN IMMEDIATE", {}));
    return {};
  }
  Result<void> roll_back() override {
    BF_TRY_VOID(execute("ROLLBACK", {}));
    return {};
  }

 private:
  // https://sqlite.org/howtocorrupt.html, 2.3: the log of the file that was belongs to that one.
  [[nodiscard]] Result<void> check_place() const {
    int moved = 0;
    sqlite3_file_control(database_.get(), nullptr, SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved == 0) return {};
    return gateway_error(ErrorCode::kStoreUnavailable,
                         "the database " + quoted(path_, 256) +
                             " was deleted or replaced while the gateway had it open, and what is "
                             "written now would be lost; put it back, or start the gateway again");
  }

  [[nodiscard]] bool is_late() const { return terms_.clock->now() >= due_; }

  [[nodiscard]] Error error(int result) const {
    if ((result & 0xff) == SQLITE_INTERRUPT) {
      return gateway_error(ErrorCode::kStoreUnavailable,
                           "the database " + quoted(path_, 256) +
                               ": a statement took longer than " +
                               std::to_string(terms_.statement_timeout.count()) + " ms");
    }
    return gateway_error(code_of(result), "the database " + quoted(path_, 256) + ": " +
                                              sqlite3_errmsg(database_.get()));
  }

  Result<const Statement*> prepare(std::string_view text) {
    const auto found = statements_.find(text);
    if (found != statements_.end()) return &found->second;
    sqlite3_stmt* made = nullptr;
    const int result =
        sqlite3_prepare_v3(database_.get(), text.data(), static_cast<int>(text.size()),
                           SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (result != SQLITE_OK) return error(result);
    if (statements_.size() >= kStatementsMax) statements_.clear();
    Statement statement{.prepared{made}, .places = places_of(made)};
    return &statements_.emplace(text, std::move(statement)).first->second;
  }

  Result<void> bind(const Statement& statement, std::span<const sql::Parameter> parameters) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const int place = i < statement.places.size() ? statement.places[i] : 0;
      if (place == 0) {
        return gateway_error(ErrorCode::kInternal,
                             "a statement does not use $" + std::to_string(i + 1));
      }
      const int result = bind(statement.prepared.get(), place, parameters[i]);
      if (result != SQLITE_OK) return error(result);
    }
    return {};
  }

  static int bind(sqlite3_stmt* statement, int place, const sql::Parameter& parameter) {
    if (const auto* number = std::get_if<std::int64_t>(&parameter)) {
      return sqlite3_bind_int64(statement, place, *number);
    }
    if (const auto* text = std::get_if<std::string_view>(&parameter)) {
      // An empty view may have no address, which would be a null.
      return sqlite3_bind_text64(statement, place, text->empty() ? "" : text->data(), text->size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    }
    return sqlite3_bind_null(statement, place);
  }

  Result<sql::Rows> run(const Statement& prepared, std::span<const sql::Parameter> parameters) {
    BF_TRY_VOID(bind(prepared, parameters));
    sqlite3_stmt* const statement = prepared.prepared.get();
    sql::Rows rows;
    const int columns = sqlite3_column_count(statement);
    int result = sqlite3_step(statement);
    for (; result == SQLITE_ROW; result = sqlite3_step(statement)) {
      std::vector<sql::Cell> cells;
      cells.reserve(static_cast<std::size_t>(columns));
      for (int i = 0; i < columns; ++i) cells.push_back(cell_of(statement, i));
      rows.emplace_back(std::move(cells));
    }
    if (result != SQLITE_DONE) return error(result);
    return rows;
  }

  Database database_;
  std::string path_;
  const Terms terms_;
  // Of the statement that runs.
  SteadyTime due_ = SteadyTime::max();
  std::map<std::string, Statement, std::less<>> statements_;  // goes before the database
};

// `name` is a path, or an address of one.
Result<std::unique_ptr<SqliteConnection>> connect(const std::string& name, int flags,
                                                  const std::string& path, Terms terms) {
  sqlite3* made = nullptr;
  const int result = sqlite3_open_v2(name.c_str(), &made,
                                     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database(made);
  if (result != SQLITE_OK) {
    return gateway_error(
        ErrorCode::kStoreUnavailable,
        "cannot open the database " + quoted(path, 256) + ": " + sqlite3_errstr(result));
  }
  sqlite3_busy_timeout(made, static_cast<int>(std::chrono::milliseconds(kBusyMax).count()));
  return std::make_unique<SqliteConnection>(std::move(database), path, terms);
}

// https://sqlite.org/uri.html: what would begin another part of the address is written with %.
std::string address_of(const std::string& path) {
  std::string out = "file:";
  for (const char each : path) {
    switch (each) {
      case '%':
        out += "%25";
        break;
      case '?':
        out += "%3f";
        break;
      case '#':
        out += "%23";
        break;
      default:
        out += each;
    }
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<sql::Connection>> open(const std::string& path, Terms terms) {
  // Before SQLite makes it readable for everybody.
  if (path != kMemory) {
    BF_TRY_VOID(make_private_file(path));
  }
  BF_TRY(auto connection, connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, path, terms));
  BF_TRY_VOID(
      connection->run_script("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                             "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"));
  if (terms.only_reads) {
    BF_TRY_VOID(connection->run_script("PRAGMA query_only=ON;"));
  }
  return std::unique_ptr<sql::Connection>(std::move(connection));
}

Result<std::unique_ptr<sql::Connection>> open_untouched(const std::string& path) {
  std::string address = address_of(path);
  // Without its log nobody has it open, and SQLite need not make one to read it.
  std::error_code unknown;
  if (!std::filesystem::exists(path + "-wal", unknown)) address += "?immutable=1";
  BF_TRY(auto connection,
         connect(address, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, path, {.only_reads = true}));
  return std::unique_ptr<sql::Connection>(std::move(connection));
}

}  // namespace bifrost::store::sqlite
