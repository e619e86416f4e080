// The one way to start a coroutine that nobody awaits.
//
// Counts its tasks and logs what escapes from them. `cancel_all` asks every task through its
// scope; `drained` waits until none is left. Destroy it only when it is empty.
#pragma once

#include "net/call_scope.h"
#include "net/loop.h"
#include "net/task.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace bifrost::net {

class TaskGroup {
 public:
  explicit TaskGroup(Loop& loop) : loop_(loop) {}
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Makes the task at once and starts it at the next turn of the loop. The scope lives as long as
  // the task. Either all of it fails, or the task begins: what it has at its beginning, a guard
  // that wakes those who wait for it, is always there.
  void spawn(std::string_view name, std::move_only_function<Task<void>(CallScope&)> make);

  void cancel_all(const CallScope::Expiry& why) noexcept;
  [[nodiscard]] std::size_t size() const { return running_; }
  Task<Result<void>> drained(CallScope& scope);

 private:
  struct Root;
  struct Member;
  static Root run(TaskGroup& group, std::unique_ptr<Member> member, Task<void> task);
  void add(Member& member) noexcept;
  void remove(Member& member) noexcept;

  Loop& loop_;
  std::size_t running_ = 0;
  Member* first_ = nullptr;  // of those that run
  WaitSlot drained_;
};

}  // namespace bifrost::net
