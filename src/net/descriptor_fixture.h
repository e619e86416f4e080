// A process without descriptors. For tests.
#pragma once

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

namespace bifrost::net {

// No further file can be opened while it lives.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(lowest_free_descriptor());
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &now), 0);
  }
  ~NoMoreFiles() { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }
  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;

  static int lowest_free_descriptor() {
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    return lowest_free;
  }

  // The one that would be taken after it. Whoever starts a test may leave gaps between them.
  static int second_free_descriptor() {
    const int lowest_free = ::dup(0);
    const int second = lowest_free_descriptor();
    ::close(lowest_free);
    return second;
  }

 private:
  rlimit before_{};
};

}  // namespace bifrost::net
