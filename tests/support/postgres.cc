#include "tests/support/postgres.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

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

PostgresServer::PostgresServer() {
  if (::geteuid() == 0) give_to_postgres(folder_.path());
  const int status = run("initdb", {"-D", (folder_.path() / "data").string(), "-U", user(), "-A",
                                    "trust", "-E", "UTF8", "--no-sync"});
  EXPECT_EQ(status, 0) << "see " << folder_.path();
  start();
}

PostgresServer::~PostgresServer() { stop(); }

void PostgresServer::start() {
  const std::string options = "-k " + host() + " -c listen_addresses= -c fsync=off";
  const int status = run("pg_ctl", {"start", "-w", "-D", (folder_.path() / "data").string(), "-l",
                                    (folder_.path() / "log").string(), "-o", options});
  EXPECT_EQ(status, 0) << "see " << folder_.path();
}

void PostgresServer::stop() {
  run("pg_ctl", {"stop", "-w", "-m", "fast", "-D", (folder_.path() / "data").string()});
}

int PostgresServer::run(const std::string& program, std::vector<std::string> arguments) const {
  return wait_for(spawn(programs() / program, arguments, "/dev/null"));
}

}  // namespace bifrost::test
