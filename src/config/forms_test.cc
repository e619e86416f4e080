#include "config/forms.h"

#include <gtest/gtest.h>

namespace bifrost::config {
namespace {

bool takes(Form form, std::string_view text) { return !form_problem(form, text); }

TEST(Forms, UrlNeedsSchemeAndHost) {
  for (const std::string_view text :
       {"http://localhost", "https://api.example.com/v1/", "http://127.0.0.1:8080", "HTTPS://a.b",
        "http://[::1]:80/x", "http://user:word@host/p?q=1", "http://my_service:9000"}) {
    EXPECT_TRUE(takes(Form::kUrl, text)) << text;
  }
  for (const std::string_view text :
       {"", "localhost", "api.example.com/v1", "http:/x", "http://", "https:///v1", "ftp://host",
        "http://host:0", "http://host:65536", "http://host:", "http://host:8a", "http://ho st",
        "http://host/a b", "http://host\n", "http://[::1", "http://[]", "http://a b@host",
        "http://host:+80"}) {
    EXPECT_FALSE(takes(Form::kUrl, text)) << text;
  }
}

TEST(Forms, PemNeedsWholeBlocks) {
  const std::string block =
      "-----BEGIN CERTIFICATE-----\nTUlJQmZha2U=\n-----END CERTIFICATE-----\n";
  EXPECT_TRUE(takes(Form::kPem, block));
  EXPECT_TRUE(takes(Form::kPem, "subject=/CN=x\r\n" + block + "\n" + block));
  EXPECT_FALSE(takes(Form::kPem, "/etc/ssl/ca.pem"));
  EXPECT_FALSE(takes(Form::kPem, block.substr(0, block.size() - 10)));
  EXPECT_FALSE(takes(Form::kPem, "-----BEGIN CERTIFICATE-----\n<html>\n-----END CERTIFICATE-----"));
  EXPECT_FALSE(takes(Form::kPem, "-----BEGIN CERTIFICATE-----\\nTUlJ\\n-----END CERTIFICATE-----"));
}

TEST(Forms, HeaderPartsCannotSmuggle) {
  EXPECT_TRUE(takes(Form::kHeaderName, "x-team"));
  EXPECT_FALSE(takes(Form::kHeaderName, ""));
  EXPECT_FALSE(takes(Form::kHeaderName, "x team"));
  EXPECT_FALSE(takes(Form::kHeaderName, "x:y"));
  EXPECT_TRUE(takes(Form::kHeaderValue, "Bearer a\tb \xc3\xbc"));
  EXPECT_FALSE(takes(Form::kHeaderValue, "a\r\nx-other: b"));
  EXPECT_FALSE(takes(Form::kHeaderValue, std::string_view("a\0b", 3)));
}

TEST(Forms, IpAddressesMayHaveAPort) {
  for (const std::string_view text :
       {"192.0.2.1", "192.0.2.1:5353", "::1", "2001:db8::1", "[2001:db8::1]:53"}) {
    EXPECT_TRUE(takes(Form::kIpAddress, text)) << text;
  }
  for (const std::string_view text : {"", "dns.example.com", "192.0.2", "192.0.2.1:", "192.0.2.1:0",
                                      "192.0.2.1:65536", "[2001:db8::1]", "[192.0.2.1]:53"}) {
    EXPECT_FALSE(takes(Form::kIpAddress, text)) << text;
  }
}

TEST(Forms, OriginsRoutesAndLabels) {
  for (const std::string_view text : {"*", "https://app.example.com", "http://localhost:3000",
                                      "https://*.example.com", "tauri://localhost"}) {
    EXPECT_TRUE(takes(Form::kOrigin, text)) << text;
  }
  for (const std::string_view text :
       {"", "app.example.com", "https://a/b", "https://u@a", "https://"}) {
    EXPECT_FALSE(takes(Form::kOrigin, text)) << text;
  }
  EXPECT_TRUE(takes(Form::kHostName, "gateway.example.com"));
  EXPECT_TRUE(takes(Form::kHostName, "*"));
  for (const std::string_view text : {"", "https://a", "a:80", "a/b", "a b", "*.a"}) {
    EXPECT_FALSE(takes(Form::kHostName, text)) << text;
  }
  EXPECT_TRUE(takes(Form::kRoute, "/health"));
  EXPECT_FALSE(takes(Form::kRoute, "health"));
  EXPECT_TRUE(takes(Form::kPathOrUrl, "https://host/x"));
  EXPECT_FALSE(takes(Form::kPathOrUrl, "v1/x"));
  EXPECT_TRUE(takes(Form::kLabel, "task-id"));
  EXPECT_FALSE(takes(Form::kLabel, "1st"));
}

TEST(Forms, RedactedUrlHasNeitherUserNorQuery) {
  EXPECT_EQ(redacted_url("https://user:word@host:1/p/q?key=1#f"), "https://host:1/p/q");
  EXPECT_EQ(redacted_url("http://host?key=1"), "http://host");
  EXPECT_EQ(redacted_url("http://a:b@c@host/"), "http://host/");
  EXPECT_EQ(redacted_url("/v2/chat"), "/v2/chat");
  EXPECT_EQ(redacted_url(""), "");
}

TEST(Forms, PeriodsAndPointsInTime) {
  for (const std::string_view text :
       {"30s", "5m", "1h", "1d", "1w", "1M", "1Q", "1Y", "999999999s"}) {
    EXPECT_TRUE(takes(Form::kPeriod, text)) << text;
  }
  for (const std::string_view text :
       {"", "h", "0h", "01h", "-1h", "1", "1H", "1.5h", "1h30m", " 1h", "1000000000s"}) {
    EXPECT_FALSE(takes(Form::kPeriod, text)) << text;
  }
  EXPECT_TRUE(takes(Form::kTimestamp, "2026-01-31T12:00:00Z"));
  EXPECT_TRUE(takes(Form::kTimestamp, "2026-01-31T12:00:00.25+02:00"));
  EXPECT_TRUE(takes(Form::kTimestamp, kNoTimestamp));
  EXPECT_FALSE(takes(Form::kTimestamp, "2026-01-31"));
  EXPECT_FALSE(takes(Form::kTimestamp, ""));
}

}  // namespace
}  // namespace bifrost::config
