#include "tests/support/postgres.h"

#include "tests/support/fake_provider.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace bifrost::test {
namespace {

// The newest that is installed.
std::filesystem::path programs() {
  std::filesystem::path newest;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql")) {
    if (std::filesystem::exists(version.path() / "bin/postgres")) {
      newest = std::max(newest, version.path() / "bin");
    }
  }
  return newest;
}

void give_to_postgres(const std::filesystem::path& folder) {
  const passwd* user = ::getpwnam("postgres");
  ASSERT_NE(user, nullptr) << "install the package postgresql: ./dev setup";
  ASSERT_EQ(::chown(folder.c_str(), user->pw_uid, user->pw_gid), 0);
}

pid_t spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments,
            const std::filesystem::path& log) {
  std::vector<std::string> line;
  if (::geteuid() == 0) {
    line = {"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"};
  }
  line.push_back(program.string());
  line.insert(line.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(line.size() + 1);
  for (std::string& each : line) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);  // NOLINT: octal
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::setenv("LC_ALL", "C.UTF-8", 1);  // NOLINT: nobody else is here
  ::chdir("/");
  ::execvp(pointers.front(), pointers.data());
  ::_exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace

PostgresServer::PostgresServer(PostgresOptions options) : options_(std::move(options)) {
  if (::geteuid() == 0) give_to_postgres(folder_.path());
  std::vector<std::string> arguments = {"-D", data().string(), "-U",       user(),
                                        "-E", "UTF8",          "--no-sync"};
  if (options_.password.empty()) {
    arguments.insert(arguments.end(), {"-A", "trust"});
  } else {
    write_private("password", options_.password);
    arguments.insert(arguments.end(),
                     {"-A", "scram-sha-256", "--pwfile", (folder_.path() / "password").string()});
  }
  EXPECT_EQ(run("initdb", arguments), 0) << "see " << folder_.path();
  if (options_.tls) configure_tls();
  if (options_.tcp) port_ = refusing_port();
  start();
}

void PostgresServer::configure_tls() const {
  write_private("server.crt", options_.tls->certificate);
  write_private("server.key", options_.tls->private_key);
  if (!options_.only_tls) return;
  std::ofstream(data() / "pg_hba.conf")
      << "local all all trust\nhostssl all all 127.0.0.0/8 trust\n";
}

// It takes no key that others may read.
void PostgresServer::write_private(std::string_view name, std::string_view text) const {
  const std::filesystem::path path = folder_.write(name, text);
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  if (::geteuid() == 0) give_to_postgres(path);
}

PostgresServer::~PostgresServer() { stop(); }

void PostgresServer::start() {
  std::string options = "-k " + host() + " -p " + port() + " -c fsync=off -c listen_addresses=" +
                        (options_.tcp ? "127.0.0.1,127.0.0.2" : "");
  if (options_.tls) {
    const std::string folder = folder_.path().string();
    options += " -c ssl=on -c ssl_cert_file=" + folder + "/server.crt -c ssl_key_file=" + folder +
               "/server.key";
  }
  const int status = run("pg_ctl", {"start", "-w", "-D", data().string(), "-l",
                                    (folder_.path() / "log").string(), "-o", options});
  EXPECT_EQ(status, 0) << "see " << folder_.path();
}

void PostgresServer::stop() { run("pg_ctl", {"stop", "-w", "-m", "fast", "-D", data().string()}); }

// The server, and what it has started for connections and for itself.
void PostgresServer::signal_all(int number) const {
  std::ifstream file(data() / "postmaster.pid");
  pid_t server = 0;
  file >> server;
  ASSERT_GT(server, 0);
  ::kill(server, number);
  std::ifstream children("/proc/" + std::to_string(server) + "/task/" + std::to_string(server) +
                         "/children");
  for (pid_t child = 0; children >> child;) ::kill(child, number);
}

int PostgresServer::run(const std::string& program, std::vector<std::string> arguments) const {
  return wait_for(spawn(programs() / program, arguments, "/dev/null"));
}

}  // namespace bifrost::test
