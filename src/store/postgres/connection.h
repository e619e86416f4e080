// PostgreSQL 13 and later as a sql::Connection.
//
// A connection that is lost is made again with the next statement or transaction; what was inside a
// transaction fails with it. No wait is without end but that for a script: for a connection
// `connect_timeout`, for a statement `statement_timeout`.
//
// Source: https://www.postgresql.org/docs/17/libpq.html
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/settings.h"
#include "store/sql.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace bifrost::store::postgres {

struct Address {
  std::string host;  // a name, an address, or the folder of a socket
  std::string port = "5432";
  std::string user;
  std::string password = {};
  std::optional<PasswordCommand> password_command = {};  // in place of it
  std::string database;
  std::string ssl_mode = "prefer";  // as libpq has it
  std::chrono::seconds connect_timeout{5};
  std::chrono::seconds statement_timeout{10};
  bool only_reads = false;  // statements that write fail; a transaction sees one moment
};

// Fails with kStoreUnavailable when it cannot be reached, and with kConfigInvalid when it is too
// old, or its texts are not UTF-8. No message has the password. `clock` outlives it.
Result<std::unique_ptr<sql::Connection>> open(const Address& address, const Clock& clock);

}  // namespace bifrost::store::postgres
