#include "base/line_writer.h"

#include "base/assert.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace bifrost {

struct LineWriter::State {
  State(int descriptor, std::size_t most, DroppedLine line)
      : fd(descriptor),
        bytes_max(most),
        dropped_line(std::move(line)),
        wake_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    BF_ASSERT(wake_fd >= 0);
  }
  ~State() { ::close(wake_fd); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void run();
  void add_dropped(std::string& batch, std::uint64_t count) noexcept;
  bool write(std::string_view bytes);
  bool wait_for_room();
  void end();

  const int fd;
  const std::size_t bytes_max;
  const DroppedLine dropped_line;
  const int wake_fd;  // readable: no more patience

  std::mutex mutex;
  std::condition_variable changed;
  std::string waiting;            // lines
  std::size_t being_written = 0;  // bytes
  std::uint64_t dropped = 0;
  std::uint64_t told = 0;  // of those dropped
  bool closing = false;
  bool ended = false;
};

// One batch after the other. The lock is held while nothing is written.
void LineWriter::State::run() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return closing || !waiting.empty() || dropped > told; });
    if (waiting.empty() && dropped == told) break;
    std::string batch = std::exchange(waiting, {});
    if (dropped > told) add_dropped(batch, dropped - std::exchange(told, dropped));
    being_written = batch.size();
    lock.unlock();
    const bool written = write(batch);
    lock.lock();
    being_written = 0;
    if (!written) {  // the reader is gone, and there is nobody to tell
      dropped += static_cast<std::uint64_t>(std::ranges::count(batch, '\n'));
      told = dropped;
    }
    changed.notify_all();
  }
  ended = true;
  changed.notify_all();
}

// The thread has nobody above it: what there is no memory for is left out.
void LineWriter::State::add_dropped(std::string& batch, std::uint64_t count) noexcept {
  try {
    batch += dropped_line(count);
  } catch (const std::exception&) {
    return;
  }
}

// In pieces that fit at once wherever there is room at all: a pipe that polls as writable takes
// PIPE_BUF bytes without blocking.
bool LineWriter::State::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for_room()) return false;
    const ssize_t sent = ::write(fd, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (sent < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool LineWriter::State::wait_for_room() {
  pollfd fds[] = {{.fd = fd, .events = POLLOUT, .revents = 0},
                  {.fd = wake_fd, .events = POLLIN, .revents = 0}};
  while (::poll(fds, std::size(fds), -1) < 0 && errno == EINTR) {
  }
  return (fds[0].revents & (POLLOUT | POLLERR | POLLNVAL)) != 0;
}

// Called under the lock: the thread is not waited for.
void LineWriter::State::end() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t sent = ::write(wake_fd, &one, sizeof one);
}

LineWriter::LineWriter(int fd, std::size_t bytes_max, DroppedLine dropped_line)
    : state_(std::make_shared<State>(fd, bytes_max, std::move(dropped_line))) {
  std::thread([state = state_] { state->run(); }).detach();
}

LineWriter::~LineWriter() { close({}); }

void LineWriter::push(std::string_view line) {
  const std::lock_guard lock(state_->mutex);
  const std::size_t held = state_->waiting.size() + state_->being_written;
  if (state_->closing || held + line.size() > state_->bytes_max) {
    ++state_->dropped;
    return;
  }
  state_->waiting += line;
  state_->changed.notify_all();
}

void LineWriter::drop() {
  const std::lock_guard lock(state_->mutex);
  ++state_->dropped;
  state_->changed.notify_all();
}

std::uint64_t LineWriter::dropped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

bool LineWriter::flush(std::chrono::nanoseconds patience) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(
      lock, patience, [this] { return state_->waiting.empty() && state_->being_written == 0; });
}

bool LineWriter::close(std::chrono::nanoseconds patience) {
  const bool written = flush(patience);
  std::unique_lock lock(state_->mutex);
  if (state_->ended) return written;
  state_->closing = true;
  state_->changed.notify_all();
  state_->end();
  // Only a write that the kernel holds, of a file on a dead disk, is not waited for.
  state_->changed.wait_for(lock, std::chrono::milliseconds(100), [this] { return state_->ended; });
  return written;
}

}  // namespace bifrost
