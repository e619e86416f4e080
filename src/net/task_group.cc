#include "net/task_group.h"

#include "base/assert.h"
#include "base/log.h"

#include <exception>
#include <utility>

namespace bifrost::net {

// A coroutine that owns itself: it starts suspended in a slot and ends without being awaited.
struct TaskGroup::Root {
  struct promise_type {
    Root get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

TaskGroup::~TaskGroup() { BF_ASSERT(running_ == 0); }

TaskGroup::Root TaskGroup::run(std::string name,
                               std::move_only_function<Task<void>(CallScope&)> make) {
  ++running_;
  CallScope scope(loop_);
  const auto place = scopes_.insert(scopes_.end(), &scope);
  co_await scope.next_turn();  // not at once: the caller may be in the middle of something
  try {
    co_await make(scope);
  } catch (const std::exception& exception) {
    BF_LOG(kError, "net", "a task ended with an exception", {"task", name},
           {"what", exception.what()});
  }
  scopes_.erase(place);
  if (--running_ == 0) loop_.wake(drained_);
}

void TaskGroup::spawn(std::string_view name, std::move_only_function<Task<void>(CallScope&)> make) {
  run(std::string(name), std::move(make));
}

void TaskGroup::cancel_all(const Error& why) {
  for (CallScope* scope : scopes_) scope->cancel(why);
}

Task<Result<void>> TaskGroup::drained(CallScope& scope) {
  while (running_ > 0) {
    co_await scope.wait(drained_);
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
  co_return Result<void>();
}

}  // namespace bifrost::net
