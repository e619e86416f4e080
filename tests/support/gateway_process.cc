#include "tests/support/gateway_process.h"

#include "base/assert.h"
#include "base/strings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace bifrost::test {
namespace {

constexpr std::size_t kLogBytesMax = 64 * 1024 * 1024;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// In the child, between fork and exec: only calls that are safe there. The group lets the parent
// end whatever the child starts.
[[noreturn]] void become(char* const* arguments, char* const* environment, int output) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execve(arguments[0], arguments, environment);
  constexpr std::string_view kFailed = "the binary could not be started\n";
  const ssize_t written = ::write(STDERR_FILENO, kFailed.data(), kFailed.size());
  ::_exit(written > 0 ? 127 : 126);
}

// The port in `address=127.0.0.1:8080` of a line that says `listening`; 0 when there is none.
std::uint16_t port_in(std::string_view line) {
  const std::size_t at = line.find("address=");
  const std::size_t colon = line.find(':', at);
  if (colon == std::string_view::npos || !line.contains("listening")) return 0;
  const std::string_view rest = line.substr(colon + 1);
  const std::size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
  return static_cast<std::uint16_t>(parse_int(rest.substr(0, end)).value_or(0));
}

}  // namespace

std::filesystem::path gateway_binary() {
  const char* const chosen = ::getenv("BIFROST_BINARY");
  return chosen != nullptr ? chosen : BIFROST_BINARY_PATH;
}

std::filesystem::path starving_gateway_binary() { return STARVING_GATEWAY_PATH; }

GatewayProcess::GatewayProcess(Options options) : options_(std::move(options)) {
  if (options_.binary.empty()) options_.binary = gateway_binary();
  options_.values.emplace("dir", directory_.path());
  write_config(options_.config);
  start();
  reader_ = std::jthread([this](const std::stop_token& stop) { read_log(stop); });
}

GatewayProcess::~GatewayProcess() {
  ::kill(-pid_, SIGKILL);  // the group: the output ends when all of it is gone
  static_cast<void>(wait_for_exit());
}

void GatewayProcess::start() {
  std::vector<std::string> command = command_line();
  std::vector<std::string> variables = environment();
  const std::vector<char*> arguments = pointers(command);
  const std::vector<char*> environment_block = pointers(variables);
  std::array<int, 2> pipe{};
  BF_ASSERT(::pipe2(pipe.data(), O_CLOEXEC) == 0);
  output_ = Descriptor(pipe[0]);
  const Descriptor input(pipe[1]);
  pid_ = ::fork();
  BF_ASSERT(pid_ >= 0);
  if (pid_ == 0) become(arguments.data(), environment_block.data(), input.number());
  ::setpgid(pid_, pid_);  // here as well: whoever comes first
}

std::vector<std::string> GatewayProcess::command_line() const {
  std::vector<std::string> command = {options_.binary};
  for (const auto* list : {&options_.usual_arguments, &options_.arguments}) {
    for (const std::string& argument : *list) command.push_back(substitute(argument));
  }
  return command;
}

std::vector<std::string> GatewayProcess::environment() const {
  std::vector<std::string> all = {fmt::format("HOME={}", directory_.path().string())};
  for (const char* name :
       {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"}) {
    const char* const value = ::getenv(name);
    if (value != nullptr) all.push_back(fmt::format("{}={}", name, value));
  }
  for (const auto& [name, value] : options_.environment) {
    all.push_back(fmt::format("{}={}", name, substitute(value)));
  }
  return all;
}

// A name without a value stays as it is, and the gateway will say so.
std::string GatewayProcess::substitute(std::string_view text) const {
  std::string result(text);
  for (const auto& [name, value] : options_.values) {
    const std::string placeholder = fmt::format("${{{}}}", name);
    for (std::size_t at = result.find(placeholder); at != std::string::npos;
         at = result.find(placeholder, at + value.size())) {
      result.replace(at, placeholder.size(), value);
    }
  }
  return result;
}

void GatewayProcess::write_config(std::string_view config) {
  directory_.write("config.json", substitute(config));
}

void GatewayProcess::stop_reading_log() { reader_.request_stop(); }

void GatewayProcess::read_log(const std::stop_token& stop) {
  std::array<char, 16 * 1024> piece;
  while (true) {
    const ssize_t count = ::read(output_.number(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    const std::lock_guard lock(mutex_);
    if (count > 0 && log_.size() < kLogBytesMax) {
      log_.append(piece.data(), static_cast<std::size_t>(count));
    }
    if (port_ == 0) port_ = find_port();
    log_ended_ = count <= 0 || stop.stop_requested();
    changed_.notify_all();
    if (log_ended_) return;
  }
}

// Only whole lines: the number could be cut.
std::uint16_t GatewayProcess::find_port() const {
  const std::string_view text = log_;
  const std::string_view whole = text.substr(0, text.rfind('\n') + 1);
  for (const std::string_view line : split(whole, '\n')) {
    if (const std::uint16_t found = port_in(line); found != 0) return found;
  }
  return 0;
}

testing::AssertionResult GatewayProcess::wait_until_listening(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [this] { return port_ != 0 || log_ended_; });
  if (port_ != 0) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "the gateway does not listen; its log:\n" << log_;
}

std::uint16_t GatewayProcess::port() const {
  const std::lock_guard lock(mutex_);
  return port_;
}

std::string GatewayProcess::url() const { return fmt::format("http://127.0.0.1:{}", port()); }

std::string GatewayProcess::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

bool GatewayProcess::wait_for_log(std::string_view text, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return log_.contains(text) || log_ended_; });
  return log_.contains(text);
}

void GatewayProcess::send_signal(int number) const {
  if (!exit_code_) ::kill(pid_, number);
}

std::optional<int> GatewayProcess::wait_for_exit(std::chrono::milliseconds timeout) {
  if (exit_code_) return exit_code_;
  // Not pidfd_open(): this libc declares it for C only.
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd watched{process.number(), POLLIN, 0};
  if (::poll(&watched, 1, static_cast<int>(timeout.count())) <= 0) return std::nullopt;
  siginfo_t info{};
  if (::waitid(P_PIDFD, static_cast<id_t>(process.number()), &info, WEXITED) != 0) {
    return std::nullopt;
  }
  exit_code_ = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
  // Its last words may still be in the pipe.
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [this] { return log_ended_; });
  return exit_code_;
}

testing::AssertionResult GatewayProcess::exits_with(int code, std::chrono::milliseconds timeout) {
  const std::optional<int> exited = wait_for_exit(timeout);
  if (exited == code) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << (exited ? fmt::format("it ended with {}", *exited) : "it still runs") << "; its log:\n"
         << log();
}

MetricsText GatewayProcess::metrics() const {
  return MetricsText(Client(port()).get("/metrics").body);
}

std::size_t GatewayProcess::resident_bytes() const {
  std::ifstream file(fmt::format("/proc/{}/statm", pid_));
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// The gateway is built as its tests are.
bool GatewayProcess::resident_is_held() {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return false;
#else
  return true;
#endif
}

std::size_t GatewayProcess::peak_resident_bytes() const {
  std::ifstream file(fmt::format("/proc/{}/status", pid_));
  std::string word;
  std::size_t kilobytes = 0;
  while (file >> word && word != "VmHWM:") continue;
  file >> kilobytes;
  return kilobytes * 1024;
}

std::size_t GatewayProcess::open_files() const {
  const std::filesystem::directory_iterator files(fmt::format("/proc/{}/fd", pid_));
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

}  // namespace bifrost::test
