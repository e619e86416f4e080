// A real PostgreSQL for tests: in a temporary folder, behind a socket there, with nobody else in
// it.
//
//   PostgresServer server;
//   auto connection = store::postgres::open({.host = server.host(), .user = "postgres", ...});
//
// It runs as the user `postgres` where the tests are root's, since it refuses to be root's.
#pragma once

#include "tests/support/temporary_directory.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bifrost::test {

class PostgresServer {
 public:
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  [[nodiscard]] std::string host() const { return folder_.path().string(); }
  static std::string user() { return "postgres"; }

  // As an operator does it; `stop` breaks connections off.
  void start();
  void stop();

  // Runs one of its programs, "createdb" with arguments, to its end. The status.
  int run(const std::string& program, std::vector<std::string> arguments) const;

 private:
  TemporaryDirectory folder_;
};

}  // namespace bifrost::test
