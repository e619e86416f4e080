// Moves what has ended from the journals into the store: one thread, one transaction at a time.
//
// While the store fails, it tries again after longer and longer pauses, and asks the store first
// how far it got: the answer of a batch that was stored may have been lost.
#pragma once

#include "base/clock.h"
#include "ledger/journal.h"
#include "store/ledger_store.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace bifrost::ledger {

class Writer {
 public:
  // References outlive the writer.
  Writer(std::span<const std::unique_ptr<Journal>> journals, store::LedgerStore& store,
         const Clock& clock);
  ~Writer() { stop(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void start(std::chrono::nanoseconds interval);
  // Ends the thread. What waits then is the next run's, or of whoever calls `step` now.
  void stop();

  // One batch; how many rows it had. Not while the thread runs.
  Result<std::size_t> step();
  // Limits that were used before they had a row; told to the store before the next batch. From any
  // thread.
  void open_counters(std::vector<store::LimitCounter> counters);

  // Was the last batch refused? From any thread.
  [[nodiscard]] bool is_failing() const { return failing_.load(std::memory_order_relaxed); }
  // How long the oldest record had waited when it was looked at last. From any thread.
  [[nodiscard]] std::chrono::nanoseconds lag() const {
    return std::chrono::nanoseconds(lag_.load(std::memory_order_relaxed));
  }

 private:
  struct Taken {
    std::uint64_t next = 0;
    std::size_t rows = 0;
  };

  void run(std::chrono::nanoseconds interval);
  std::size_t step_or_pause(std::chrono::nanoseconds& pause);
  Result<void> catch_up();
  Result<void> tell_counters();

  std::span<const std::unique_ptr<Journal>> journals_;
  store::LedgerStore& store_;
  const Clock& clock_;
  bool unsure_ = false;                // the last batch failed, or seemed to
  std::atomic<bool> failing_ = false;  // and it was said
  store::LedgerBatch batch_;
  std::vector<Taken> taken_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::vector<store::LimitCounter> openings_;
  std::atomic<std::int64_t> lag_{0};
  std::thread thread_;
};

}  // namespace bifrost::ledger
