#include "governance/operators.h"

#include "base/strings.h"
#include "base/timestamp.h"
#include "governance/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::governance {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

constexpr std::string_view kKey = "bfst-0123456789abcdef0123456789";

AuthSettings admin(std::string password = "correct:horse") {
  AuthSettings settings;
  settings.admin_username = "root";
  settings.admin_password = config::Secret(std::move(password));
  settings.is_enabled = true;
  return settings;
}

GovernanceSettings with_admin() {
  GovernanceSettings settings;
  settings.auth = admin();
  return settings;
}

ApiKeySettings api_key(std::string name) {
  ApiKeySettings key;
  key.id = name;
  key.name = std::move(name);
  key.value = config::Secret(std::string(kKey));
  return key;
}

TEST(OperatorsTest, WithoutAnAdministratorThisMachineAloneMayUseIt) {
  const Operators operators;
  EXPECT_FALSE(operators.asks({}, true));
  EXPECT_TRUE(operators.asks({}, false));
  EXPECT_EQ(operators.refusal(false).code, ErrorCode::kPermissionDenied);
}

TEST(OperatorsTest, WhatAProxyPassesOnIsFromElsewhere) {
  for (const std::string_view name :
       {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via", "X-Real-IP"}) {
    EXPECT_TRUE(Operators().asks({{name, ""}}, true)) << name;
  }
  EXPECT_THAT(Operators().refusal(true).message, HasSubstr("through a proxy"));
}

TEST(OperatorsTest, TheAdministratorIsAskedForEverywhere) {
  const Operators operators(with_admin(), {});
  EXPECT_TRUE(operators.asks({}, true));
  EXPECT_EQ(operators.refusal(true).code, ErrorCode::kUnauthenticated);
}

TEST(OperatorsTest, AKeyIsKnownByItsTextOrItsHash) {
  GovernanceSettings settings;
  settings.api_keys = {api_key("ci")};
  settings.api_keys.edit(0).role = Role::kViewer;
  const auto found = Operators(settings, {}).find_key(kKey, {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "ci");
  EXPECT_EQ(found->role, Role::kViewer);

  settings.api_keys.edit(0).value = {};
  // printf %s bfst-0123456789abcdef0123456789 | sha256sum
  settings.api_keys.edit(0).value_hash =
      "7f54282edac7fe687e3d0f3d2cf5e20f1cbbfa7c6c8c82692ae3eb335e0c5eb5";
  EXPECT_TRUE(Operators(settings, {}).find_key(kKey, {}));
  EXPECT_EQ(Operators(settings, {}).find_key("bfst-other", {}).error().code,
            ErrorCode::kUnauthenticated);
}

TEST(OperatorsTest, AKeyThatIsInactiveOrExpiredIsRefused) {
  GovernanceSettings settings;
  settings.api_keys = {api_key("ci")};
  settings.api_keys.edit(0).expires_at = "2026-01-31T12:00:00Z";
  const WallTime end = parse_rfc3339("2026-01-31T12:00:00Z").value();
  EXPECT_TRUE(Operators(settings, {}).find_key(kKey, end - std::chrono::seconds(1)));
  EXPECT_THAT(Operators(settings, {}).find_key(kKey, end).error().message, HasSubstr("expired"));
  settings.api_keys.edit(0).is_active = false;
  const auto refused = Operators(settings, {}).find_key(kKey, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermissionDenied);
}

TEST(OperatorsTest, TheSetupTokenIsOneThatWasGiven) {
  EXPECT_FALSE(Operators().is_setup_token(""));
  EXPECT_FALSE(Operators({}, "").is_setup_token(""));
  EXPECT_TRUE(Operators({}, "first").is_setup_token("first"));
  EXPECT_FALSE(Operators({}, "first").is_setup_token("firs"));
}

TEST(OperatorCredentialTest, IsFoundWhereverItStands) {
  using Kind = OperatorCredential::Kind;
  const auto shown = [](std::string_view name, std::string_view value) {
    return operator_credential({{name, value}});
  };
  const auto password = shown("authorization", "bAsIc " + base64_encode("root:a:b"));
  EXPECT_EQ(password.kind, Kind::kPassword);
  EXPECT_EQ(password.text, "root:a:b");
  EXPECT_EQ(shown("authorization", "Basic !").text, "");
  EXPECT_EQ(shown("authorization", "Bearer bfst-1").kind, Kind::kApiKey);
  EXPECT_EQ(shown("authorization", "bearer bfss-1").kind, Kind::kSession);
  EXPECT_EQ(shown("authorization", "Bearer sk-bf-1").kind, Kind::kNone);
  const auto cookie = shown("cookie", "a=b; bifrost_session=bfss-1; c=d");
  EXPECT_EQ(cookie.kind, Kind::kSession);
  EXPECT_EQ(cookie.text, "bfss-1");
  EXPECT_TRUE(cookie.by_cookie);
  EXPECT_EQ(shown("cookie", "bifrost_session; x").kind, Kind::kNone);
  EXPECT_EQ(operator_credential({}).kind, Kind::kNone);
}

TEST(PasswordCheckTest, APlainPasswordIsComparedAtOnce) {
  const PasswordCheck check;
  EXPECT_THAT(check.known(admin(), "root:correct:horse"), Optional(true));
  for (const std::string_view wrong :
       {"", ":", "root", "root:", "root:wrong", "roo:correct:horse"}) {
    EXPECT_THAT(check.known(admin(), wrong), Optional(false)) << wrong;
  }
  AuthSettings off = admin();
  off.is_enabled = false;
  EXPECT_THAT(check.known(off, "root:correct:horse"), Optional(false));
}

TEST(PasswordCheckTest, WhatWasRightIsKnownAgainUntilThePasswordIsAnotherOne) {
  const AuthSettings hashed = admin(hash_password("correct:horse").value());
  PasswordCheck check;
  EXPECT_EQ(check.known(hashed, "root:correct:horse"), std::nullopt);
  EXPECT_FALSE(check.verify(hashed, "root:wrong"));
  EXPECT_FALSE(check.verify(hashed, "admin:correct:horse"));
  EXPECT_TRUE(check.verify(hashed, "root:correct:horse"));
  EXPECT_THAT(check.known(hashed, "root:correct:horse"), Optional(true));
  EXPECT_EQ(check.known(hashed, "root:wrong"), std::nullopt);
  EXPECT_EQ(check.known(admin(hash_password("correct:horse").value()), "root:correct:horse"),
            std::nullopt);
  EXPECT_FALSE(check.verify(hashed, "root:" + hashed.admin_password.reveal()));
}

}  // namespace
}  // namespace bifrost::governance
