#include "net/connect.h"

#include "base/assert.h"
#include "net/task_group.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace bifrost::net {
namespace {

// However many silent addresses a name has, so many sockets at once.
constexpr std::size_t kAtOnceMax = 8;

constexpr CallScope::Expiry kNextIsDue{ErrorCode::kUpstreamConnect, Origin::kUpstream,
                                       Retry::kSameTarget, "the next address is due"};

constexpr CallScope::Expiry kTooLate{ErrorCode::kUpstreamConnect, Origin::kUpstream,
                                     Retry::kSameTarget, "another address was faster"};

struct Race {
  explicit Race(Loop& on) : loop(on), attempts(on) {}

  Loop& loop;
  TaskGroup attempts;
  std::unique_ptr<Stream> winner;
  Error failure;  // of the last attempt that failed
  std::size_t running = 0;
  WaitSlot changed;  // an attempt has ended
};

// Ends an attempt, also one that an exception left.
class Running {
 public:
  explicit Running(Race& race) : race_(race) {}
  ~Running() {
    --race_.running;
    race_.loop.wake(race_.changed);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Race& race_;
};

Task<void> attempt(CallScope& scope, Race& race, const Address& address) {
  const Running running(race);
  auto stream = co_await Stream::connect(scope, address);
  if (!stream) {
    race.failure = std::move(stream).error();
  } else if (!race.winner) {
    race.winner = *std::move(stream);
  }
}

// The attempt shares the race: should an exception end the caller, nothing is left dangling.
void start(const std::shared_ptr<Race>& race, const Address& address) {
  race->attempts.spawn("connect",
                       [race, address](CallScope& own) { return attempt(own, *race, address); });
  ++race->running;
}

// Waits until an attempt has ended or, with another address in hand, the delay has passed.
Task<Result<void>> wait_for_change(CallScope& scope, Race& race, bool more,
                                   std::chrono::nanoseconds delay) {
  const std::size_t before = race.running;
  {
    std::optional<CallScope::Deadline> due;
    if (more) due.emplace(scope, scope.loop().now() + delay, kNextIsDue);
    while (race.running == before && !scope.interruption()) co_await scope.wait(race.changed);
  }
  // Without the deadline of our own: only what was there before counts.
  if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  co_return Result<void>();
}

Task<Result<void>> run(CallScope& scope, const std::shared_ptr<Race>& race,
                       std::span<const Address> addresses, std::chrono::nanoseconds delay) {
  while (!race->winner && (!addresses.empty() || race->running > 0)) {
    if (!addresses.empty() && race->running < kAtOnceMax) {
      start(race, addresses.front());
      addresses = addresses.subspan(1);
    }
    const bool more = !addresses.empty() && race->running < kAtOnceMax;
    auto waited = co_await wait_for_change(scope, *race, more, delay);
    if (!waited) co_return std::move(waited).error();
  }
  if (!race->winner) co_return race->failure;
  co_return Result<void>();
}

}  // namespace

std::vector<Address> interleaved(std::span<const Address> addresses) {
  std::vector<Address> first;
  std::vector<Address> other;
  for (const Address& address : addresses) {
    const bool same = address.storage.ss_family == addresses.front().storage.ss_family;
    (same ? first : other).push_back(address);
  }
  std::vector<Address> all;
  all.reserve(addresses.size());
  for (std::size_t i = 0; i < std::max(first.size(), other.size()); ++i) {
    if (i < first.size()) all.push_back(first[i]);
    if (i < other.size()) all.push_back(other[i]);
  }
  return all;
}

Task<Result<std::unique_ptr<Stream>>> connect_first(CallScope& scope,
                                                    std::span<const Address> addresses,
                                                    std::chrono::nanoseconds delay) {
  BF_ASSERT(!addresses.empty());
  if (addresses.size() == 1) co_return co_await Stream::connect(scope, addresses.front());
  const auto race = std::make_shared<Race>(scope.loop());
  auto outcome = co_await run(scope, race, addresses, delay);
  race->attempts.cancel_all(kTooLate);
  CallScope ending(scope.loop());
  ignore(co_await race->attempts.drained(ending), "nobody interrupts this wait");
  if (!outcome) co_return std::move(outcome).error();
  co_return std::move(race->winner);
}

}  // namespace bifrost::net
