// Runs one coroutine on a loop until it ends. For tests.
#pragma once

#include "net/loop.h"
#include "net/task_group.h"

#include <functional>
#include <utility>

namespace bifrost::net {

// For who gives up waiting.
inline constexpr CallScope::Expiry kLeft{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                         "the caller has left"};

inline Task<void> stop_when_drained(CallScope& scope, TaskGroup& group) {
  ignore(co_await group.drained(scope), "nobody interrupts this wait");
  scope.loop().stop();
}

inline void run_on(Loop& loop, std::move_only_function<Task<void>(CallScope&)> make) {
  TaskGroup group(loop);
  TaskGroup last(loop);
  group.spawn("test", std::move(make));
  last.spawn("stop", [&](CallScope& scope) { return stop_when_drained(scope, group); });
  loop.run();
}

inline void run_on_loop(std::move_only_function<Task<void>(CallScope&)> make) {
  Loop loop;
  run_on(loop, std::move(make));
}

// For what needs no TCP: see Loop's constructor.
inline void run_in_fake_time(std::move_only_function<Task<void>(CallScope&)> make) {
  FakeClock clock;
  Loop loop(clock);
  run_on(loop, std::move(make));
}

}  // namespace bifrost::net
