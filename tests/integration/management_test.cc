// The management API: whom it serves, what a change must look like, and what it says of a bad one.
#include "tests/integration/management_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ManagementTest, AKeyCountsFromTheNextRequestOn) {
  start_kept();
  EXPECT_EQ(status_of("sk-bf-nobody"), 401);
  const std::string id = made_key("alice");
  EXPECT_THAT(value_, testing::MatchesRegex("sk-bf-[0-9a-f-]{36}"));
  EXPECT_EQ(status_of(value_), 200);
  const std::string path = fmt::format("{}/{}", kKeys, id);
  EXPECT_EQ(call("PUT", path, R"({"is_active": false})").status, 200);
  EXPECT_EQ(status_of(value_), 403);
  EXPECT_EQ(call("DELETE", path).status, 200);
  EXPECT_EQ(status_of(value_), 401);
  EXPECT_EQ(call("GET", path).status, 404);
}

TEST_F(ManagementTest, UpdatesKeepWhatIsNotGiven) {
  start_kept();
  const std::string id = made_key("alice", R"("allow_all_providers": true, "description": "one",
                  "budgets": [{"max_limit": 10, "reset_duration": "1M"}])");
  const std::string path = fmt::format("{}/{}", kKeys, id);
  const Response before = call("GET", path);
  const Response after = call("PUT", path, R"({"description": "two"})");
  EXPECT_EQ(after.status, 200);
  EXPECT_THAT(after.body, AllOf(HasSubstr(R"("description":"two")"), HasSubstr(R"("max_limit":10)"),
                                HasSubstr(R"("name":"alice")"), HasSubstr(value_)));
  // What was shown may be sent back as it is.
  const auto document = json::Document::parse(before.body);
  ASSERT_TRUE(document);
  const Response again = call("PUT", path, std::string(document->root()["virtual_key"].raw()));
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_THAT(again.body, HasSubstr(R"("description":"one")"));
}

TEST_F(ManagementTest, TwoWhoEditAtOnceAreTold) {
  start_kept();
  const std::string path = fmt::format("{}/{}", kKeys, made_key("alice"));
  const std::string seen(call("GET", path).headers.get("etag"));
  EXPECT_FALSE(seen.empty());
  EXPECT_EQ(call("PUT", path, R"({"description": "mine"})", {{"if-match", seen}}).status, 200);
  const Response late = call("PUT", path, R"({"description": "yours"})", {{"if-match", seen}});
  EXPECT_EQ(late.status, 412);
  EXPECT_THAT(call("GET", path).body, HasSubstr(R"("description":"mine")"));
}

TEST_F(ManagementTest, TheVersionOfAKeyIsThatOfItsRateLimitToo) {
  start_kept();
  const std::string path = fmt::format("{}/{}", kKeys, made_key("alice", R"("rate_limit":
      {"request_max_limit": 5, "request_reset_duration": "1h"})"));
  const std::string seen(call("GET", path).headers.get("etag"));
  const auto limit = [&](int most) {
    return call(
               "PUT", path,
               fmt::format(
                   R"({{"rate_limit": {{"request_max_limit": {}, "request_reset_duration": "1h"}}}})",
                   most),
               {{"if-match", seen}})
        .status;
  };
  EXPECT_EQ(limit(6), 200);
  EXPECT_EQ(limit(7), 412);
}

TEST_F(ManagementTest, ADryRunChangesNothing) {
  start_kept();
  const Response made = call("POST", std::string(kKeys) + "?dry_run=true",
                             R"({"name": "alice", "allow_all_providers": true})");
  EXPECT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(status_of(json_text(made.body, "value")), 401);
  EXPECT_THAT(call("GET", kKeys).body, HasSubstr(R"("total_count":0)"));
}

TEST_F(ManagementTest, BadInputNamesTheFieldAndChangesNothing) {
  start_kept();
  made_key("alice");
  const auto expect_refused = [&](std::string_view body, int status, std::string_view says) {
    const Response refused = call("POST", kKeys, body);
    EXPECT_EQ(refused.status, status) << body << refused.body;
    EXPECT_THAT(refused.body, HasSubstr(std::string(says))) << body;
  };
  expect_refused("", 400, "the body is empty");
  expect_refused("{", 400, "JSON");
  expect_refused(R"({"name": "b", "delete_after_expire": true})", 400, "not served yet");
  expect_refused("{}", 400, "name: required");
  expect_refused(R"({"name": "alice"})", 409, "already");
  expect_refused(R"({"name": "b", "nmae": 1})", 400, "unknown key");
  expect_refused(R"({"name": "b", "team_id": "t"})", 400, "there is no");
  expect_refused(R"({"name": "b", "budgets": [{"max_limit": -1, "reset_duration": "1d"}]})", 400,
                 "budgets[0].max_limit");
  expect_refused(R"({"name": "b", "budgets": [{"max_limit": 1e300, "reset_duration": "1d"}]})", 400,
                 "budgets[0].max_limit");
  expect_refused(R"({"name": "b", "rate_limit": {"token_max_limit": 1}})", 400,
                 "token_reset_duration");
  expect_refused(R"({"name": "b", "expires_at": "2020-01-01T00:00:00Z"})", 400, "has passed");
  expect_refused(R"({"name": "b", "provider_configs": [{"weight": 1}]})", 400,
                 "provider_configs[0].provider");
  EXPECT_EQ(call("GET", std::string(kKeys) + "?limit=0").status, 400);
  EXPECT_THAT(call("GET", kKeys).body, HasSubstr(R"("total_count":1)"));
}

TEST_F(ManagementTest, PagesOfOtherSitesAreKeptOut) {
  start_kept();
  const std::string body = R"({"name": "alice"})";
  EXPECT_EQ(call("POST", kKeys, body, {{"origin", "https://evil.example"}}).status, 403);
  EXPECT_EQ(connect().request("POST", kKeys, {{"content-type", "text/plain"}}, body).status, 400);
  EXPECT_EQ(call("GET", kKeys, {}, {{"host", "evil.com"}}).status, 403);
}

TEST_F(ManagementTest, TheAdministratorIsAskedFor) {
  start_kept(
      R"("auth_config": {"admin_username": "root", "admin_password": "secret", "is_enabled": true})");
  const Response asked = call("GET", kKeys);
  EXPECT_EQ(asked.status, 401);
  EXPECT_EQ(asked.headers.get("www-authenticate"), R"(Basic realm="bifrost")");
  EXPECT_FALSE(call("GET", std::string(kKeys) + "/quota").headers.contains("www-authenticate"));
  EXPECT_EQ(call("GET", kKeys, {}, {{"authorization", "Basic cm9vdDp3cm9uZw=="}}).status, 401);
  EXPECT_EQ(call("GET", kKeys, {},
                 {{"authorization", "Basic cm9vdDpzZWNyZXQ="}, {"x-forwarded-for", "203.0.113.7"}})
                .status,
            200);
}

TEST_F(ManagementTest, OnlyTrueAndFalseSayWhetherAChangeIsTried) {
  start_kept();
  for (const std::string_view slip : {"1", "TRUE", "yes", ""}) {
    const Response refused = call("POST", fmt::format("{}?dry_run={}", kKeys, slip),
                                  R"({"name": "alice", "allow_all_providers": true})");
    EXPECT_EQ(refused.status, 400) << slip;
    EXPECT_THAT(refused.body, HasSubstr("dry_run"));
  }
  EXPECT_THAT(call("GET", kKeys).body, HasSubstr(R"("total_count":0)"));
  EXPECT_EQ(call("POST", std::string(kKeys) + "?dry_run=false", R"({"name": "alice"})").status,
            200);
  EXPECT_THAT(call("GET", kKeys).body, HasSubstr(R"("total_count":1)"));
}

TEST_F(ManagementTest, BehindAProxyItIsClosedWithoutAnAdministrator) {
  start_kept();
  for (const std::string_view name :
       {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via", "X-Real-IP"}) {
    const Response refused = call("GET", kKeys, {}, {{name, "203.0.113.7"}});
    EXPECT_EQ(refused.status, 403) << name;
    EXPECT_THAT(refused.body, HasSubstr("governance.auth_config"));
  }
}

TEST_F(ManagementTest, WhereOthersCanConnectItIsClosedWithoutAnAdministrator) {
  GatewayOptions options;
  options.usual_arguments = {"serve", "--app-dir", "${dir}", "--host", "0.0.0.0", "--port", "0"};
  start_with(std::move(options));
  const Response refused = call("GET", kKeys);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("governance.auth_config"));
}

TEST_F(ManagementTest, WhatIsShownCannotBeSetToSomethingElse) {
  start(kept({}));
  const std::string id = made_key("alice");
  const std::string path = fmt::format("{}/{}", kKeys, id);
  EXPECT_EQ(call("PUT", path, fmt::format(R"({{"id": "{}"}})", id)).status, 200);
  const Response other = call("PUT", path, R"({"id": "other"})");
  EXPECT_EQ(other.status, 400);
  EXPECT_THAT(other.body, HasSubstr("id: is "));
  EXPECT_EQ(call("PUT", path, R"({"rate_limit_id": "r"})").status, 400);
  EXPECT_EQ(call("POST", kKeys, R"({"name": "bob", "id": "mine"})").status, 400);
  EXPECT_EQ(call("POST", "/api/governance/teams", R"({"name": "red", "id": "mine"})").status, 400);
}

TEST_F(ManagementTest, AnEntryForAProviderCannotBeGivenAnotherId) {
  start(kept({}));
  const std::string path = fmt::format("{}/{}", kKeys, made_key("alice"));
  const auto put = [&](std::string_view members) {
    return call("PUT", path,
                fmt::format(R"({{"provider_configs": [{{"provider": "demo", "allowed_models": ["*"],
                    "key_ids": ["*"]{}}}]}})",
                            members));
  };
  const Response unknown = put(R"(, "id": 5)");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(unknown.body,
              AllOf(HasSubstr("provider_configs[0].id: is 5"), HasSubstr("no entry for")));
  const Response made = put("");
  EXPECT_EQ(made.status, 200);
  const std::string_view before = R"("provider_configs":[{"id":)";
  const std::size_t begin = made.body.find(before) + before.size();
  const std::string id = made.body.substr(begin, made.body.find(',', begin) - begin);
  EXPECT_EQ(put(fmt::format(R"(, "id": {})", id)).status, 200);
  const Response other = put(R"(, "id": 5)");
  EXPECT_EQ(other.status, 400);
  EXPECT_THAT(other.body, HasSubstr("has " + id));
  EXPECT_EQ(call("POST", kKeys, R"({"name": "bob", "provider_configs": [
      {"provider": "demo", "allowed_models": ["*"], "key_ids": ["*"], "id": 5}]})")
                .status,
            400);
}

TEST_F(ManagementTest, ErrorsNameTheFieldAsItWasSent) {
  start(kept({}));
  made_key("alice");
  const Response reply = call("POST", kKeys, R"({"name": "bob", "team_id": "none"})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body,
              AllOf(HasSubstr("\"team_id: there is no"), Not(HasSubstr("virtual_keys["))));
}

}  // namespace
}  // namespace bifrost::test
