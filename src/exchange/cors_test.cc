#include "exchange/cors.h"

#include <gtest/gtest.h>

namespace bifrost::exchange {
namespace {

// Of answers to a page of this origin.
bool lets_in(const CorsSettings& settings, bool keyless, const char* origin) {
  return !cors_headers({.cors = settings, .keyless = keyless}, {{"origin", origin}}).empty();
}
bool serves(const CorsSettings& settings, const http::Headers& request, bool keyless = true) {
  const auto checked = check_origin({.cors = settings, .keyless = keyless}, request);
  if (!checked) EXPECT_EQ(checked.error().code, ErrorCode::kPermissionDenied);
  return checked.has_value();
}

TEST(Cors, AnswersABrowserOnly) {
  const CorsSettings settings;
  EXPECT_TRUE(cors_headers({.cors = settings, .keyless = false}, {}).empty());
  const http::Headers headers =
      cors_headers({.cors = settings, .keyless = false}, {{"origin", "https://a.example"}});
  EXPECT_EQ(headers.get("access-control-allow-origin"), "https://a.example");
  EXPECT_EQ(headers.get("vary"), "origin");
  EXPECT_FALSE(headers.contains("access-control-allow-credentials"));
}

TEST(Cors, AllowsTheConfiguredOrigins) {
  const CorsSettings settings{.allowed_origins = {"https://a.example", "https://*.b.example"}};
  for (const bool keyless : {true, false}) {
    EXPECT_TRUE(lets_in(settings, keyless, "https://A.example"));
    EXPECT_TRUE(lets_in(settings, keyless, "https://x.y.b.example"));
    for (const char* other : {"https://a.example.evil", "https://evil", "https://b.example",
                              "https://.b.example", "https://evil/.b.example", "null"}) {
      EXPECT_FALSE(lets_in(settings, keyless, other)) << other;
    }
  }
}

TEST(Cors, WithoutCredentialsAStarIsThisMachine) {
  const CorsSettings settings;
  EXPECT_TRUE(lets_in(settings, false, "https://evil.example"));
  for (const char* own :
       {"http://localhost:3000", "http://127.0.0.1", "http://[::1]:3000", "http://app.localhost"}) {
    EXPECT_TRUE(lets_in(settings, true, own)) << own;
  }
  for (const char* other : {"https://evil.example", "http://localhost.evil.example", "null",
                            "http://10.0.0.1", "file://", "http://[", ""}) {
    EXPECT_FALSE(lets_in(settings, true, other)) << other;
  }
}

TEST(Cors, APageThatMayNotAskIsRefusedWhenNothingElseProtects) {
  const CorsSettings settings;
  const http::Headers page = {{"host", "gateway.example"}, {"origin", "https://evil.example"}};
  EXPECT_FALSE(serves(settings, page));
  EXPECT_TRUE(serves(settings, page, false)) << "a credential protects it";
  EXPECT_TRUE(serves({.allowed_origins = {"https://evil.example"}}, page)) << "named";
  EXPECT_TRUE(serves(settings, {{"host", "gateway.example"}})) << "no browser";
  EXPECT_TRUE(
      serves(settings, {{"host", "gateway.example"}, {"origin", "https://gateway.example"}}))
      << "its own page";
  EXPECT_FALSE(serves(settings, {{"origin", "null"}}));
  const auto refused = check_origin({.cors = settings}, page);
  EXPECT_EQ(refused.error().message,
            "pages of \"https://evil.example\" may not use this gateway, which demands no "
            "credential: name the origin in client.allowed_origins, where \"*\" does not stand "
            "for it");
}

TEST(Cors, OnTheLoopbackTheNameMustBeOurs) {
  const std::vector<std::string> names = {"gateway.example.com"};
  for (const char* own :
       {"localhost:8080", "127.0.0.1:8080", "[::1]:8080", "10.1.2.3", "a.localhost", "x",
        "gateway:80", "gateway.svc.cluster.local", "Gateway.Example.com:8080", ""}) {
    EXPECT_TRUE(check_host(names, own)) << own;
  }
  for (const char* other :
       {"evil.com:8080", "evil.com.", "localhost.evil.com", "127.0.0.1.nip.io"}) {
    EXPECT_FALSE(check_host(names, other)) << other;
  }
  EXPECT_TRUE(check_host(std::vector<std::string>{"*"}, "evil.com"));
}

TEST(Cors, APreflightAllowsWhatIsAskedForAndConfigured) {
  const auto allowed = [](const CorsSettings& settings, http::Headers request) {
    request.add("origin", "https://a.example");
    return std::string(preflight_headers({.cors = settings, .keyless = false}, request)
                           .get("access-control-allow-headers"));
  };
  EXPECT_EQ(allowed({}, {}), "authorization, content-type, x-api-key, x-goog-api-key");
  EXPECT_EQ(allowed({.allowed_headers = {"x-team"}}, {}), "x-team");
  EXPECT_EQ(allowed({.allowed_headers = {"x-team"}},
                    {{"access-control-request-headers", "x-stainless-os"}}),
            "x-stainless-os, x-team");
}

}  // namespace
}  // namespace bifrost::exchange
