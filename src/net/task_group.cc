#include "net/task_group.h"

#include "base/assert.h"
#include "base/log.h"

#include <exception>
#include <string>
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

// One task, in the list of those that are cancelled together. `make` stays, since the task may use
// what it holds.
struct TaskGroup::Member {
  Member(Loop& loop, std::string_view title,
         std::move_only_function<Task<void>(CallScope&)> function)
      : scope(loop), name(title), make(std::move(function)) {}

  CallScope scope;
  std::string name;
  std::move_only_function<Task<void>(CallScope&)> make;
  Member* previous = nullptr;
  Member* next = nullptr;
};

TaskGroup::~TaskGroup() { BF_ASSERT(running_ == 0); }

void TaskGroup::add(Member& member) noexcept {
  ++running_;
  member.next = first_;
  if (first_ != nullptr) first_->previous = &member;
  first_ = &member;
}

void TaskGroup::remove(Member& member) noexcept {
  if (member.next != nullptr) member.next->previous = member.previous;
  (member.previous != nullptr ? member.previous->next : first_) = member.next;
  if (--running_ == 0) loop_.wake(drained_);
}

TaskGroup::Root TaskGroup::run(TaskGroup& group, std::unique_ptr<Member> member, Task<void> task) {
  group.add(*member);
  co_await member->scope.next_turn();  // not at once: the caller may be in the middle of something
  try {
    Task<void> running = std::move(task);  // its frame goes before it counts as ended
    co_await running;
  } catch (const std::exception& exception) {
    BF_LOG(kError, "net", "a task ended with an exception", {"task", member->name},
           {"what", exception.what()});
  }
  group.remove(*member);
}

void TaskGroup::spawn(std::string_view name, std::move_only_function<Task<void>(CallScope&)> make) {
  auto member = std::make_unique<Member>(loop_, name, std::move(make));
  Task<void> task = member->make(member->scope);
  run(*this, std::move(member), std::move(task));
}

void TaskGroup::cancel_all(const CallScope::Expiry& why) noexcept {
  for (Member* member = first_; member != nullptr; member = member->next) member->scope.cancel(why);
}

Task<Result<void>> TaskGroup::drained(CallScope& scope) {
  while (running_ > 0) {
    co_await scope.wait(drained_);
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
  co_return Result<void>();
}

}  // namespace bifrost::net
