// A real PostgreSQL for tests: in a temporary folder, behind a socket there, with nobody else in
// it.
//
//   PostgresServer server;
//   auto connection = store::postgres::open({.host = server.host(), .user = "postgres", ...},
//   clock);
//
// It runs as the user `postgres` where the tests are root's, since it refuses to be root's.
#pragma once

#include "tests/support/temporary_directory.h"
#include "tests/support/tls.h"

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace bifrost::test {

struct PostgresOptions {
  std::string password = {};               // of the user; empty: everybody is let in
  bool tcp = false;                        // it listens on the loopback too: 127.0.0.1, 127.0.0.2
  std::optional<CertificatePem> tls = {};  // there
  bool only_tls = false;                   // and nobody is let in without it
};

class PostgresServer {
 public:
  explicit PostgresServer(PostgresOptions options = {});
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  [[nodiscard]] std::string host() const { return folder_.path().string(); }
  static std::string user() { return "postgres"; }
  [[nodiscard]] std::string port() const { return std::to_string(port_); }

  // As an operator does it; `stop` breaks connections off.
  void start();
  void stop();
  // It says nothing any more, to whoever is connected and whoever comes.
  void pause() const { signal_all(SIGSTOP); }
  void resume() const { signal_all(SIGCONT); }

  // Runs one of its programs, "createdb" with arguments, to its end. The status.
  int run(const std::string& program, std::vector<std::string> arguments) const;

 private:
  [[nodiscard]] std::filesystem::path data() const { return folder_.path() / "data"; }
  void write_private(std::string_view name, std::string_view text) const;
  void configure_tls() const;
  void signal_all(int number) const;

  TemporaryDirectory folder_;
  const PostgresOptions options_;
  std::uint16_t port_ = 5432;  // also of the socket in the folder
};

}  // namespace bifrost::test
