#include "governance/identify.h"

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

namespace bifrost::governance {
namespace {

std::shared_ptr<const Principal> key(std::string name, bool active = true,
                                     std::optional<WallTime> expires_at = std::nullopt) {
  return std::make_shared<const Principal>(
      Principal{.name = std::move(name), .active = active, .expires_at = expires_at});
}

const Directory& known() {
  static const Directory kKnown = [] {
    Directory::Builder builder;
    builder.add("sk-bf-alice", key("alice"));
    builder.add("legacy", key("legacy"));
    builder.add("sk-bf-off", key("off", false, WallTime(std::chrono::seconds(1))));
    builder.add("sk-bf-old", key("old", true, WallTime(std::chrono::seconds(1'000))));
    builder.add("sk-bf-new", key("new", true, WallTime(std::chrono::seconds(1'001))));
    return std::move(builder).finish();
  }();
  return kKnown;
}

Result<Caller> caller_of(const AccessSettings& settings, http::Headers headers,
                         std::string_view dialect = "openai", std::string_view path = "/v1/x") {
  static http::RequestHead head;  // the pin looks into it
  head.headers = std::move(headers);
  return identify(settings, {.directory = known(),
                             .now = WallTime(std::chrono::seconds(1'000)),
                             .head = head,
                             .path = path,
                             .dialect = dialect});
}

TEST(Identify, IsAnybodyWhereNothingIsDemanded) {
  const auto caller = caller_of({}, {});
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->principal, &anybody());
  EXPECT_FALSE(caller->pin.any());
  EXPECT_EQ(caller->direct_key, nullptr);
  EXPECT_TRUE(caller->constraints().access->all_providers);
}

TEST(Identify, AsksForRequiredHeaders) {
  const AccessSettings settings{.required_headers = {"x-team"}};
  EXPECT_TRUE(caller_of(settings, {{"X-Team", "red"}}));
  const auto caller = caller_of(settings, {{"x-other", "red"}});
  ASSERT_FALSE(caller);
  EXPECT_EQ(caller.error().message, "required header is missing: x-team (client.required_headers)");
  EXPECT_EQ(caller.error().param, "x-team");
}

TEST(Identify, DemandsACredential) {
  const AccessSettings settings{.whitelisted_routes = {"/v1/open"},
                                .enforce_auth_on_inference = true};
  const auto caller = caller_of(settings, {{"authorization", "Bearer sk-1"}});
  ASSERT_FALSE(caller);
  EXPECT_EQ(caller.error().code, ErrorCode::kUnauthenticated);
  EXPECT_EQ(caller.error().upstream_type, "virtual_key_required");
  EXPECT_TRUE(caller_of(settings, {}, "openai", "/v1/open"));
}

TEST(Identify, KnowsAVirtualKeyInAnyOfFiveHeaders) {
  for (const http::Headers& headers : std::initializer_list<http::Headers>{
           {{"x-bf-vk", "sk-bf-alice"}},
           {{"Authorization", "Bearer sk-bf-alice"}},
           {{"x-api-key", "sk-bf-alice"}},
           {{"x-goog-api-key", "sk-bf-alice"}},
           {{"api-key", "sk-bf-alice"}},
           {{"x-bf-vk", "sk-bf-alice"}, {"authorization", "Bearer sk-bf-off"}}}) {
    const auto caller = caller_of({.enforce_auth_on_inference = true}, headers);
    ASSERT_TRUE(caller) << caller.error().message;
    EXPECT_EQ(caller->principal->name, "alice");
    EXPECT_FALSE(caller->own_key_only);
  }
}

TEST(Identify, KnowsAKeyWithoutThePrefixOnlyInItsOwnHeader) {
  EXPECT_EQ(caller_of({}, {{"x-bf-vk", "legacy"}})->principal->name, "legacy");
  EXPECT_EQ(caller_of({}, {{"x-api-key", "legacy"}})->principal, &anybody());
}

TEST(Identify, RefusesAVirtualKeyThatNobodyKnowsEvenWhereNoneIsDemanded) {
  for (const std::string& value : {std::string("sk-bf-alic"), std::string("sk-bf-alice2"),
                                   "sk-bf-" + std::string(1024 * 1024, 'a')}) {
    const auto caller = caller_of({}, {{"x-bf-vk", value}});
    ASSERT_FALSE(caller);
    EXPECT_EQ(caller.error().code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(caller.error().upstream_type, "access_not_found");
    EXPECT_EQ(caller.error().message.find(value), std::string::npos);
  }
}

TEST(Identify, SaysOfAKeyThatItIsInactiveBeforeThatItHasExpired) {
  const auto off = caller_of({}, {{"x-bf-vk", "sk-bf-off"}});
  ASSERT_FALSE(off);
  EXPECT_EQ(off.error().code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(off.error().upstream_type, "access_blocked");
  EXPECT_EQ(off.error().message, "virtual key off is inactive");
  EXPECT_EQ(caller_of({}, {{"x-bf-vk", "sk-bf-old"}}).error().message,
            "virtual key old has expired");
  EXPECT_TRUE(caller_of({}, {{"x-bf-vk", "sk-bf-new"}}));
}

TEST(Identify, TakesACallersOwnKeyOnlyWhereItMay) {
  const http::Headers headers{{"x-bf-direct-key", "TRUE"}, {"authorization", "bearer  sk-1 "}};
  EXPECT_EQ(caller_of({}, headers)->direct_key, nullptr);

  const AccessSettings settings{.allow_direct_keys = true, .enforce_auth_on_inference = true};
  const auto caller = caller_of(settings, headers);
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->direct_key->settings.value.reveal(), "sk-1");
  EXPECT_FALSE(caller_of(settings, {{"authorization", "Bearer sk-1"}}));
  EXPECT_FALSE(caller_of(settings, {{"x-bf-direct-key", "true"}}));
}

// Anybody can write a text there, and nobody here can check it.
TEST(Identify, TakesACallersOwnKeyForNothingElseWhereACredentialIsDemanded) {
  const http::Headers headers{{"x-bf-direct-key", "true"}, {"authorization", "Bearer abc"}};
  AccessSettings settings{.whitelisted_routes = {"/v1/open"}, .allow_direct_keys = true};
  EXPECT_TRUE(caller_of(settings, headers)->check_known());
  settings.enforce_auth_on_inference = true;
  const auto caller = caller_of(settings, headers);
  ASSERT_TRUE(caller);
  EXPECT_TRUE(caller->constraints().own_key_only);
  EXPECT_EQ(caller->check_known().error().code, ErrorCode::kUnauthenticated);
  EXPECT_TRUE(caller_of(settings, headers, "openai", "/v1/open")->check_known());
}

TEST(Identify, TakesNoVirtualKeyForAProviders) {
  const AccessSettings settings{.allow_direct_keys = true};
  const auto caller =
      caller_of(settings, {{"x-bf-direct-key", "true"}, {"x-api-key", "sk-bf-alice"}});
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->direct_key, nullptr);
  EXPECT_EQ(caller->principal->name, "alice");
}

TEST(Identify, ReadsTheKeyOfEachDialectsHeader) {
  const AccessSettings settings{.allow_direct_keys = true};
  for (const char* name : {"x-api-key", "x-goog-api-key"}) {
    const auto caller = caller_of(settings, {{"x-bf-direct-key", "true"}, {name, "k"}});
    ASSERT_TRUE(caller) << name;
    EXPECT_EQ(caller->direct_key->settings.value.reveal(), "k") << name;
  }
}

TEST(Identify, KnowsALoginWithAnthropicOnItsOwnRoutes) {
  const http::Headers headers{{"authorization", "Bearer sk-ant-oat01-x"}};
  EXPECT_NE(caller_of({}, headers, "anthropic")->anthropic_login, nullptr);
  EXPECT_EQ(caller_of({}, headers, "openai")->anthropic_login, nullptr);
  EXPECT_EQ(caller_of({}, {{"authorization", "Bearer sk-1"}}, "anthropic")->anthropic_login,
            nullptr);
}

TEST(Identify, ReadsThePin) {
  const auto caller = caller_of({}, {{"x-bf-api-key-id", "7"}, {"x-bf-api-key", "main"}});
  EXPECT_EQ(caller->constraints().pin.id, "7");
  EXPECT_EQ(caller->constraints().pin.name, "main");
}

}  // namespace
}  // namespace bifrost::governance
