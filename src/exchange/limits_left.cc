#include "exchange/limits_left.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace bifrost::exchange {
namespace {

using governance::Limit;
using governance::Unit;

// Of each unit the limit with the least left; of two with as much the one that resets later.
class Tightest {
 public:
  explicit Tightest(WallTime now) : now_(now) {}

  // `back` comes back when the request has ended.
  void look_at(const Limit& limit, std::int64_t back) {
    std::optional<dialect::RateLimit>* const kept = limit.unit() == Unit::kRequests ? &out_.requests
                                                    : limit.unit() == Unit::kTokens ? &out_.tokens
                                                                                    : nullptr;
    if (kept == nullptr) return;
    const Limit::Room room = limit.room(now_);
    if (room.ends == WallTime::max()) return;  // it has no window, so nothing resets
    const dialect::RateLimit seen{
        .limit = room.amount,
        .remaining = std::clamp<std::int64_t>(room.left + back, 0, room.amount),
        .resets_at = room.ends,
        .resets_after = std::chrono::ceil<std::chrono::milliseconds>(
            std::max(room.ends - now_, WallTime::duration(0)))};
    const bool tighter =
        !*kept || seen.remaining < (*kept)->remaining ||
        (seen.remaining == (*kept)->remaining && seen.resets_at > (*kept)->resets_at);
    if (tighter) *kept = seen;
  }
  [[nodiscard]] const dialect::RateLimits& all() const { return out_; }

 private:
  WallTime now_;
  dialect::RateLimits out_;
};

}  // namespace

dialect::RateLimits limits_left(const governance::Reservation& reservation,
                                const std::optional<governance::Amount>& used, WallTime now) {
  Tightest tightest(now);
  reservation.each_use(used.value_or(governance::Amount()),
                       [&](const Limit& limit, const Limit::Taken& taken, std::int64_t use) {
                         tightest.look_at(limit, used ? taken.amount - use : 0);
                       });
  return tightest.all();
}

dialect::RateLimits limits_left(std::span<const governance::Limits> lists, WallTime now) {
  Tightest tightest(now);
  for (const governance::Limits list : lists) {
    for (const auto& limit : list) tightest.look_at(*limit, 0);
  }
  return tightest.all();
}

}  // namespace bifrost::exchange
