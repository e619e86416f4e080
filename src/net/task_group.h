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
#include <list>
#include <string>
#include <string_view>

namespace bifrost::net {

class TaskGroup {
 public:
  explicit TaskGroup(Loop& loop) : loop_(loop) {}
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `make(scope)` at the next turn of the loop. The scope lives as long as the task.
  void spawn(std::string_view name, std::move_only_function<Task<void>(CallScope&)> make);

  void cancel_all(const Error& why);
  [[nodiscard]] std::size_t size() const { return running_; }
  Task<Result<void>> drained(CallScope& scope);

 private:
  struct Root;
  Root run(std::string name, std::move_only_function<Task<void>(CallScope&)> make);

  Loop& loop_;
  std::size_t running_ = 0;
  std::list<CallScope*> scopes_;
  WaitSlot drained_;
};

}  // namespace bifrost::net
