// A shortage of memory in a file that a test and the program it starts both map.
#pragma once

#include "tests/support/failing_new/failing_new.h"

#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace bifrost::test {

// Names the file, in the environment of the program.
inline constexpr const char* kShortageVariable = "BIFROST_TEST_SHORTAGE";

class SharedShortage {
 public:
  // The file is made where there is none: nothing is short then.
  explicit SharedShortage(const char* path) : shortage_(map(path)) {}
  ~SharedShortage() { ::munmap(shortage_, sizeof(Shortage)); }
  SharedShortage(const SharedShortage&) = delete;
  SharedShortage& operator=(const SharedShortage&) = delete;

  Shortage* operator->() { return shortage_; }
  [[nodiscard]] Shortage* get() { return shortage_; }

 private:
  // Zeros are a Shortage of nothing, and its counters need no lock: it needs no construction.
  static_assert(std::atomic<std::int64_t>::is_always_lock_free);
  static Shortage* map(const char* path) {
    const int file = ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ::ftruncate(file, sizeof(Shortage)) != 0) std::abort();
    void* const memory =
        ::mmap(nullptr, sizeof(Shortage), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (memory == MAP_FAILED) std::abort();
    return static_cast<Shortage*>(memory);
  }

  Shortage* shortage_;
};

}  // namespace bifrost::test
