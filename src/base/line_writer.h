// Lines for a file descriptor whose reader may stall: a log on a pipe that nobody empties must stop
// neither the workers nor the end of the program.
//
// A thread of its own writes; `push` never waits. What does not fit into the bound is dropped and
// counted, and once there is room again a line says how many were. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace bifrost {

class LineWriter {
 public:
  // Makes the line that says how many were dropped. Called on the writing thread; when it throws,
  // nothing is said.
  using DroppedLine = std::function<std::string(std::uint64_t)>;

  // `fd` stays open for as long as the process lives. `bytes_max`: of lines that wait.
  LineWriter(int fd, std::size_t bytes_max, DroppedLine dropped_line);
  ~LineWriter();  // as close() without patience
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // `line` ends with its line break.
  void push(std::string_view line);
  // A line that could not even be made.
  void drop();
  [[nodiscard]] std::uint64_t dropped() const;

  // Until all that waits is written, or no more than `patience`; true: it is written.
  bool flush(std::chrono::nanoseconds patience);
  // The same, and the end: what comes later is dropped.
  bool close(std::chrono::nanoseconds patience);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the thread, which may hang in a write for ever
};

}  // namespace bifrost
