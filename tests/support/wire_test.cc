#include "tests/support/wire.h"

#include "tests/support/metrics_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace bifrost::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What a chunked body holds, fed in two parts cut at `at`; "broken" or "open" otherwise.
std::string read_chunked(std::string_view bytes, std::size_t at) {
  BodyReader reader = **BodyReader::from({{"transfer-encoding", "chunked"}});
  std::string content;
  std::string buffer;
  for (const std::string_view part : {bytes.substr(0, at), bytes.substr(at)}) {
    buffer += part;
    const auto taken = reader.take(buffer);
    if (!taken) return "broken";
    content += *taken;
  }
  return reader.is_done() ? content + "|" + buffer : "open";
}

TEST(BodyReader, ReadsChunksWhereverTheyAreCut) {
  const std::string_view bytes = "5\r\nhello\r\nA;x=y\r\n 123456789\r\n0\r\nt: 1\r\n\r\nrest";
  for (std::size_t at = 0; at <= bytes.size(); ++at) {
    const std::string rest(bytes.substr(bytes.size() - 4));
    EXPECT_EQ(read_chunked(bytes, at), "hello 123456789|" + rest) << at;
  }
}

TEST(BodyReader, RefusesChunksAgainstTheRules) {
  for (const std::string_view bytes : {"5\r\nhelloX\r\n0\r\n\r\n", "x\r\n", "\r\n", "-1\r\n",
                                       "5 \r\nhello\r\n", "100000000\r\n"}) {
    EXPECT_EQ(read_chunked(bytes, 0), "broken") << bytes;
  }
  EXPECT_EQ(read_chunked("5\r\nhello\r\n0\r\n", 0), "open");
}

TEST(TakeHead, LeavesWhatFollows) {
  std::string buffer = "HTTP/1.1 200 OK\r\nA: b \r\n\r\nbody";
  const auto head = take_head(buffer);
  ASSERT_TRUE(head.has_value() && head->has_value());
  EXPECT_EQ((*head)->first_line, "HTTP/1.1 200 OK");
  EXPECT_EQ((*head)->headers.get("a"), "b");
  EXPECT_EQ(buffer, "body");
}

TEST(TakeHead, RefusesBareLineBreaksAndBrokenFields) {
  for (std::string text : {"GET / HTTP/1.1\nhost: x\r\n\r\n", "A\r\nhost\r\n\r\n",
                           "A\r\n folded: x\r\n\r\n", "A\r\na: b\rc: d\r\n\r\n", "\r\n\r\n"}) {
    EXPECT_FALSE(take_head(text).has_value()) << text;
  }
}

TEST(MetricsText, SumsSamplesByNameAndLabels) {
  const MetricsText metrics(
      "# HELP a_total text\n# TYPE a_total counter\n"
      "a_total{x=\"1\",y=\"p\"} 2\na_total{x=\"1\",y=\"q\"} 3\na_total{x=\"2\",y=\"\\\"}\"} 4\n"
      "b 1.5\n");
  EXPECT_EQ(metrics.sum("a_total"), 9);
  EXPECT_EQ(metrics.sum("a_total", {{"x", "1"}}), 5);
  EXPECT_EQ(metrics.sum("a_total", {{"y", "\"}"}}), 4);
  EXPECT_EQ(metrics.sum("b"), 1.5);
  EXPECT_FALSE(metrics.has("a"));
  EXPECT_FALSE(metrics.has("a_total", {{"z", "1"}}));
  EXPECT_THAT(metrics.malformed(), IsEmpty());
}

TEST(MetricsText, KeepsMalformedLines) {
  const MetricsText metrics("a{x=1} 2\nb\nc{x=\"1} 2\nd{x=\"1\",x=\"2\"} 1\n");
  EXPECT_THAT(metrics.malformed(),
              ElementsAre("a{x=1} 2", "b", "c{x=\"1} 2", "d{x=\"1\",x=\"2\"} 1"));
}

}  // namespace
}  // namespace bifrost::test
