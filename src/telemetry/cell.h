// The cells that a worker counts in.
//
// One thread writes a cell, any thread may read it. So a write is a plain load, add and store
// without a bus lock, and a reader may see the buckets and the sum of a histogram one observation
// apart, which a scrape can live with. Only `Gauge::set` may be called by several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

namespace bifrost::telemetry {

// Only goes up.
class Counter {
 public:
  void add(double by = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  [[nodiscard]] double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

// Goes up and down.
class Gauge {
 public:
  void add(double by = 1) { set(value() + by); }
  void sub(double by = 1) { set(value() - by); }
  void set(double to) { value_.store(to, std::memory_order_relaxed); }
  [[nodiscard]] double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

// Counts one in a gauge for as long as it lives. The gauge outlives it.
class Counted {
 public:
  explicit Counted(Gauge& gauge) : gauge_(gauge) { gauge_.add(); }
  ~Counted() { gauge_.sub(); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  Gauge& gauge_;
};

// Counts observations by size.
class Histogram {
 public:
  explicit Histogram(std::span<const double> bounds)
      : bounds_(bounds), counts_(std::make_unique<Count[]>(bounds.size() + 1)) {}

  void observe(double value) {
    const auto at = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    Count& count = counts_[static_cast<std::size_t>(at)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    sum_.add(value);
  }

  [[nodiscard]] std::span<const double> bounds() const { return bounds_; }
  // Observations up to bounds()[at] and beyond the one before; at == bounds().size() is +Inf.
  [[nodiscard]] std::uint64_t count(std::size_t at) const {
    return counts_[at].load(std::memory_order_relaxed);
  }
  [[nodiscard]] double sum() const { return sum_.value(); }

 private:
  using Count = std::atomic<std::uint64_t>;

  std::span<const double> bounds_;
  std::unique_ptr<Count[]> counts_;
  Counter sum_;
};

}  // namespace bifrost::telemetry
