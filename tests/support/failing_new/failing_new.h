// Memory that runs out when a test says so: a program that is linked with this has an operator new
// that may be told to fail. What is given still comes from malloc, so a sanitizer sees it. The
// forms that give null instead of throwing never fail: simdjson's checks of debug builds do not
// look.
#pragma once

#include <atomic>
#include <cstdint>

namespace bifrost::test {

// The thread sanitizer has an operator new of its own that cannot be replaced: nothing fails there.
#if __has_feature(thread_sanitizer)
inline constexpr bool kNewCanFail = false;
#else
inline constexpr bool kNewCanFail = true;
#endif

// Which allocations of some threads fail. Thread-safe; may lie in memory that processes share.
struct Shortage {
  // From now on the `nth` allocation fails, the next one being 1; then one of `every`, or none.
  void begin(std::int64_t nth, std::int64_t every = 0) {
    seed = 0;
    again = every;
    left = nth;
  }
  // From now on one of `every` fails on average, at distances that follow from the seed. Which
  // thread is struck is up to the threads.
  void begin_at_random(std::uint64_t from_seed, std::int64_t every) {
    seed = from_seed;
    again = every;
    left = distance();
  }
  void end() { left = 0; }
  [[nodiscard]] bool takes_one();

  [[nodiscard]] std::int64_t distance() const;  // to the next one that fails; 0: none follows

  std::atomic<std::int64_t> left = 0;  // up to the one that fails; 0: none does
  std::atomic<std::int64_t> again = 0;
  std::atomic<std::uint64_t> seed = 0;   // 0: every so many
  std::atomic<std::int64_t> failed = 0;  // so far
};

// The threads that say nothing of themselves, and the one that calls. Null: nothing ever fails.
void suffer_by_default(Shortage* shortage);
void suffer(Shortage* shortage);

}  // namespace bifrost::test
