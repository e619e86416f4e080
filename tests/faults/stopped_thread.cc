#include "tests/faults/stopped_thread.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace bifrost::test {
namespace {

std::optional<pid_t> find(pid_t program, std::string_view name) {
  for (const auto& task :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", program))) {
    std::string found;
    std::getline(std::ifstream(task.path() / "comm"), found);
    const std::string number = task.path().filename();
    pid_t thread = 0;
    std::from_chars(number.data(), number.data() + number.size(), thread);
    if (found == name) return thread;
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<StoppedThread> StoppedThread::stop(pid_t program, std::string_view name) {
  const std::optional<pid_t> thread = find(program, name);
  if (!thread || ::ptrace(PTRACE_SEIZE, *thread, nullptr, nullptr) != 0) return nullptr;
  std::unique_ptr<StoppedThread> stopped(new StoppedThread(*thread));
  ::ptrace(PTRACE_INTERRUPT, *thread, nullptr, nullptr);
  if (::waitpid(*thread, nullptr, __WALL) != *thread) return nullptr;
  return stopped;
}

StoppedThread::~StoppedThread() { ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr); }

}  // namespace bifrost::test
