#include "bench/load/answer_reader.h"

#include <gtest/gtest.h>

namespace bifrost::bench {
namespace {

class Pieces final : public BodySink {
 public:
  void on_body(std::string_view bytes, bool chunk_ends) override {
    text += bytes;
    if (chunk_ends) text += '|';
  }
  std::string text;
};

constexpr std::string_view kLength = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";

TEST(AnswerReader, ReadsABodyWithALength) {
  AnswerReader reader;
  Pieces pieces;
  EXPECT_EQ(reader.feed(kLength, pieces), kLength.size());
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.status(), 200);
  EXPECT_EQ(pieces.text, "hello|");
}

TEST(AnswerReader, ShowsWhereChunksEndHoweverTheBytesAreCut) {
  for (std::size_t cut = 0; cut <= kChunked.size(); ++cut) {
    AnswerReader reader;
    Pieces pieces;
    reader.feed(kChunked.substr(0, cut), pieces);
    reader.feed(kChunked.substr(cut), pieces);
    ASSERT_TRUE(reader.done()) << cut;
    ASSERT_EQ(pieces.text, "abc|de|") << cut;
  }
}

TEST(AnswerReader, LeavesTheBytesOfTheNextAnswer) {
  AnswerReader reader;
  Pieces pieces;
  const std::string two = std::string(kLength) + std::string(kChunked);
  const std::size_t used = reader.feed(two, pieces);
  EXPECT_EQ(used, kLength.size());
  reader.reset();
  EXPECT_EQ(reader.feed(std::string_view(two).substr(used), pieces), kChunked.size());
  EXPECT_EQ(pieces.text, "hello|abc|de|");
}

TEST(AnswerReader, EndsABodyWithoutLengthWithTheConnection) {
  AnswerReader reader;
  Pieces pieces;
  reader.feed("HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\nsorry", pieces);
  EXPECT_FALSE(reader.done());
  EXPECT_FALSE(reader.keeps_alive());
  reader.peer_closed();
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(pieces.text, "sorry");
}

TEST(AnswerReader, BreaksOnWhatItDoesNotUnderstand) {
  for (const std::string_view text :
       {"HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\n"}) {
    AnswerReader reader;
    Pieces pieces;
    reader.feed(text, pieces);
    EXPECT_TRUE(reader.broken()) << text;
  }
}

TEST(AnswerReader, BreaksWhenThePeerClosesInTheMiddle) {
  AnswerReader reader;
  Pieces pieces;
  reader.feed(kChunked.substr(0, kChunked.size() - 2), pieces);
  reader.peer_closed();
  EXPECT_TRUE(reader.broken());
}

TEST(AnswerReader, HasABoundForHeadsAndLines) {
  AnswerReader reader;
  Pieces pieces;
  for (int i = 0; i < 70 && !reader.broken(); ++i) reader.feed(std::string(1000, 'x'), pieces);
  EXPECT_TRUE(reader.broken());
}

}  // namespace
}  // namespace bifrost::bench
