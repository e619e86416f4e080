#include "http/h1/chunked.h"

#include "base/limits.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::http::h1 {
namespace {

TEST(ChunkedDecoder, GivesTheSameDataHoweverTheBytesAreCut) {
  const std::string bytes =
      "5;name=\"value\"\r\nhello\r\nB \r\n, you there\r\n0\r\nTrailer: x\r\n\r\nGET /";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ChunkedDecoder decoder;
    std::string data;
    auto first = decoder.feed(std::string_view(bytes).substr(0, cut), data);
    ASSERT_TRUE(first) << cut;
    auto second = decoder.feed(std::string_view(bytes).substr(*first), data);
    ASSERT_TRUE(second) << cut;
    EXPECT_TRUE(decoder.done());
    EXPECT_EQ(data, "hello, you there");
    EXPECT_EQ(bytes.substr(*first + *second), "GET /");
  }
}

TEST(ChunkedDecoder, RefusesWhatIsNotAChunk) {
  for (const char* bytes : {"\r\n", "g\r\n", "-1\r\n", "5\r\nhelloX", "5\r\nhello\rX", "5\nhello",
                            ";x\r\n", "1000000000000000\r\n", "0\r\n\rX", "5 x\n"}) {
    ChunkedDecoder decoder;
    std::string data;
    EXPECT_FALSE(decoder.feed(bytes, data)) << bytes;
  }
}

TEST(ChunkedDecoder, BoundsExtensionsAndTrailers) {
  std::string data;
  ChunkedDecoder extension;
  EXPECT_FALSE(extension.feed("1;" + std::string(limits::kChunkLineBytesMax + 1, 'x'), data));
  ChunkedDecoder trailer;
  EXPECT_FALSE(trailer.feed("0\r\nX: " + std::string(limits::kTrailerBytesMax + 1, 'x'), data));
  ChunkedDecoder within;
  EXPECT_TRUE(within.feed("1;" + std::string(limits::kChunkLineBytesMax - 1, 'x'), data));
}

// Each line is within its bound; all of them would be many times the body.
TEST(ChunkedDecoder, BoundsFramingAgainstData) {
  const auto chunk_count = [](const std::string& chunk, std::size_t most) {
    ChunkedDecoder decoder;
    std::string data;
    std::size_t count = 0;
    while (count < most && decoder.feed(chunk, data)) ++count;
    return count;
  };
  const std::string padding(1000, 'x');
  EXPECT_LT(chunk_count("1;" + padding + "\r\nx\r\n", 10'000), 20U);
  EXPECT_EQ(chunk_count("1\r\nx\r\n", 100'000), 100'000U);
  const std::string signed_chunk =
      "1000;chunk-signature=" + std::string(64, 'f') + "\r\n" + std::string(4096, 'x') + "\r\n";
  EXPECT_EQ(chunk_count(signed_chunk, 10'000), 10'000U);
}

TEST(AppendChunk, IsReadBackAndNeverEndsTheBody) {
  std::string bytes;
  append_chunk(bytes, "");
  EXPECT_EQ(bytes, "");
  append_chunk(bytes, std::string(300, 'a'));
  bytes += kLastChunk;
  ChunkedDecoder decoder;
  std::string data;
  ASSERT_TRUE(decoder.feed(bytes, data));
  EXPECT_EQ(data, std::string(300, 'a'));
}

}  // namespace
}  // namespace bifrost::http::h1
