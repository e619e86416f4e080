#include "overload/memory_limit.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace bifrost::overload {
namespace {

namespace fs = std::filesystem;

// A machine with 8 GiB that is only files.
class MemoryLimitTest : public testing::Test {
 protected:
  MemoryLimitTest() {
    std::string name = (fs::temp_directory_path() / "memory_limit_XXXXXX").string();
    root_ = mkdtemp(name.data());
    file("proc/meminfo", "MemTotal:        8388608 kB\nMemFree: 1 kB\n");
    file("proc/self/statm", "9999 300 10 1 0 1 0\n");
  }
  ~MemoryLimitTest() override { fs::remove_all(root_); }

  void file(std::string_view path, std::string_view text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  void version_2(std::string_view group, std::string_view mounted = "/") const {
    file("proc/self/cgroup", "0::" + std::string(group) + "\n");
    file("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda rw\n36 35 0:29 " +
                                    std::string(mounted) +
                                    " /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n");
  }
  void version_1(std::string_view group, std::string_view mounted = "/") const {
    file("proc/self/cgroup",
         "9:name=systemd:/x\n4:memory:" + std::string(group) + "\n2:cpu,cpuacct:/\n0::/\n");
    file("proc/self/mountinfo",
         "33 25 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n34 25 0:28 " +
             std::string(mounted) + " /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  }

  [[nodiscard]] MemoryLimit find(std::uint64_t configured = 0) const {
    return MemoryLimit::find(configured, root_);
  }

  fs::path root_;
};

TEST_F(MemoryLimitTest, IsTheMachinesMemoryWhereNothingElseLimits) {
  EXPECT_EQ(find().bytes(), std::uint64_t{8} << 30U);
  EXPECT_EQ(find().source(), LimitSource::kMachine);
  EXPECT_EQ(find().used(), 300U * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
}

TEST_F(MemoryLimitTest, IsTheSettingWhateverElseLimits) {
  version_2("/");
  file("sys/fs/cgroup/memory.max", "268435456\n");
  EXPECT_EQ(find(1000).bytes(), 1000U);
  EXPECT_EQ(find(1000).source(), LimitSource::kSetting);
}

TEST_F(MemoryLimitTest, IsTheLimitOfTheGroup) {
  version_2("/pod/gateway");
  file("sys/fs/cgroup/pod/gateway/memory.max", "268435456\n");
  file("sys/fs/cgroup/pod/gateway/memory.current", "100000000\n");
  file("sys/fs/cgroup/pod/gateway/memory.stat", "anon 1\ninactive_file 30000000\nfile 2\n");
  EXPECT_EQ(find().bytes(), 268435456U);
  EXPECT_EQ(find().source(), LimitSource::kControlGroup);
  EXPECT_EQ(find().used(), 70000000U);
}

TEST_F(MemoryLimitTest, AnUnlimitedGroupIsNoLimit) {
  version_2("/pod");
  file("sys/fs/cgroup/pod/memory.max", "max\n");
  EXPECT_EQ(find().source(), LimitSource::kMachine);
  version_1("/pod");
  file("sys/fs/cgroup/memory/pod/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(find().source(), LimitSource::kMachine);
}

TEST_F(MemoryLimitTest, AGroupAboveMayBeTheSmallestOne) {
  version_2("/pod/gateway");
  file("sys/fs/cgroup/pod/gateway/memory.max", "max\n");
  file("sys/fs/cgroup/pod/memory.max", "500000000\n");
  file("sys/fs/cgroup/pod/memory.current", "123\n");
  EXPECT_EQ(find().bytes(), 500000000U);
  EXPECT_EQ(find().used(), 123U);
}

TEST_F(MemoryLimitTest, BeyondHighTheKernelSlowsTheGroupDown) {
  version_2("/pod");
  file("sys/fs/cgroup/pod/memory.max", "268435456\n");
  file("sys/fs/cgroup/pod/memory.high", "200000000\n");
  EXPECT_EQ(find().bytes(), 200000000U);
}

TEST_F(MemoryLimitTest, VersionOneIsRead) {
  version_1("/docker/abc");
  file("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "268435456\n");
  file("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "90000000\n");
  file("sys/fs/cgroup/memory/docker/abc/memory.stat",
       "inactive_file 1\ntotal_inactive_file 10000000\n");
  EXPECT_EQ(find().bytes(), 268435456U);
  EXPECT_EQ(find().used(), 80000000U);
}

// The host's path of the group, in a container that sees only its own part of the tree.
TEST_F(MemoryLimitTest, AContainersOwnGroupIsWhatIsMounted) {
  version_1("/docker/abc", "/docker/abc");
  file("sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n");
  EXPECT_EQ(find().bytes(), 268435456U);
  version_1("/docker/abc", "/elsewhere");
  EXPECT_EQ(find().bytes(), 268435456U);
}

TEST_F(MemoryLimitTest, WhatCannotBeReadLimitsNothing) {
  version_2("/../../pod");
  EXPECT_EQ(find().source(), LimitSource::kMachine);
  file("proc/self/cgroup", "nonsense\n0::\n::::\n");
  file("proc/self/mountinfo", "nonsense - \n - - -\n1 2 3 / relative - cgroup2 a b\n");
  EXPECT_EQ(find().source(), LimitSource::kMachine);
  file("proc/meminfo", "");
  EXPECT_GT(find().bytes(), 0U);
}

TEST_F(MemoryLimitTest, ThisProcessKnowsItsOwn) {
  const MemoryLimit own = MemoryLimit::find(0);
  EXPECT_GT(own.bytes(), std::uint64_t{16} << 20U);
  ASSERT_TRUE(own.used().has_value());
  EXPECT_GT(*own.used(), 0U);
}

}  // namespace
}  // namespace bifrost::overload
