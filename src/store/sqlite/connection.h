// SQLite as a sql::Connection: one file, in WAL mode, so that readers and one writer do not wait
// for each other. What was committed survives the end of the process and of the machine. When the
// file is deleted or replaced meanwhile, nothing is read or written any more: it would be lost.
//
// Source: https://sqlite.org/c3ref/intro.html and https://sqlite.org/wal.html
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/sql.h"

#include <chrono>
#include <memory>
#include <string>

namespace bifrost::store::sqlite {

struct Terms {
  std::chrono::milliseconds statement_timeout{0};  // 0: a statement takes as long as it takes
  const Clock* clock = nullptr;                    // by which it is told; outlives the connection
  bool only_reads = false;                         // statements that write fail
};

// Opens or makes the file, which only its owner may read; its folder is made where it is missing.
// ":memory:" is a database that ends with the connection.
Result<std::unique_ptr<sql::Connection>> open(const std::string& path, Terms terms = {});

// For who only looks: the file stays as it is, byte for byte, and none is made. Statements that
// write fail.
Result<std::unique_ptr<sql::Connection>> open_untouched(const std::string& path);

}  // namespace bifrost::store::sqlite
