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
  // Reads on until the text ends with `end`.
  std::string read_until(std::string_view end) {
    std::string text;
    char buffer[4096];
    while (!text.ends_with(end)) {
      const ssize_t got = ::read(reader_, buffer, sizeof buffer);
      if (got <= 0) break;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }

  int reader_ = -1;
  int fd_ = -1;
};

TEST_F(LineWriterTest, WritesLinesInTheirOrder) {
  LineWriter writer(fd_, 1024, told);
  writer.push("a\n");
  writer.push("b\n");
  EXPECT_EQ(read_until("b\n"), "a\nb\n");
  EXPECT_TRUE(writer.close(10s));
  EXPECT_EQ(writer.dropped(), 0U);
}

TEST_F(LineWriterTest, AReaderThatStallsCostsLinesButNoTime) {
  const std::string line(999, 'x');
  constexpr std::size_t kBound = 100'000;
  LineWriter writer(fd_, kBound, told);
  // More than the pipe and the bound take.
  for (int i = 0; i < 1000; ++i) writer.push(line + "\n");
  EXPECT_GT(writer.dropped(), 0U);
  EXPECT_LT(writer.dropped(), 1000U);
  const std::string text = read_until(told(writer.dropped()));
  EXPECT_EQ(text.substr(0, 1000), line + "\n");
  EXPECT_EQ((text.size() - told(writer.dropped()).size()) / 1000 + writer.dropped(), 1000U);
  writer.push("again\n");
  EXPECT_EQ(read_until("again\n"), "again\n");
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
