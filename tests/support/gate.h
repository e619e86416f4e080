// A point where a fake waits until the test says go on; a test is paced by these, never by sleeps.
//
// A copy is the same gate. Thread-safe.
#pragma once

#include "tests/support/transport.h"

#include <cstddef>
#include <memory>

namespace bifrost::test {

class Gate {
 public:
  Gate();

  // Lets that many pass, now or when they come.
  void open(std::size_t count = 1);
  // Lets everyone pass from now on.
  void open_for_good();

  // Waits until somebody stood at the gate for the `count`th time, passed or not.
  [[nodiscard]] bool wait_until_reached(std::size_t count = 1,
                                        std::chrono::milliseconds timeout = kPatience) const;

  // For who waits: say so, poll the descriptor, then try to pass.
  void arrive() const;
  [[nodiscard]] int descriptor() const;
  [[nodiscard]] bool try_pass() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace bifrost::test
