#include "store/postgres/connection.h"

#include "base/strings.h"
#include "base/try.h"
#include "store/password_command.h"

#include <libpq-fe.h>

#include <array>
#include <cerrno>
#include <map>
#include <poll.h>
#include <string_view>
#include <utility>

namespace bifrost::store::postgres {
namespace {

constexpr int kOldest = 130000;  // PostgreSQL 13
constexpr std::size_t kStatementsMax = 128;
constexpr std::chrono::milliseconds kNoEnd{-1};  // of a wait

// Of pg_type.
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Link = std::unique_ptr<PGconn, Finish>;
using Answer = std::unique_ptr<PGresult, Clear>;

// The first line: what follows is hints, and the statement.
std::string first_line(std::string_view text) {
  return std::string(trim(text.substr(0, text.find('\n'))));
}

// What the server said, and what to do where it can be told from that: it words a demand for TLS as
// an entry that its pg_hba.conf lacks.
std::string with_remedy(std::string said) {
  if (said.contains("no encryption")) {
    said += "; where the server demands TLS, set ssl_mode to require or verify-full";
  }
  return said;
}

// By the class of the SQLSTATE (appendix A of the manual).
ErrorCode code_of(std::string_view state) {
  constexpr std::string_view kReadOnly = "25006";
  if (state.starts_with("23")) return ErrorCode::kConflict;
  if (state.empty() || state == kReadOnly || state.starts_with("08") || state.starts_with("40") ||
      state.starts_with("53") || state.starts_with("55") || state.starts_with("57") ||
      state.starts_with("58")) {
    return ErrorCode::kStoreUnavailable;
  }
  return ErrorCode::kInternal;
}

sql::Cell cell_of(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return sql::Null{};
  const std::string_view text(PQgetvalue(result, row, column),
                              static_cast<std::size_t>(PQgetlength(result, row, column)));
  const Oid type = PQftype(result, column);
  if (type == kInt8 || type == kInt4 || type == kInt2) return parse_int(text).value_or(0);
  return std::string(text);
}

sql::Rows rows_of(const PGresult* result) {
  sql::Rows rows;
  const int count = PQntuples(result);
  const int columns = PQnfields(result);
  rows.reserve(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) {
    std::vector<sql::Cell> cells;
    cells.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) cells.push_back(cell_of(result, row, column));
    rows.emplace_back(std::move(cells));
  }
  return rows;
}

// Parameters as libpq wants them: pointers to texts that end with a zero.
class Parameters {
 public:
  explicit Parameters(std::span<const sql::Parameter> parameters) {
    texts_.reserve(parameters.size());
    types_.reserve(parameters.size());
    pointers_.reserve(parameters.size());
    for (const sql::Parameter& parameter : parameters) add(parameter);
  }

  [[nodiscard]] int count() const { return static_cast<int>(types_.size()); }
  [[nodiscard]] const Oid* types() const { return types_.data(); }
  [[nodiscard]] const char* const* pointers() const { return pointers_.data(); }
  [[nodiscard]] bool has_zero() const { return has_zero_; }

 private:
  void add(const sql::Parameter& parameter) {
    if (const auto* number = std::get_if<std::int64_t>(&parameter)) {
      types_.push_back(kInt8);
      pointers_.push_back(texts_.emplace_back(std::to_string(*number)).c_str());
    } else if (const auto* text = std::get_if<std::string_view>(&parameter)) {
      has_zero_ = has_zero_ || text->contains('\0');
      types_.push_back(kText);
      pointers_.push_back(texts_.emplace_back(*text).c_str());
    } else {
      types_.push_back(0);
      pointers_.push_back(nullptr);
    }
  }

  std::vector<std::string> texts_;  // never moved: room is made before
  std::vector<Oid> types_;
  std::vector<const char*> pointers_;
  bool has_zero_ = false;
};

// Notices go nowhere: they are the server's to log.
void be_silent(void* /*context*/, const PGresult* /*notice*/) {}

std::string name_of(const Address& address) {
  return "the database " + quoted(address.database, 64) + " at " + quoted(address.host, 256);
}

Link connect(const Address& address, const std::string& password) {
  const std::string timeout = std::to_string(address.connect_timeout.count());
  std::string options =
      "-c statement_timeout=" +
      std::to_string(std::chrono::milliseconds(address.statement_timeout).count());
  if (address.only_reads) {
    options += " -c default_transaction_read_only=on";
    options += R"( -c default_transaction_isolation=repeatable\ read)";
  }
  const std::array<std::pair<const char*, const char*>, 10> parameters = {{
      {"host", address.host.c_str()},
      {"port", address.port.c_str()},
      {"user", address.user.c_str()},
      {"password", password.c_str()},
      {"dbname", address.database.c_str()},
      {"sslmode", address.ssl_mode.c_str()},
      {"connect_timeout", timeout.c_str()},
      {"options", options.c_str()},
      {"client_encoding", "UTF8"},
      {"application_name", "bifrost"},
  }};
  std::array<const char*, parameters.size() + 1> names{};
  std::array<const char*, parameters.size() + 1> values{};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    names.at(i) = parameters.at(i).first;
    values.at(i) = parameters.at(i).second;
  }
  Link link(PQconnectdbParams(names.data(), values.data(), 0));
  if (link != nullptr) PQsetNoticeReceiver(link.get(), be_silent, nullptr);
  return link;
}

bool is_good(const Link& link) { return link != nullptr && PQstatus(link.get()) == CONNECTION_OK; }

Password password_of(const Address& address, const Clock& clock) {
  if (address.password_command) return {*address.password_command, clock};
  return Password(address.password);
}

// From an address to connections with it, one after the other.
class Dialer {
 public:
  Dialer(Address address, const Clock& clock)
      : address_(std::move(address)), password_(password_of(address_, clock)) {}

  [[nodiscard]] std::string name() const { return name_of(address_); }
  [[nodiscard]] std::chrono::milliseconds silence_max() const {
    return address_.statement_timeout + address_.connect_timeout;
  }

  Result<Link> dial() {
    BF_TRY(const std::string password, password_.get());
    Link link = connect(address_, password);
    // It was asked for a password, and refused the one that it was shown.
    if (link != nullptr && !is_good(link) && PQconnectionUsedPassword(link.get()) != 0 &&
        password_.renew()) {
      BF_TRY(const std::string another, password_.get());
      link = connect(address_, another);
    }
    if (is_good(link)) return link;
    return gateway_error(
        ErrorCode::kStoreUnavailable,
        name() + " cannot be reached: " +
            (link ? with_remedy(first_line(PQerrorMessage(link.get()))) : "no memory"));
  }

 private:
  const Address address_;
  Password password_;
};

class PostgresConnection final : public sql::Connection {
 public:
  PostgresConnection(Dialer dialer, Link link)
      : dialer_(std::move(dialer)),
        link_(std::move(link)),
        name_(dialer_.name()),
        silence_max_(dialer_.silence_max()) {}

  [[nodiscard]] sql::Engine engine() const override { return sql::Engine::kPostgres; }

  Result<sql::Rows> execute(std::string_view statement,
                            std::span<const sql::Parameter> parameters) override {
    const Parameters values(parameters);
    if (values.has_zero()) {
      return gateway_error(ErrorCode::kInvalidRequest,
                           "PostgreSQL keeps no texts with a zero byte in them");
    }
    const bool alone = PQtransactionStatus(link_.get()) != PQTRANS_INTRANS;
    if (silent_) {
      BF_TRY_VOID(connect_again());
    }
    auto rows = execute_once(statement, values);
    if (rows || !alone || silent_ || !lost()) return rows;
    BF_TRY_VOID(connect_again());
    return execute_once(statement, values);
  }

  Result<void> run_script(std::string_view script) override {
    const std::string text = "SET LOCAL statement_timeout = 0; " + std::string(script);
    BF_TRY_VOID(answer_to(PQsendQuery(link_.get(), text.c_str()), kNoEnd));
    return {};
  }

  Result<void> begin() override {
    if (silent_) {
      BF_TRY_VOID(connect_again());
    }
    if (auto begun = command("BEGIN"); begun || silent_ || !lost()) return begun;
    BF_TRY_VOID(connect_again());
    return command("BEGIN");
  }

  // To reach a server that says nothing would take as long again.
  Result<void> roll_back() override {
    if (silent_ || lost()) return {};
    return command("ROLLBACK");
  }

  // What this program needs of a server.
  Result<void> check_server() {
    const int version = PQserverVersion(link_.get());
    if (version < kOldest) {
      return gateway_error(
          ErrorCode::kConfigInvalid,
          name_ + " is PostgreSQL " + std::to_string(version / 10000) + "; 13 or later is needed");
    }
    BF_TRY(const sql::Rows rows, Connection::execute("SHOW server_encoding"));
    const std::string encoding = rows.empty() ? std::string() : rows.front().text(0);
    if (encoding == "UTF8") return {};
    return gateway_error(ErrorCode::kConfigInvalid,
                         name_ + " has the encoding " + encoding +
                             ", and texts would be lost; make it anew with "
                             "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0");
  }

 private:
  [[nodiscard]] bool lost() const { return PQstatus(link_.get()) != CONNECTION_OK; }

  Result<void> connect_again() {
    prepared_.clear();
    BF_TRY(link_, dialer_.dial());
    silent_ = false;
    return {};
  }

  Result<void> command(const char* text) {
    BF_TRY_VOID(answer_to(PQsendQuery(link_.get(), text)));
    return {};
  }

  // The last result of what was sent, or the first that failed. The server bounds a statement's
  // time; who hears nothing for longer has no server any more.
  Result<Answer> answer_to(int sent) { return answer_to(sent, silence_max_); }
  Result<Answer> answer_to(int sent, std::chrono::milliseconds silence_max) {
    if (sent == 0) return gone(first_line(PQerrorMessage(link_.get())));
    Answer last;
    while (true) {
      BF_TRY_VOID(wait_for_answer(silence_max));
      Answer next(PQgetResult(link_.get()));
      if (next == nullptr) break;
      if (last == nullptr || check(last.get())) last = std::move(next);
    }
    BF_TRY_VOID(check(last.get()));
    return last;
  }

  Result<void> wait_for_answer(std::chrono::milliseconds silence_max) {
    while (PQisBusy(link_.get()) != 0) {
      pollfd socket{.fd = PQsocket(link_.get()), .events = POLLIN, .revents = 0};
      const int ready = ::poll(&socket, 1, static_cast<int>(silence_max.count()));
      if (ready < 0 && errno == EINTR) continue;
      if (ready == 0) {
        silent_ = true;
        return gone("it has not answered for " + std::to_string(silence_max.count()) + " ms");
      }
      if (PQconsumeInput(link_.get()) == 0) return gone(first_line(PQerrorMessage(link_.get())));
    }
    return {};
  }

  [[nodiscard]] Error gone(const std::string& why) const {
    return gateway_error(ErrorCode::kStoreUnavailable, name_ + ": " + why);
  }

  Result<void> check(const PGresult* result) const {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return {};
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return gateway_error(code_of(state != nullptr ? state : ""),
                         name_ + ": " + first_line(PQerrorMessage(link_.get())));
  }

  // The name under which the statement is prepared.
  Result<std::string> prepare(std::string_view statement, const Parameters& values) {
    const auto found = prepared_.find(statement);
    if (found != prepared_.end()) return found->second;
    if (prepared_.size() >= kStatementsMax) {
      BF_TRY_VOID(command("DEALLOCATE ALL"));
      prepared_.clear();
    }
    const std::string name = "s" + std::to_string(++last_);
    BF_TRY_VOID(answer_to(PQsendPrepare(link_.get(), name.c_str(), std::string(statement).c_str(),
                                        values.count(), values.types())));
    prepared_.emplace(statement, name);
    return name;
  }

  Result<sql::Rows> execute_once(std::string_view statement, const Parameters& values) {
    BF_TRY(const std::string name, prepare(statement, values));
    BF_TRY(const Answer answer,
           answer_to(PQsendQueryPrepared(link_.get(), name.c_str(), values.count(),
                                         values.pointers(), nullptr, nullptr, 0)));
    return rows_of(answer.get());
  }

  Dialer dialer_;
  Link link_;
  std::string name_;  // for messages
  const std::chrono::milliseconds silence_max_;
  bool silent_ = false;  // nothing was heard for so long; the connection is of no use any more
  std::map<std::string, std::string, std::less<>> prepared_;
  std::uint64_t last_ = 0;
};

}  // namespace

Result<std::unique_ptr<sql::Connection>> open(const Address& address, const Clock& clock) {
  Dialer dialer(address, clock);
  BF_TRY(Link link, dialer.dial());
  auto connection = std::make_unique<PostgresConnection>(std::move(dialer), std::move(link));
  BF_TRY_VOID(connection->check_server());
  return std::unique_ptr<sql::Connection>(std::move(connection));
}

}  // namespace bifrost::store::postgres
