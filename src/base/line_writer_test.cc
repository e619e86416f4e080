#include "base/line_writer.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace bifrost {
namespace {

using namespace std::chrono_literals;

std::string told(std::uint64_t count) { return "dropped " + std::to_string(count) + "\n"; }

class LineWriterTest : public ::testing::Test {
 protected:
  LineWriterTest() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader_ = ends[0];
    fd_ = ends[1];
  }
  ~LineWriterTest() override {
    stop_reading();
    ::close(fd_);
  }
  void stop_reading() {
    if (reader_ >= 0) ::close(reader_);
    reader_ = -1;
  }
  std::string read_line() {
    std::string line;
    for (char byte = 0; byte != '\n' && ::read(reader_, &byte, 1) == 1;) line += byte;
    return line;
  }

  int reader_ = -1;
  int fd_ = -1;
};

TEST_F(LineWriterTest, WritesLinesInTheirOrder) {
  LineWriter writer(fd_, 1024, told);
  writer.push("a\n");
  writer.push("b\n");
  EXPECT_EQ(read_line(), "a\n");
  EXPECT_EQ(read_line(), "b\n");
  EXPECT_TRUE(writer.close(10s));
  EXPECT_EQ(writer.dropped(), 0U);
}

TEST_F(LineWriterTest, AReaderThatStallsCostsLinesButNoTime) {
  const std::string line = std::string(999, 'x') + "\n";
  constexpr std::size_t kBound = 100'000;
  LineWriter writer(fd_, kBound, told);
  // More than the pipe and the bound take.
  for (int i = 0; i < 1000; ++i) writer.push(line);
  EXPECT_GT(writer.dropped(), 0U);
  EXPECT_LT(writer.dropped(), 1000U);
  // The thread may tell of the first of them while the others are still pushed.
  std::uint64_t written = 0;
  for (std::uint64_t lost = 0; written + lost < 1000;) {
    const std::string next = read_line();
    if (next == line) {
      ++written;
    } else {
      ASSERT_TRUE(next.starts_with("dropped ")) << next;
      lost += std::stoull(next.substr(8));
    }
  }
  EXPECT_EQ(written + writer.dropped(), 1000U);
  writer.push("again\n");
  EXPECT_EQ(read_line(), "again\n");
}

TEST_F(LineWriterTest, EndsThoughTheReaderStalls) {
  LineWriter writer(fd_, 1'000'000, told);
  writer.push(std::string(500'000, 'x') + "\n");
  EXPECT_FALSE(writer.flush(1ms));
  EXPECT_FALSE(writer.close(1ms));
  writer.push("late\n");
  EXPECT_GE(writer.dropped(), 1U);
}

TEST_F(LineWriterTest, AReaderThatIsGoneIsNoReasonToEnd) {
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT: the constant is a cast of the system's
  LineWriter writer(fd_, 1024, told);
  stop_reading();
  writer.push("a\n");
  writer.flush(10s);
  EXPECT_EQ(writer.dropped(), 1U);
  writer.push("b\n");
  writer.flush(10s);
  EXPECT_EQ(writer.dropped(), 2U);
}

}  // namespace
}  // namespace bifrost
