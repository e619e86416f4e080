#include "store/password_command.h"

#include "base/descriptor.h"
#include "base/strings.h"
#include "base/try.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

extern "C" {
#include <sys/pidfd.h>  // glibc 2.36 does not say that it is C
}

namespace bifrost::store {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kBytesMax = 16 * 1024;

// How it is started: nothing to read, one place to write to, its own group, signals as usual.
class Start {
 public:
  explicit Start(int output) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&files_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes_, &usual);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~Start() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&files_);
  }
  Start(const Start&) = delete;
  Start& operator=(const Start&) = delete;

  // The errno of what went wrong, or 0.
  int run(const PasswordCommand& command, pid_t& child) const {
    std::vector<std::string> words = {command.command};
    words.insert(words.end(), command.args.begin(), command.args.end());
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return ::posix_spawnp(&child, pointers.front(), &files_, &attributes_, pointers.data(),
                          environ);
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

// A program that runs; with the object it is gone, and what it has started.
class Child {
 public:
  explicit Child(pid_t id) : id_(id), ended_(::pidfd_open(id, 0)) {}
  ~Child() {
    if (id_ < 0) return;
    ::kill(-id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] int descriptor() const { return ended_.number(); }
  // Once it has ended: the status of a program, or nothing where a signal ended it.
  std::optional<int> status() {
    int status = 0;
    ::kill(-id_, SIGKILL);  // as long as the number is its own
    ::waitpid(std::exchange(id_, -1), &status, 0);
    return WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
  }

 private:
  pid_t id_;
  Descriptor ended_;
};

class Run {
 public:
  Run(const PasswordCommand& command, const Clock& clock)
      : command_(command), clock_(clock), due_(clock.now() + command.timeout) {}

  Result<std::string> password() {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return failed("cannot be started: no descriptor");
    const Descriptor output(pipe[0]);
    Descriptor input(pipe[1]);
    pid_t started = -1;
    if (const int why = Start(input.number()).run(command_, started); why != 0) {
      return failed("cannot be started: " + std::generic_category().message(why));
    }
    input.close();
    Child child(started);
    BF_TRY(std::string text, read(output.number()));
    BF_TRY_VOID(wait(child.descriptor()));
    const auto status = child.status();
    if (!status) return failed("was ended by a signal");
    if (*status != 0) return failed("ended with the status " + std::to_string(*status));
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) return failed("printed nothing");
    if (text.contains('\0') || text.contains('\n')) return failed("printed more than a password");
    return text;
  }

 private:
  [[nodiscard]] Error failed(const std::string& how) const {
    return gateway_error(
        ErrorCode::kStoreUnavailable,
        "config_store.config.password_command: " + quoted(command_.command, 256) + " " + how);
  }

  // Until there is something to be had of it.
  Result<void> wait(int descriptor) {
    while (true) {
      const auto left = std::chrono::ceil<milliseconds>(due_ - clock_.now());
      pollfd waited{.fd = descriptor, .events = POLLIN, .revents = 0};
      const auto most = std::max<std::int64_t>(left.count(), 0);
      const int ready = ::poll(&waited, 1, static_cast<int>(most));
      if (ready > 0) return {};
      if (ready < 0 && errno != EINTR) return failed("cannot be waited for");
      if (ready == 0) {
        return failed("took longer than " + std::to_string(command_.timeout.count()) + " ms");
      }
    }
  }

  Result<std::string> read(int descriptor) {
    std::string text(kBytesMax + 1, '\0');
    std::size_t size = 0;
    while (size <= kBytesMax) {
      BF_TRY_VOID(wait(descriptor));
      const ssize_t more = ::read(descriptor, text.data() + size, text.size() - size);
      if (more < 0 && errno == EINTR) continue;
      if (more <= 0) break;
      size += static_cast<std::size_t>(more);
    }
    if (size > kBytesMax) {
      return failed("printed more than " + std::to_string(kBytesMax) + " bytes");
    }
    text.resize(size);
    return text;
  }

  const PasswordCommand& command_;
  const Clock& clock_;
  const SteadyTime due_;
};

}  // namespace

Result<std::string> run_password_command(const PasswordCommand& command, const Clock& clock) {
  return Run(command, clock).password();
}

Result<std::string> Password::get() {
  if (!command_) return text_;
  const SteadyTime now = clock_->now();
  is_old_ = printed_at_ && now - *printed_at_ < command_->cache_ttl;
  if (is_old_) return text_;
  BF_TRY(text_, run_password_command(*command_, *clock_));
  printed_at_ = now;
  return text_;
}

bool Password::renew() {
  printed_at_.reset();
  return std::exchange(is_old_, false);
}

}  // namespace bifrost::store
