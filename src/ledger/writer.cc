#include "ledger/writer.h"

#include "base/log.h"
#include "base/try.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace bifrost::ledger {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kRowsMax = 2000;  // of one journal in one batch
constexpr nanoseconds kPauseMax = std::chrono::seconds(2);

nanoseconds age_of_oldest(const std::vector<store::UsageRow>& rows, WallTime now) {
  std::int64_t oldest = nanoseconds(now.time_since_epoch()).count();
  const std::int64_t now_ns = oldest;
  for (const store::UsageRow& row : rows) oldest = std::min(oldest, row.time);
  return nanoseconds(now_ns - oldest);
}

}  // namespace

Writer::Writer(std::span<const std::unique_ptr<Journal>> journals, store::LedgerStore& store,
               const Clock& clock)
    : journals_(journals), store_(store), clock_(clock) {}

void Writer::start(nanoseconds interval) {
  thread_ = std::thread([this, interval] { run(interval); });
}

void Writer::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Writer::run(nanoseconds interval) {
  nanoseconds pause = interval;
  bool stopping = false;
  while (!stopping) {
    const std::size_t rows = step_or_pause(pause);
    if (pause < interval) pause = interval;
    std::unique_lock lock(mutex_);
    const nanoseconds wait = rows >= kRowsMax ? nanoseconds(0) : pause;
    stopping = wake_.wait_for(lock, wait, [this] { return stopping_; });
  }
}

// `pause` grows while it fails, and is 0 when it does not.
std::size_t Writer::step_or_pause(nanoseconds& pause) {
  std::string_view trouble;
  Result<std::size_t> done;
  try {
    done = step();
    if (!done) trouble = done.error().message;
  } catch (const std::exception&) {
    trouble = "there was no memory";
  }
  if (trouble.empty()) {
    if (failing_.exchange(false)) BF_LOG(kInfo, "ledger", "usage is stored again");
    pause = nanoseconds(0);
    return done ? *done : 0;
  }
  if (!failing_.exchange(true)) {
    BF_LOG(kError, "ledger", "usage cannot be stored and waits in the journals", {"what", trouble});
  }
  pause = std::min(kPauseMax, pause * 2);
  return 0;
}

// Was the last batch stored after all?
Result<void> Writer::catch_up() {
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    BF_TRY(const std::int64_t next, store_.position(journals_[i]->id()));
    if (taken_[i].rows > 0 && std::cmp_greater_equal(next, taken_[i].next)) {
      journals_[i]->release(taken_[i].next, taken_[i].rows);
      taken_[i] = {};
    }
  }
  unsure_ = false;
  return {};
}

Result<void> Writer::tell_counters() {
  std::vector<store::LimitCounter> openings;
  {
    const std::scoped_lock lock(mutex_);
    if (openings_.empty()) return {};
    openings = openings_;
  }
  BF_TRY_VOID(store_.open_counters(openings));
  const std::scoped_lock lock(mutex_);
  openings_.erase(openings_.begin(),
                  openings_.begin() + static_cast<std::ptrdiff_t>(openings.size()));
  return {};
}

Result<std::size_t> Writer::step() {
  if (unsure_) {
    BF_TRY_VOID(catch_up());
  }
  BF_TRY_VOID(tell_counters());
  batch_.rows.clear();
  batch_.positions.clear();
  taken_.assign(journals_.size(), {});
  for (std::size_t i = 0; i < journals_.size(); ++i) {
    const std::size_t before = batch_.rows.size();
    taken_[i].next = journals_[i]->take(batch_.rows, kRowsMax);
    taken_[i].rows = batch_.rows.size() - before;
    if (taken_[i].rows == 0) continue;
    batch_.positions.push_back(
        {.journal = journals_[i]->id(), .next = static_cast<std::int64_t>(taken_[i].next)});
  }
  lag_.store(age_of_oldest(batch_.rows, clock_.wall()).count(), std::memory_order_relaxed);
  if (batch_.rows.empty()) return std::size_t{0};
  unsure_ = true;
  BF_TRY_VOID(store_.append(batch_));
  unsure_ = false;
  for (std::size_t i = 0; i < journals_.size(); ++i) {
    if (taken_[i].rows > 0) journals_[i]->release(taken_[i].next, taken_[i].rows);
  }
  return batch_.rows.size();
}

void Writer::open_counters(std::vector<store::LimitCounter> counters) {
  const std::scoped_lock lock(mutex_);
  openings_.insert(openings_.end(), counters.begin(), counters.end());
}

}  // namespace bifrost::ledger
