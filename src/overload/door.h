// What one worker lets in: the verdict of the process, but of lag its own. A worker that hangs, or
// has more to do than it can, sends nobody away from the others.
//
//   Control::look() ── levels ─▶ Door ─▶ read by its worker for each request
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "overload/refusals.h"
#include "overload/stages.h"

#include <atomic>
#include <cstdint>

namespace bifrost::overload {

// Who is refused first.
enum class Priority : std::uint8_t {
  kLow,     // a caller can do without the answer, or wait for it
  kNormal,  //
  kHigh,    // operators: never refused
};

// One per worker. As long as no Control watches it (`Control::watch`) it lets everybody in.
class Door {
 public:
  explicit Door(Refusals& refusals) : refusals_(refusals) {}
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  // Are any requests refused? Only then they have to be admitted.
  [[nodiscard]] bool sheds() const { return level(refuses_low_) > 0 || level(refuses_) > 0; }
  // May the request be served? Fails with kBusy.
  Result<void> admit(Priority priority, Random& random);

  // Of the thread that looks.
  void set(const Levels& levels);

 private:
  using Level = std::atomic<std::uint8_t>;  // in hundredths
  static std::uint8_t level(const Level& of) { return of.load(std::memory_order_relaxed); }

  Refusals& refusals_;
  Level refuses_low_{0};
  Level refuses_{0};
};

}  // namespace bifrost::overload
