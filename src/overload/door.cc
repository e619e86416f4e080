#include "overload/door.h"

#include <chrono>
#include <cstddef>

namespace bifrost::overload {
namespace {

constexpr int kRetrySecondsMax = 4;

// Not the same for all, who would come back together.
std::chrono::seconds retry_after(Random& random) {
  return std::chrono::seconds(1 + static_cast<int>(random.unit() * kRetrySecondsMax));
}

}  // namespace

void Door::set(const Levels& levels) {
  refuses_low_.store(in_hundredths(levels, Action::kRefuseLow), std::memory_order_relaxed);
  refuses_.store(in_hundredths(levels, Action::kRefuse), std::memory_order_relaxed);
}

Result<void> Door::admit(Priority priority, Random& random) {
  if (priority == Priority::kHigh || !sheds()) return {};
  const bool low = priority == Priority::kLow && level(refuses_low_) > 0;
  if (!low && random.unit() * kHundredths >= level(refuses_)) return {};
  refusals_.add(Reason::kPressure);
  Error error = gateway_error(ErrorCode::kBusy,
                              "the gateway has more to do than it can, and refuses requests until "
                              "that is over; try again");
  error.retry_after = retry_after(random);
  return error;
}

}  // namespace bifrost::overload
