#include "exchange/cors.h"

#include <gtest/gtest.h>

namespace bifrost::exchange {
namespace {

TEST(Cors, AnswersABrowserOnly) {
  EXPECT_TRUE(cors_headers({}, {}).empty());
  const http::Headers headers = cors_headers({}, {{"origin", "https://a.example"}});
  EXPECT_EQ(headers.get("access-control-allow-origin"), "https://a.example");
  EXPECT_EQ(headers.get("vary"), "origin");
}

TEST(Cors, AllowsTheConfiguredOrigins) {
  const CorsSettings settings{.allowed_origins = {"https://a.example"}};
  EXPECT_FALSE(cors_headers(settings, {{"origin", "https://A.example"}}).empty());
  EXPECT_TRUE(cors_headers(settings, {{"origin", "https://a.example.evil"}}).empty());
  EXPECT_TRUE(preflight_headers(settings, {{"origin", "https://evil"}}).empty());
}

TEST(Cors, APreflightAllowsWhatIsAskedForAndConfigured) {
  const auto allowed = [](const CorsSettings& settings, http::Headers request) {
    request.add("origin", "https://a.example");
    return std::string(preflight_headers(settings, request).get("access-control-allow-headers"));
  };
  EXPECT_EQ(allowed({}, {}), "authorization, content-type, x-api-key, x-goog-api-key");
  EXPECT_EQ(allowed({.allowed_headers = {"x-team"}}, {}), "x-team");
  EXPECT_EQ(allowed({.allowed_headers = {"x-team"}},
                    {{"access-control-request-headers", "x-stainless-os"}}),
            "x-stainless-os, x-team");
}

}  // namespace
}  // namespace bifrost::exchange
