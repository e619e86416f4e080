// A thread of another program that stands still, as one that hangs does, until the end of this.
#pragma once

#include <memory>
#include <string_view>
#include <sys/types.h>

namespace bifrost::test {

// Made and ended by the same thread, while the program runs.
class StoppedThread {
 public:
  // The first thread of that name; null when there is none, or nobody may stop it.
  static std::unique_ptr<StoppedThread> stop(pid_t program, std::string_view name);
  ~StoppedThread();
  StoppedThread(const StoppedThread&) = delete;
  StoppedThread& operator=(const StoppedThread&) = delete;

 private:
  explicit StoppedThread(pid_t thread) : thread_(thread) {}

  const pid_t thread_;
};

}  // namespace bifrost::test
