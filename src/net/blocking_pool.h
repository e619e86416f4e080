// Threads for work that blocks or keeps a core for long: a database, a command of the
// configuration, the text of all metrics. The coroutine that asks for it waits; its loop does not.
//
//   BF_CO_TRY(const Rows rows,
//             co_await net::run_blocking(scope, pool, [query] { return rows_of(query); }));
//
// Work is any function without arguments, or with a `const std::stop_token&`; it gives a value, a
// Result or nothing. It ends by itself, in bounded time: nothing can break it off. It runs while
// the one who asked may have left, so it owns what it uses, or borrows what outlives the pool; with
// `run_to_end` nobody leaves, and it may borrow from the one who asked.
//
// A pool serves one purpose, so that a slow disk holds up nothing else. With one thread, work is
// done in the order in which it was asked for, and on the same thread each time.
#pragma once

#include "base/result.h"
#include "base/try.h"
#include "net/call_scope.h"
#include "net/loop.h"
#include "net/task.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace bifrost::net {

namespace internal {
class BlockingJob;
enum class JobState : std::uint8_t { kPending, kDone, kRefused };
}  // namespace internal

struct BlockingPoolOptions {
  std::string name;              // for messages and for tools that list threads
  std::size_t threads = 1;       // 0: work is done at once, by who asks; for tests and simulations
  std::size_t waiting_max = 64;  // beyond those that run
};

// May be used from any number of loops. Outlives every wait for it, and may outlive the loops.
class BlockingPool {
 public:
  // Signals that threads shall not take are blocked before.
  explicit BlockingPool(BlockingPoolOptions options);
  ~BlockingPool() { stop(); }
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // Refuses what waits and what comes, with kShuttingDown, and returns when the rest has ended.
  // From one thread, which runs no loop that waits for work.
  void stop();

  // Wait until the job is done: for run_blocking and run_to_end.
  Task<Result<void>> run(CallScope& scope, std::shared_ptr<internal::BlockingJob> job);
  Task<Result<void>> run_to_end(CallScope& scope, std::shared_ptr<internal::BlockingJob> job);

 private:
  using JobPtr = std::shared_ptr<internal::BlockingJob>;
  class Waiting;

  Result<bool> begin(CallScope& scope, const JobPtr& job);
  Result<void> enqueue(JobPtr job, Loop& loop);
  internal::JobState state_of(const JobPtr& job);
  bool withdraw(const JobPtr& job);
  void leave(const JobPtr& job);
  void serve();
  JobPtr next();

  const BlockingPoolOptions options_;
  std::mutex mutex_;  // of what follows, and of the states of jobs
  std::condition_variable changed_;
  std::deque<JobPtr> waiting_;
  std::vector<JobPtr> running_;
  std::vector<JobPtr> stopped_;  // of those, in `stop`
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

namespace internal {

// Work, and who waits for it. Shared by the two, because either may go first.
class BlockingJob : public Errand, public std::enable_shared_from_this<BlockingJob> {
 public:
  // Once, on a thread of the pool.
  virtual void run(const std::stop_token& stop) = 0;

 private:
  friend class net::BlockingPool;
  void end(JobState state) noexcept;
  void carry_out() override { home_->wake(slot_); }  // on the loop of the one who asked

  WaitSlot slot_;  // touched on the loop only
  Loop* home_ = nullptr;
  Loop* loop_ = nullptr;  // null: nobody waits
  JobState state_ = JobState::kPending;
  std::stop_source stop_;
};

template <class Work>
concept Stoppable = std::invocable<Work&, const std::stop_token&>;

template <class Work>
struct Outcome : std::invoke_result<Work&> {};
template <Stoppable Work>
struct Outcome<Work> : std::invoke_result<Work&, const std::stop_token&> {};

template <class T>
struct AsResult {
  using Type = Result<T>;
};
template <class T>
struct AsResult<Result<T>> {
  using Type = Result<T>;
};

template <class Work>
class JobOf final : public BlockingJob {
 public:
  using Given = Outcome<Work>::type;
  using Told = AsResult<Given>::Type;

  explicit JobOf(Work work) : work_(std::move(work)) {}

  void run(const std::stop_token& stop) override {
    if constexpr (std::is_void_v<Given>) {
      call(stop);
      told_.emplace();
    } else {
      told_.emplace(call(stop));
    }
    work_.reset();  // here, not on a loop
  }

  // After it was run.
  Told take() {
    if (told_) return *std::move(told_);
    return gateway_error(ErrorCode::kInternal, "work in the background ended with an exception");
  }

 private:
  Given call(const std::stop_token& stop) {
    if constexpr (Stoppable<Work>) {
      return std::invoke(*work_, stop);
    } else {
      return std::invoke(*work_);
    }
  }

  std::optional<Work> work_;
  std::optional<Told> told_;
};

}  // namespace internal

// Does the work on a thread of the pool. Fails with kBusy when too much waits already, with
// kShuttingDown when the pool is being stopped, and with the reason of the scope when that is
// interrupted: work that has not begun is then left undone, and what has begun is asked to stop by
// its token and goes on to its end.
template <class Work>
Task<typename internal::JobOf<Work>::Told> run_blocking(CallScope& scope, BlockingPool& pool,
                                                        Work work) {
  const auto job = std::make_shared<internal::JobOf<Work>>(std::move(work));
  BF_CO_TRY_VOID(co_await pool.run(scope, job));
  co_return job->take();
}

// The same for work that borrows from who waits, and is short: once it has begun, the wait goes on
// to its end, also when the scope is interrupted meanwhile. The outcome is then that of the work.
template <class Work>
Task<typename internal::JobOf<Work>::Told> run_to_end(CallScope& scope, BlockingPool& pool,
                                                      Work work) {
  const auto job = std::make_shared<internal::JobOf<Work>>(std::move(work));
  BF_CO_TRY_VOID(co_await pool.run_to_end(scope, job));
  co_return job->take();
}

}  // namespace bifrost::net
