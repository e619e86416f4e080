// How many bytes requests may hold in this process: the budget, what a worker has drawn from it,
// and what one request holds.
//
//   ByteLease lease(purse);                       // nothing yet
//   BF_TRY_VOID(lease.resize(body.capacity()));   // before the memory is taken
//   ...                                           // given back with the lease
//
// A worker draws in strides, so that most leases are two additions to memory that no other thread
// writes to. What workers have drawn and not lent counts as held; it is small beside the limit.
#pragma once

#include "base/result.h"
#include "overload/refusals.h"

#include <atomic>
#include <cstddef>
#include <utility>

namespace bifrost::overload {

// A lease up to this size may use the whole budget, a larger one leaves an eighth of it free: so
// ordinary requests go on while a few large ones hold all that they may.
inline constexpr std::size_t kSmallLeaseBytes = std::size_t{64} * 1024;

// One per process. Thread-safe.
class ByteBudget {
 public:
  explicit ByteBudget(Refusals& refusals, std::size_t bytes_max = std::size_t{1} << 48U)
      : limit_(bytes_max), refusals_(refusals) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  // What is held beyond a smaller limit stays held; nothing more is lent until it fits.
  void set_limit(std::size_t bytes_max) { limit_.store(bytes_max, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t limit() const { return limit_.load(std::memory_order_relaxed); }
  // Of it, for a lease of that size.
  [[nodiscard]] std::size_t limit_for(std::size_t lease_bytes) const {
    return lease_bytes <= kSmallLeaseBytes ? limit() : limit() - limit() / 8;
  }
  [[nodiscard]] std::size_t held() const { return held_.load(std::memory_order_relaxed); }

 private:
  friend class BytePurse;
  friend class ByteLease;
  friend class SharedLease;
  bool take(std::size_t bytes, std::size_t bytes_max);
  // Counts the refusal of a lease of that size, and says why.
  [[nodiscard]] Error refuse(std::size_t lease_bytes);
  void give(std::size_t bytes) { held_.fetch_sub(bytes, std::memory_order_relaxed); }

  std::atomic<std::size_t> held_{0};
  std::atomic<std::size_t> limit_;
  Refusals& refusals_;
};

// A worker's part. Belongs to its thread; outlives the leases on it.
class BytePurse {
 public:
  explicit BytePurse(ByteBudget& budget) : budget_(budget) {}
  ~BytePurse() { budget_.give(slack_); }
  BytePurse(const BytePurse&) = delete;
  BytePurse& operator=(const BytePurse&) = delete;

  [[nodiscard]] ByteBudget& budget() { return budget_; }
  [[nodiscard]] std::size_t slack() const { return slack_; }  // drawn and not lent

 private:
  friend class ByteLease;
  bool take(std::size_t bytes, std::size_t lease_bytes) {
    if (bytes > slack_ && !draw(bytes - slack_, lease_bytes)) return false;
    slack_ -= bytes;
    return true;
  }
  void give(std::size_t bytes) {
    slack_ += bytes;
    if (slack_ > 2 * stride_) give_back();
  }
  [[nodiscard]] bool could_take(std::size_t bytes, std::size_t lease_bytes) const;
  bool draw(std::size_t bytes, std::size_t lease_bytes);
  void give_back();

  ByteBudget& budget_;
  std::size_t slack_ = 0;
  std::size_t stride_ = 0;  // of the last drawing
};

// What one thing of a request holds. Without a purse it is never refused and counts nothing.
class ByteLease {
 public:
  ByteLease() = default;
  explicit ByteLease(BytePurse& purse) : purse_(&purse) {}
  ByteLease(ByteLease&& other) noexcept
      : purse_(other.purse_), bytes_(std::exchange(other.bytes_, 0)) {}
  ByteLease& operator=(ByteLease&& other) noexcept {
    std::swap(purse_, other.purse_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ByteLease(const ByteLease&) = delete;
  ByteLease& operator=(const ByteLease&) = delete;
  ~ByteLease() { release(); }

  // Holds so many bytes in place of what it held. Less is always granted. More may fail, and then
  // nothing has changed: with kTooLargeForMemory when it could never be granted, else with
  // kBusy and a time after which it may.
  Result<void> resize(std::size_t bytes) {
    if (purse_ != nullptr && bytes > bytes_ && !purse_->take(bytes - bytes_, bytes)) [[unlikely]]
      return purse_->budget().refuse(bytes);
    if (purse_ != nullptr && bytes < bytes_) purse_->give(bytes_ - bytes);
    bytes_ = bytes;
    return {};
  }
  // Would it be granted so many bytes now? Fails as `resize` does; what is granted may be refused
  // the moment after.
  [[nodiscard]] Result<void> check(std::size_t bytes) {
    if (purse_ == nullptr || bytes <= bytes_ + purse_->slack()) return {};
    return check_budget(bytes);
  }
  void release() {
    if (purse_ != nullptr && bytes_ > 0) purse_->give(bytes_);
    bytes_ = 0;
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  [[nodiscard]] Result<void> check_budget(std::size_t bytes);

  BytePurse* purse_ = nullptr;
  std::size_t bytes_ = 0;
};

// A lease that any thread may resize, one after the other: for work beside the workers. Drawn from
// the budget itself, so it is for few things, and large ones.
class SharedLease {
 public:
  explicit SharedLease(ByteBudget* budget = nullptr) : budget_(budget) {}
  SharedLease(const SharedLease&) = delete;
  SharedLease& operator=(const SharedLease&) = delete;
  ~SharedLease() { release(); }

  // As of a ByteLease.
  Result<void> resize(std::size_t bytes);
  void release();

 private:
  ByteBudget* budget_;  // null: nothing is counted
  std::size_t bytes_ = 0;
};

// Null: nothing is counted.
inline ByteLease lease_on(BytePurse* purse) {
  return purse != nullptr ? ByteLease(*purse) : ByteLease();
}

}  // namespace bifrost::overload
