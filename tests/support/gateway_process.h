// The real gateway as a child process, with a configuration of its own in a temporary folder.
//
//   FakeProvider provider;
//   GatewayProcess gateway({.config = R"({"providers": ... "${provider_url}" ...})",
//                           .values = {{"provider_url", provider.url()}}});
//   ASSERT_TRUE(gateway.wait_until_listening());
//   Client client(gateway.port());
//   ...
//   gateway.send_signal(SIGTERM);
//   EXPECT_TRUE(gateway.exits_with(0));
//
// The child has an environment of its own: nothing of the caller's but what sanitizers and coverage
// need. It is killed with the object, and when the test dies.
#pragma once

#include "tests/support/client.h"
#include "tests/support/metrics_text.h"
#include "tests/support/temporary_directory.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace bifrost::test {

struct GatewayOptions {
  std::string config = "{}";                       // text of config.json, with ${names} in it
  std::map<std::string, std::string> values = {};  // what they stand for
  std::map<std::string, std::string> environment = {};
  std::vector<std::string> arguments = {};  // after the usual ones
  // What is started; empty: gateway_binary().
  std::filesystem::path binary = {};
  // Arguments before `arguments`; ${dir} is the temporary folder.
  std::vector<std::string> usual_arguments = {"serve",     "--app-dir",   "${dir}", "--host",
                                              "127.0.0.1", "--port",      "0",      "--log-style",
                                              "pretty",    "--log-level", "debug"};
};

// What is started unless the options say otherwise: $BIFROST_BINARY, or the one of this build.
std::filesystem::path gateway_binary();
// The one whose memory a test takes away (starving_gateway/shared_shortage.h).
std::filesystem::path starving_gateway_binary();

class GatewayProcess {
 public:
  using Options = GatewayOptions;

  explicit GatewayProcess(Options options);
  ~GatewayProcess();
  GatewayProcess(const GatewayProcess&) = delete;
  GatewayProcess& operator=(const GatewayProcess&) = delete;

  // Until its log says `listening … address=HOST:PORT`. Fails with the log when it exits.
  testing::AssertionResult wait_until_listening(std::chrono::milliseconds timeout = kPatience);
  [[nodiscard]] std::uint16_t port() const;  // 0 before
  [[nodiscard]] std::string url() const;

  // Writes the configuration anew, with the same values; whether it is read is up to the gateway.
  void write_config(std::string_view config);
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }

  // Everything that it wrote to stderr and stdout.
  [[nodiscard]] std::string log() const;
  // Nobody reads what it writes any more, as behind a pipe whose reader hangs.
  void stop_reading_log();
  [[nodiscard]] bool wait_for_log(std::string_view text,
                                  std::chrono::milliseconds timeout = kPatience) const;

  void send_signal(int number) const;
  // The exit code, or 128 and the signal that ended it; nothing when it still runs at the deadline.
  std::optional<int> wait_for_exit(std::chrono::milliseconds timeout = kPatience);
  testing::AssertionResult exits_with(int code, std::chrono::milliseconds timeout = kPatience);

  [[nodiscard]] MetricsText metrics() const;
  // What the kernel counts for it, now and at most so far. With a sanitizer that is not what the
  // gateway holds: freed memory is kept apart for long, and all of it is watched.
  [[nodiscard]] std::size_t resident_bytes() const;
  [[nodiscard]] std::size_t peak_resident_bytes() const;
  static bool resident_is_held();
  [[nodiscard]] std::size_t open_files() const;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  [[nodiscard]] std::vector<std::string> command_line() const;
  [[nodiscard]] std::vector<std::string> environment() const;
  [[nodiscard]] std::string substitute(std::string_view text) const;
  void start();
  void read_log(const std::stop_token& stop);
  [[nodiscard]] std::uint16_t find_port() const;  // with the lock held

  Options options_;
  TemporaryDirectory directory_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
  Descriptor output_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string log_;  // guarded by mutex_, as are the next two
  bool log_ended_ = false;
  std::uint16_t port_ = 0;
  std::jthread reader_;  // ends with the output, or when told to
};

}  // namespace bifrost::test
