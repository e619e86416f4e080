#include "http/url.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::http {
namespace {

struct Good {
  std::string_view text;
  Url url;
};

TEST(Url, TakesTheUsualFormsApart) {
  const Good cases[] = {
      {"https://api.openai.com", {.tls = true, .host = "api.openai.com", .port = 443}},
      {"HTTPS://API.OpenAI.com/",
       {.tls = true, .host = "api.openai.com", .port = 443, .path = "/"}},
      {"http://localhost:11434", {.tls = false, .host = "localhost", .port = 11434}},
      {"http://10.0.0.1/v1/", {.tls = false, .host = "10.0.0.1", .port = 80, .path = "/v1/"}},
      {"http://[::1]:8080/a%20b", {.tls = false, .host = "::1", .port = 8080, .path = "/a%20b"}},
      {"https://x.example?api-version=1",
       {.tls = true, .host = "x.example", .port = 443, .query = "api-version=1"}},
      {"https://x.example/p?q=a?b",
       {.tls = true, .host = "x.example", .port = 443, .path = "/p", .query = "q=a?b"}},
      {"http://h:65535", {.tls = false, .host = "h", .port = 65535}},
  };
  for (const Good& each : cases) {
    const auto parsed = parse_url(each.text);
    ASSERT_TRUE(parsed) << each.text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, each.url) << each.text;
  }
}

TEST(Url, RefusesWhatCannotStandInARequest) {
  const std::string cases[] = {
      "",
      "api.openai.com",
      "ftp://x",
      "https://",
      "https:///path",
      "https://:443",
      "https://x:0",
      "https://x:65536",
      "https://x:",
      "https://x:port",
      "https://x:1:2",
      "https://user:secret@x",
      "https://x/#fragment",
      "https://x/a b",
      "https://x/\r\nInjected: 1",
      std::string("https://x/\0y", 12),
      "https://\xc3\xbc.example",
      "https://[::1",
      "https://[::1]x",
      "https://[zz]",
      "https://[]",
      "https://a,b",
      "https://" + std::string(kUrlBytesMax, 'a'),
  };
  for (const std::string& text : cases) {
    const auto parsed = parse_url(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidRequest) << text;
  }
}

TEST(Url, DoesNotRepeatAPasswordInItsMessage) {
  const auto parsed = parse_url("https://user:secret@x");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message.find("secret"), std::string::npos);
}

TEST(Url, TakesTheLongestUrlThatIsAllowed) {
  std::string text = "https://x/";
  text.append(kUrlBytesMax - text.size(), 'a');
  EXPECT_TRUE(parse_url(text));
}

TEST(Url, WritesAuthorityOriginAndTarget) {
  struct Case {
    std::string_view text;
    std::string_view authority;
    std::string_view origin;
    std::string_view target;
  };
  const Case cases[] = {
      {"https://x.example", "x.example", "https://x.example", "/"},
      {"https://x.example:443/v1", "x.example", "https://x.example", "/v1"},
      {"http://x.example:443?a=1", "x.example:443", "http://x.example:443", "/?a=1"},
      {"http://[::1]:8080/p?q", "[::1]:8080", "http://[::1]:8080", "/p?q"},
      {"http://[::1]", "[::1]", "http://[::1]", "/"},
  };
  for (const Case& each : cases) {
    const auto parsed = parse_url(each.text);
    ASSERT_TRUE(parsed) << each.text;
    EXPECT_EQ(parsed->authority(), each.authority);
    EXPECT_EQ(parsed->origin(), each.origin);
    EXPECT_EQ(parsed->target(), each.target);
  }
}

TEST(Url, KnowsRequestTargets) {
  EXPECT_TRUE(is_request_target("/"));
  EXPECT_TRUE(is_request_target("/v1/x?a=b%20c"));
  EXPECT_FALSE(is_request_target(""));
  EXPECT_FALSE(is_request_target("v1"));
  EXPECT_FALSE(is_request_target("/a b"));
  EXPECT_FALSE(is_request_target("/a\r\n"));
  EXPECT_FALSE(is_request_target("/a#b"));
}

TEST(Url, FindsTheQueryOfATarget) {
  EXPECT_EQ(query_of("/v1/models?limit=2&x=?"), "limit=2&x=?");
  EXPECT_EQ(query_of("/v1/models?"), "");
  EXPECT_EQ(query_of("/v1/models"), "");
}

TEST(Url, FindsThePathOfATarget) {
  EXPECT_EQ(path_of("/v1/models?limit=2"), "/v1/models");
  EXPECT_EQ(path_of("http://host:80/v1/models?x"), "/v1/models");
  EXPECT_EQ(path_of("http://host"), "/");
  EXPECT_EQ(path_of("*"), "*");
  EXPECT_EQ(path_of(""), "");
}

TEST(Query, TellsTheValueOfAName) {
  constexpr std::string_view kQuery =
      "limit=2&after_id=a%2Fb&empty=&flag&limit=3&bad=%zz&page%53=x";
  EXPECT_EQ(query_value(kQuery, "limit"), "2");
  EXPECT_EQ(query_value(kQuery, "after_id"), "a/b");
  EXPECT_EQ(query_value(kQuery, "empty"), "");
  EXPECT_EQ(query_value(kQuery, "flag"), "");
  EXPECT_EQ(query_value(kQuery, "bad"), "%zz");
  EXPECT_EQ(query_value(kQuery, "pageS"), "x");
  EXPECT_EQ(query_value(kQuery, "imit"), std::nullopt);
  EXPECT_EQ(query_value("", "limit"), std::nullopt);
}

}  // namespace
}  // namespace bifrost::http
