#include "overload/byte_budget.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace bifrost::overload {
namespace {

// What a worker draws at once, and so at most keeps twice of: a thousandth of the budget.
constexpr std::size_t kStrideBytesMax = std::size_t{1024} * 1024;
constexpr std::size_t kStrideShare = 1024;

// Bodies come and go within seconds.
constexpr std::chrono::seconds kRetryAfter{1};

std::string megabytes(std::size_t bytes) {
  return std::to_string((bytes + (std::size_t{1} << 20U) - 1) >> 20U) + " MiB";
}

}  // namespace

bool ByteBudget::take(std::size_t bytes, std::size_t bytes_max) {
  std::size_t held = held_.load(std::memory_order_relaxed);
  do {
    if (held > bytes_max || bytes > bytes_max - held) return false;
  } while (!held_.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
  return true;
}

bool BytePurse::could_take(std::size_t bytes, std::size_t lease_bytes) const {
  const std::size_t bytes_max = budget_.limit_for(lease_bytes);
  const std::size_t held = budget_.held();
  return bytes <= slack_ || (held <= bytes_max && bytes - slack_ <= bytes_max - held);
}

bool BytePurse::draw(std::size_t bytes, std::size_t lease_bytes) {
  const std::size_t bytes_max = budget_.limit_for(lease_bytes);
  stride_ = std::min(kStrideBytesMax, budget_.limit() / kStrideShare);
  std::size_t drawn = bytes + stride_;
  if (!budget_.take(drawn, bytes_max)) {
    drawn = bytes;
    if (!budget_.take(drawn, bytes_max)) return false;
  }
  slack_ += drawn;
  return true;
}

void BytePurse::give_back() {
  stride_ = std::min(kStrideBytesMax, budget_.limit() / kStrideShare);
  if (slack_ <= stride_) return;
  budget_.give(slack_ - stride_);
  slack_ = stride_;
}

Result<void> ByteLease::check_budget(std::size_t bytes) {
  if (purse_->could_take(bytes - bytes_, bytes)) return {};
  return purse_->budget().refuse(bytes);
}

Result<void> SharedLease::resize(std::size_t bytes) {
  if (budget_ == nullptr) return {};
  if (bytes > bytes_ && !budget_->take(bytes - bytes_, budget_->limit_for(bytes))) {
    return budget_->refuse(bytes);
  }
  if (bytes < bytes_) budget_->give(bytes_ - bytes);
  bytes_ = bytes;
  return {};
}

void SharedLease::release() {
  if (budget_ != nullptr && bytes_ > 0) budget_->give(bytes_);
  bytes_ = 0;
}

Error ByteBudget::refuse(std::size_t lease_bytes) {
  const std::size_t limit = limit_for(lease_bytes);
  if (lease_bytes > limit) {
    refusals_.add(Reason::kTooLarge);
    return gateway_error(ErrorCode::kTooLargeForMemory,
                         "it needs " + megabytes(lease_bytes) +
                             " of memory, and all requests together may hold " + megabytes(limit) +
                             "; give the gateway more, or raise server.overload.memory_share");
  }
  refusals_.add(Reason::kMemory);
  Error error = gateway_error(ErrorCode::kBusy,
                              "requests hold all the memory that they may at the moment; try "
                              "again");
  error.retry_after = kRetryAfter;
  return error;
}

}  // namespace bifrost::overload
