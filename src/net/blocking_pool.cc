#include "net/blocking_pool.h"

#include "base/assert.h"
#include "base/log.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <pthread.h>

namespace bifrost::net {

using internal::BlockingJob;
using internal::JobState;

namespace {

constexpr std::size_t kThreadNameBytesMax = 15;  // Linux's

// Nobody stands above a job on its thread; whoever waits for it finds that it gave nothing.
void perform(BlockingJob& job, const std::string& pool, const std::stop_token& stop) {
  try {
    job.run(stop);
  } catch (const std::exception& exception) {
    BF_LOG(kError, "net", "work in the background ended with an exception", {"pool", pool},
           {"what", exception.what()});
  }
}

}  // namespace

// Under the lock, a loop that is waited on is still there: who waits leaves before it ends.
void BlockingJob::end(JobState state) noexcept {
  state_ = state;
  if (loop_ != nullptr) loop_->post(shared_from_this());
}

// One who waits; being destroyed, he has left.
class BlockingPool::Waiting {
 public:
  Waiting(BlockingPool& pool, const JobPtr& job) : pool_(pool), job_(job) {}
  ~Waiting() { pool_.leave(job_); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  BlockingPool& pool_;
  const JobPtr& job_;
};

BlockingPool::BlockingPool(BlockingPoolOptions options) : options_(std::move(options)) {
  BF_ASSERT(options_.waiting_max > 0);
  threads_.reserve(options_.threads);
  running_.reserve(options_.threads);  // so that a thread can always take the next job
  stopped_.reserve(options_.threads);
  for (std::size_t i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { serve(); });
    pthread_setname_np(threads_.back().native_handle(),
                       options_.name.substr(0, kThreadNameBytesMax).c_str());
  }
}

void BlockingPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const JobPtr& job : waiting_) job->end(JobState::kRefused);
    waiting_.clear();
    stopped_ = running_;
  }
  for (const JobPtr& job : stopped_) job->stop_.request_stop();
  stopped_.clear();
  changed_.notify_all();
  threads_.clear();  // joins them
}

Task<Result<void>> BlockingPool::run(CallScope& scope, JobPtr job) {
  BF_CO_TRY(const bool done, begin(scope, job));
  if (done) co_return Result<void>();
  const Waiting waiting(*this, job);
  while (true) {
    co_await scope.wait(job->slot_);
    const std::lock_guard lock(mutex_);
    if (job->state_ == JobState::kDone) co_return Result<void>();
    if (job->state_ == JobState::kRefused) co_return kGoingDown.error();
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
}

Task<Result<void>> BlockingPool::run_to_end(CallScope& scope, JobPtr job) {
  BF_CO_TRY(const bool done, begin(scope, job));
  if (done) co_return Result<void>();
  co_await scope.wait(job->slot_);
  if (scope.interrupted()) {
    if (withdraw(job)) co_return *scope.interruption();
    job->stop_.request_stop();
    // What ends it is posted to this loop, so it cannot come between the look and the wait.
    if (state_of(job) == JobState::kPending) co_await scope.wait_out(job->slot_);
  }
  if (state_of(job) == JobState::kRefused) co_return kGoingDown.error();
  co_return Result<void>();
}

// Was it done at once? Else it waits for a thread.
Result<bool> BlockingPool::begin(CallScope& scope, const JobPtr& job) {
  if (auto interruption = scope.interruption()) return *std::move(interruption);
  if (options_.threads == 0) {
    perform(*job, options_.name, job->stop_.get_token());
    return true;
  }
  BF_TRY_VOID(enqueue(job, scope.loop()));
  return false;
}

JobState BlockingPool::state_of(const JobPtr& job) {
  const std::lock_guard lock(mutex_);
  return job->state_;
}

// Is it left undone? No: it has begun.
bool BlockingPool::withdraw(const JobPtr& job) {
  const std::lock_guard lock(mutex_);
  return std::erase(waiting_, job) > 0;
}

Result<void> BlockingPool::enqueue(JobPtr job, Loop& loop) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return kGoingDown.error();
  if (waiting_.size() >= options_.waiting_max) {
    Error error = gateway_error(ErrorCode::kBusy,
                                "too much waits for the threads of " + options_.name + " (" +
                                    std::to_string(running_.size()) + " under way, " +
                                    std::to_string(waiting_.size()) + " waiting); try again");
    error.retry_after = std::chrono::seconds(1);
    return error;
  }
  job->home_ = &loop;
  waiting_.push_back(job);
  job->loop_ = &loop;
  changed_.notify_one();
  return {};
}

void BlockingPool::leave(const JobPtr& job) {
  {
    const std::lock_guard lock(mutex_);
    job->loop_ = nullptr;
    if (job->state_ != JobState::kPending || std::erase(waiting_, job) > 0) return;
  }
  job->stop_.request_stop();  // without the lock: what it calls may do anything
}

// Null: no more.
BlockingPool::JobPtr BlockingPool::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  if (waiting_.empty()) return nullptr;
  JobPtr job = std::move(waiting_.front());
  waiting_.pop_front();
  running_.push_back(job);
  return job;
}

void BlockingPool::serve() {
  while (const JobPtr job = next()) {
    perform(*job, options_.name, job->stop_.get_token());
    const std::lock_guard lock(mutex_);
    std::erase(running_, job);
    job->end(JobState::kDone);
  }
}

}  // namespace bifrost::net
