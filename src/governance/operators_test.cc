#include "governance/operators.h"

#include "base/strings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::governance {
namespace {

AuthSettings admin() {
  AuthSettings settings;
  settings.admin_username = "root";
  settings.admin_password = config::Secret("correct:horse");
  settings.is_enabled = true;
  return settings;
}

Result<void> ask(const AuthSettings& settings, std::string_view authorization, bool on_loopback) {
  http::Headers headers;
  if (!authorization.empty()) headers.add("authorization", authorization);
  return check_operator(settings, headers, on_loopback);
}

TEST(OperatorsTest, WithoutAnAdministratorThisMachineAloneMayUseIt) {
  EXPECT_TRUE(ask({}, "", true));
  const auto refused = ask({}, "", false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermissionDenied);
}

TEST(OperatorsTest, WhatAProxyPassesOnIsFromElsewhere) {
  for (const std::string_view name :
       {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via", "X-Real-IP"}) {
    const auto refused = check_operator({}, {{name, ""}}, true);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::kPermissionDenied);
  }
  const std::string good = "Basic " + base64_encode("root:correct:horse");
  EXPECT_TRUE(check_operator(admin(), {{"authorization", good}, {"via", "1.1 proxy"}}, true));
}

TEST(OperatorsTest, TheAdministratorIsAskedForEverywhere) {
  const std::string good = "Basic " + base64_encode("root:correct:horse");
  EXPECT_TRUE(ask(admin(), good, false));
  EXPECT_TRUE(ask(admin(), "bAsIc " + base64_encode("root:correct:horse"), true));
  for (const std::string& bad :
       {std::string(), std::string("Basic"), std::string("Basic !"),
        "Basic " + base64_encode("root"), "Basic " + base64_encode("root:wrong"),
        "Basic " + base64_encode(":"), "Bearer " + base64_encode("root:correct:horse")}) {
    const auto refused = ask(admin(), bad, true);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnauthenticated);
  }
}

}  // namespace
}  // namespace bifrost::governance
