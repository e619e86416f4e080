// What the processes under test have used, read from the kernel: time of the CPU and memory.
//
// A server may be several processes (a master and its workers): the one that is named counts with
// all its descendants, as they are at the time of asking.
#pragma once

#include <chrono>
#include <cstdint>
#include <sys/types.h>
#include <vector>

namespace bifrost::bench {

struct CpuTime {
  std::chrono::nanoseconds total{0};  // exact to the nanosecond
  std::chrono::nanoseconds user{0};   // these two in ticks of the kernel, usually 10 ms
  std::chrono::nanoseconds system{0};

  CpuTime& operator+=(const CpuTime& other);
  friend CpuTime operator-(const CpuTime& a, const CpuTime& b) {
    return {a.total - b.total, a.user - b.user, a.system - b.system};
  }
};

class ProcessUsage {
 public:
  // 0: nobody; everything is then zero.
  explicit ProcessUsage(pid_t root) : root_(root) { refresh(); }

  // Looks for descendants anew.
  void refresh();

  [[nodiscard]] bool known() const { return !members_.empty(); }
  [[nodiscard]] CpuTime cpu() const;
  // Resident bytes. The exact number walks the page tables; the quick one may lag by some pages.
  [[nodiscard]] std::uint64_t resident_bytes() const;
  [[nodiscard]] std::uint64_t resident_bytes_quick() const;

 private:
  pid_t root_;
  std::vector<pid_t> members_;
};

}  // namespace bifrost::bench
