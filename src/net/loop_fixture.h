// Runs one coroutine on a loop of its own until it ends. For tests.
#pragma once

#include "net/loop.h"
#include "net/task_group.h"

#include <functional>
#include <utility>

namespace bifrost::net {

inline void run_on_loop(std::move_only_function<Task<void>(CallScope&)> make) {
  Loop loop;
  TaskGroup group(loop);
  group.spawn("test", std::move(make));
  group.spawn("stop", [&](CallScope& scope) -> Task<void> {
    // Named by the test as the last one to leave: the group holds this task itself.
    return [](CallScope& own, TaskGroup& all, Loop& looping) -> Task<void> {
      while (all.size() > 1) {
        auto slept = co_await sleep_for(own, std::chrono::milliseconds(1));
        if (!slept) break;
      }
      looping.stop();
    }(scope, group, loop);
  });
  loop.run();
}

}  // namespace bifrost::net
