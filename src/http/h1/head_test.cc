#include "http/h1/head.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::http::h1 {
namespace {

TEST(FindHeadEnd, SeesAnEndThatBeganInWhatWasSearchedBefore) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody";
  EXPECT_EQ(find_head_end(head), head.size() - 4);
  for (std::size_t from = 0; from < head.size() - 4; ++from) {
    EXPECT_EQ(find_head_end(head, from), head.size() - 4) << from;
  }
  EXPECT_FALSE(find_head_end("GET / HTTP/1.1\r\nHost: a\r\n\r"));
}

TEST(ParseRequestHead, ReadsTheLineAndTheFields) {
  const auto head = parse_request_head(
      "POST /v1/x?a=b HTTP/1.1\r\nHost: a\r\nX-One:  two words \r\nx-one:\r\n\r\n");
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target, "/v1/x?a=b");
  EXPECT_EQ(head->minor_version, 1);
  EXPECT_EQ(head->headers.get("x-one"), "two words");
  EXPECT_EQ(head->headers.size(), 3U);
}

struct BadHead {
  const char* name;
  std::string head;
};

class RefusedRequestHead : public testing::TestWithParam<BadHead> {};

TEST_P(RefusedRequestHead, IsAnInvalidRequest) {
  const auto head = parse_request_head(GetParam().head);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(head.error().origin, Origin::kClient);
}

INSTANTIATE_TEST_SUITE_P(
    Heads, RefusedRequestHead,
    testing::Values(BadHead{"NoVersion", "GET /\r\nHost: a\r\n\r\n"},
                    BadHead{"Http2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
                    BadHead{"NoHost", "GET / HTTP/1.1\r\n\r\n"},
                    BadHead{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
                    BadHead{"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n"},
                    BadHead{"FoldedLine", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n"},
                    BadHead{"BareLineFeed", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
                    BadHead{"NulInValue", std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 28)},
                    BadHead{"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
                    BadHead{"BadMethod", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"},
                    BadHead{"NoColon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"}),
    [](const auto& info) { return std::string(info.param.name); });

Result<Framing> framing_of(const std::string& fields, int minor = 1) {
  const auto head = parse_request_head("POST / HTTP/1." + std::to_string(minor) +
                                       "\r\nHost: a\r\n" + fields + "\r\n");
  if (!head) return head.error();
  return request_framing(*head);
}

TEST(RequestFraming, KnowsTheThreeLegalForms) {
  EXPECT_EQ(*framing_of(""), Framing{});
  EXPECT_EQ(*framing_of("Content-Length: 0\r\n"), Framing{});
  EXPECT_EQ(*framing_of("Content-Length: 12\r\n"),
            (Framing{.kind = Framing::Kind::kLength, .length = 12}));
  EXPECT_EQ(*framing_of("Content-Length: 12\r\nContent-Length: 12\r\n"),
            (Framing{.kind = Framing::Kind::kLength, .length = 12}));
  EXPECT_EQ(*framing_of("Transfer-Encoding: Chunked\r\n"),
            Framing{.kind = Framing::Kind::kChunked});
}

TEST(RequestFraming, RefusesWhatCanBeReadInTwoWays) {
  for (const char* fields :
       {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: +1\r\n",
        "Content-Length: 0x10\r\n", "Content-Length: 1, 1\r\n", "Content-Length:\r\n",
        "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) {
    EXPECT_FALSE(framing_of(fields)) << fields;
  }
  EXPECT_FALSE(framing_of("Transfer-Encoding: chunked\r\n", 0));
}

TEST(ParseResponseHead, ReadsStatusAndReason) {
  const auto head = parse_response_head("HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\n\r\n");
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->status, 429);
  EXPECT_EQ(head->reason, "Too Many");
  EXPECT_EQ(head->headers.get("retry-after"), "3");
  EXPECT_TRUE(parse_response_head("HTTP/1.0 200\r\n\r\n"));
}

TEST(ParseResponseHead, BlamesTheProviderForNonsense) {
  for (const char* text : {"HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "ICY 200 OK\r\n\r\n",
                           "HTTP/1.1 099 X\r\n\r\n", "\r\n\r\n"}) {
    const auto head = parse_response_head(text);
    ASSERT_FALSE(head) << text;
    EXPECT_EQ(head.error().code, ErrorCode::kUpstreamProtocol);
    EXPECT_EQ(head.error().retry, Retry::kSameTarget);
  }
}

TEST(ResponseFraming, RunsUntilTheCloseWithoutALength) {
  const auto head = parse_response_head("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(response_framing(*head, "POST")->kind, Framing::Kind::kUntilClose);
  EXPECT_EQ(response_framing(*head, "HEAD")->kind, Framing::Kind::kNone);
}

TEST(KeepsAlive, FollowsVersionAndConnectionField) {
  EXPECT_TRUE(keeps_alive(1, {}));
  EXPECT_FALSE(keeps_alive(0, {}));
  EXPECT_FALSE(keeps_alive(1, {{"Connection", "x, Close"}}));
  EXPECT_TRUE(keeps_alive(0, {{"Connection", "Keep-Alive"}}));
}

TEST(AppendResponseHead, RoundTrips) {
  std::string bytes;
  append_status_line(bytes, 200);
  append_fields(bytes, {{"a", "b"}, {"c", "d e"}});
  bytes += kLineEnd;
  const auto head = parse_response_head(bytes);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->headers, (Headers{{"a", "b"}, {"c", "d e"}}));
}

}  // namespace
}  // namespace bifrost::http::h1
