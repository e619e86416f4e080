#include "base/read_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

namespace bifrost {
namespace {

class ReadFile : public ::testing::Test {
 protected:
  ReadFile() { ::close(::mkstemp(path_.data())); }
  ~ReadFile() override { ::unlink(path_.c_str()); }

  // With a text of so many bytes.
  std::string written(std::size_t bytes) const {
    std::string text(bytes, 'x');
    for (std::size_t i = 0; i < bytes; i += 100) text[i] = static_cast<char>('a' + i % 23);
    std::ofstream(path_, std::ios::binary) << text;
    return text;
  }

  std::string path_ = ::testing::TempDir() + "/read_file_XXXXXX";
};

TEST_F(ReadFile, ReadsUpToTheBound) {
  for (const std::size_t bytes : {0U, 1U, 4095U, 4096U, 4097U, 20'000U}) {
    const std::string text = written(bytes);
    EXPECT_EQ(read_file(path_, 100'000), text);
    EXPECT_EQ(read_file(path_, bytes), text);
    EXPECT_EQ(read_file(path_, bytes / 2), text.substr(0, bytes / 2));
  }
}

TEST_F(ReadFile, TakesTheMemoryOfTheFileAndNotOfTheBound) {
  const std::string text = written(10'000);
  EXPECT_LE(read_file(path_, std::size_t{256} << 20U).capacity(), 4 * text.size());
}

TEST_F(ReadFile, OfOneThatIsNotThereIsEmpty) { EXPECT_EQ(read_file(path_ + "no", 10), ""); }

}  // namespace
}  // namespace bifrost
