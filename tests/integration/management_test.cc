// The management API: what is made through it counts at once and outlives the process.
#include "tests/integration/management_fixture.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

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

TEST_F(ManagementTest, WhatWasMadeOutlivesAKilledProcess) {
  start_kept();
  const std::string id = made_key(
      "alice",
      R"("allow_all_providers": true, "rate_limit": {"request_max_limit": 1, "request_reset_duration": "1d"})");
  const std::string alice = value_;
  gateway->send_signal(SIGKILL);
  EXPECT_TRUE(gateway->exits_with(128 + SIGKILL));
  start_kept();
  EXPECT_EQ(status_of(alice), 200);
  EXPECT_EQ(status_of(alice), 429);
  const Response shown = call("GET", fmt::format("{}/{}", kKeys, id));
  EXPECT_EQ(json_text(shown.body, "value"), alice);
}

TEST_F(ManagementTest, SecretsAreNotInTheDatabaseInClear) {
  start_kept();
  made_key("alice");
  gateway.reset();
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
    std::ifstream in(file.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  EXPECT_THAT(all, HasSubstr("alice"));
  EXPECT_THAT(all, Not(HasSubstr(value_)));
}

TEST_F(ManagementTest, AWrongKeyIsFoundAtTheStart) {
  start_kept();
  made_key("alice");
  gateway.reset();
  gateway = std::make_unique<GatewayProcess>(
      GatewayOptions{.config = config_text(kept({}, "another key for it")),
                     .values = {{"provider_url", provider.url()}}});
  EXPECT_TRUE(gateway->exits_with(1));
  EXPECT_THAT(gateway->log(), HasSubstr("encryption_key is not the one"));
}

TEST_F(ManagementTest, OfTheFileAnEntryThatIsUnchangedKeepsItsEdits) {
  constexpr std::string_view kFile =
      R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-alice", "allow_all_providers": true}])";
  start_kept(kFile);
  EXPECT_EQ(call("PUT", "/api/governance/virtual-keys/vk-1", R"({"is_active": false})").status,
            200);
  const std::string bob = (made_key("bob"), value_);
  gateway.reset();
  start_kept(kFile);
  EXPECT_EQ(status_of("sk-bf-alice"), 403);
  EXPECT_EQ(status_of(bob), 200);
  gateway.reset();
  start_kept(
      R"("virtual_keys": [{"id": "vk-1", "name": "alice 2", "value": "sk-bf-alice", "allow_all_providers": true}])");
  EXPECT_EQ(status_of("sk-bf-alice"), 200);
  EXPECT_EQ(status_of(bob), 200);
  EXPECT_THAT(gateway->log(), HasSubstr("what the file says of virtual_key \"vk-1\" has changed"));
}

TEST_F(ManagementTest, AReloadThatIsRefusedStoresNothing) {
  start_kept();
  made_key("alice");
  // Two keys of one name; then without it.
  gateway->write_config(config_text(kept(
      R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-1", "allow_all_providers": true}])")));
  gateway->send_signal(SIGHUP);
  ASSERT_TRUE(gateway->wait_for_log("reload refused"));
  gateway->write_config(config_text(kept("")));
  gateway->send_signal(SIGHUP);
  ASSERT_TRUE(gateway->wait_for_log("config: reloaded"));
  EXPECT_EQ(status_of(value_), 200);
  gateway.reset();
  start_kept();
  EXPECT_EQ(status_of(value_), 200);
}

TEST_F(ManagementTest, TwoGatewaysChangeOneDatabase) {
  start_kept();
  GatewayProcess second_gateway(GatewayOptions{.config = config_text(kept("")),
                                               .values = {{"provider_url", provider.url()}}});
  ASSERT_TRUE(second_gateway.wait_until_listening());
  made_key("alice");
  Client other(second_gateway.port());
  const Response made =
      other.request("POST", kKeys, {{"content-type", "application/json"}}, R"({"name": "bob"})");
  EXPECT_EQ(made.status, 200) << made.body;
  EXPECT_THAT(other.get(kKeys).body, HasSubstr(R"("name":"alice")"));
  // Whoever finds that the other one has written edits what that one wrote.
  const Response added =
      call("POST", "/api/providers",
           R"({"provider": "groq", "keys": [{"name": "k", "value": "gsk-1", "models": ["*"]}]})");
  EXPECT_EQ(added.status, 200) << added.body;
  EXPECT_THAT(call("GET", "/api/providers/groq/keys").body, HasSubstr(R"("total":1)"));
  EXPECT_EQ(
      other.request("POST", kKeys, {{"content-type", "application/json"}}, R"({"name": "alice"})")
          .status,
      409);
}

TEST_F(ManagementTest, WhatAnotherGatewayChangesIsTakenUp) {
  start_kept();
  const std::string id = made_key("alice");
  EXPECT_EQ(status_of(value_), 200);
  GatewayProcess second_gateway(GatewayOptions{.config = config_text(kept("")),
                                               .values = {{"provider_url", provider.url()}}});
  ASSERT_TRUE(second_gateway.wait_until_listening());
  Client other(second_gateway.port());
  EXPECT_EQ(other.request("DELETE", fmt::format("{}/{}", kKeys, id)).status, 200);
  EXPECT_TRUE(gateway->wait_for_log("what others have changed was taken up"));
  EXPECT_EQ(status_of(value_), 401);
  EXPECT_EQ(call("GET", fmt::format("{}/{}", kKeys, id)).status, 404);
}

TEST_F(ManagementTest, ADatabaseThatCannotBeReadIsNotDoneWithout) {
  {
    std::ofstream(folder_.path() / "config.db") << "this is no database, however long it may be";
  }
  gateway = std::make_unique<GatewayProcess>(GatewayOptions{
      .config = config_text({}),
      .values = {{"provider_url", provider.url()}},
      .usual_arguments = {"serve", "--app-dir", folder_.path().string(), "--config",
                          "${dir}/config.json", "--host", "127.0.0.1", "--port", "0"}});
  EXPECT_TRUE(gateway->exits_with(1));
  EXPECT_THAT(gateway->log(), HasSubstr("config.db"));
}

TEST_F(ManagementTest, ShowsWhatWasUsed) {
  start_kept();
  const std::string id = made_key(
      "alice",
      R"("allow_all_providers": true, "budgets": [{"max_limit": 10, "reset_duration": "1M"}],
         "rate_limit": {"request_max_limit": 5, "request_reset_duration": "1h"})");
  EXPECT_EQ(status_of(value_), 200);
  const Response shown = call("GET", fmt::format("{}/{}", kKeys, id));
  EXPECT_THAT(shown.body,
              AllOf(HasSubstr(R"("request_current_usage":1)"), HasSubstr(R"("max_limit":10)"),
                    HasSubstr(R"("last_reset":")"), HasSubstr(R"("created_at":")")));
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

TEST_F(ManagementTest, TeamsAndCustomersHoldWhoBelongsToThem) {
  start_kept();
  const Response customer =
      call("POST", "/api/governance/customers",
           R"({"name": "acme", "budgets": [{"max_limit": 0, "reset_duration": "1d"}]})");
  ASSERT_EQ(customer.status, 200) << customer.body;
  const std::string customer_id = json_text(customer.body, "id");
  const Response team = call("POST", "/api/governance/teams",
                             fmt::format(R"({{"name": "red", "customer_id": "{}"}})", customer_id));
  ASSERT_EQ(team.status, 200) << team.body;
  const std::string team_id = json_text(team.body, "id");
  EXPECT_EQ(part(call("GET", "/api/teams/" + team_id).body, {"team", "name"}), R"("red")");
  made_key("alice", fmt::format(R"("allow_all_providers": true, "team_id": "{}")", team_id));
  EXPECT_EQ(status_of(value_), 402);
  EXPECT_EQ(call("DELETE", "/api/governance/customers/" + customer_id).status, 409);
  EXPECT_EQ(call("DELETE", "/api/governance/teams/" + team_id).status, 409);
  EXPECT_EQ(call("PUT", "/api/governance/customers/" + customer_id, R"({"budgets": []})").status,
            200);
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_THAT(call("GET", "/api/governance/customers?search=ACM").body,
              AllOf(HasSubstr(R"("count":1)"), HasSubstr(R"("team_count":1)")));
}

TEST_F(ManagementTest, ALimitOfAModelIsEverybodys) {
  start_kept();
  made_key("alice");
  const Response made =
      call("POST", "/api/governance/model-configs",
           R"({"model_name": "*", "budgets": [{"max_limit": 0, "reset_duration": "1d"}]})");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(status_of(value_), 402);
  const std::string path = "/api/governance/model-configs/" + json_text(made.body, "id");
  EXPECT_EQ(
      call(
          "PUT", path,
          R"({"budgets": [], "rate_limit": {"request_max_limit": 1, "request_reset_duration": "1h"}})")
          .status,
      200);
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_EQ(status_of(value_), 429);
  EXPECT_THAT(call("GET", "/api/governance/rate-limits").body,
              HasSubstr(R"("request_current_usage":1)"));
  EXPECT_EQ(call("DELETE", path).status, 200);
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_THAT(call("GET", "/api/governance/rate-limits").body, HasSubstr(R"("total_count":0)"));
}

// A rule for each metric and window: they all count, and a change of one forgets no other.
TEST_F(ManagementTest, AModelHasSeveralWindows) {
  start_kept();
  made_key("alice");
  constexpr std::string_view kPath = "/api/governance/model-configs";
  const Response made = call("POST", kPath,
                             R"({"model_name": "*", "rate_limits": [
               {"metric": "requests", "max_limit": 2, "reset_duration": "1h"},
               {"metric": "requests", "max_limit": 10, "reset_duration": "1d"},
               {"metric": "tokens", "max_limit": 100000, "reset_duration": "1d"}]})");
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string path = std::string(kPath) + "/" + json_text(made.body, "id");
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_EQ(status_of(value_), 429) << "two in an hour";

  const Response changed = call("PUT", path,
                                R"({"rate_limits": [
               {"metric": "requests", "max_limit": 5, "reset_duration": "1h"},
               {"metric": "requests", "max_limit": 10, "reset_duration": "1d"}]})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(changed.body, HasSubstr(R"("metric":"requests","max_limit":5,"reset_duration":"1h",)"
                                      R"("current_usage":2)"));
  EXPECT_THAT(changed.body, Not(HasSubstr(R"("metric":"tokens")")));
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_THAT(call("GET", "/api/governance/rate-limits").body, HasSubstr(R"("total_count":2)"));

  const auto refused = [&](std::string_view body) { return call("PUT", path, body).body; };
  EXPECT_THAT(
      refused(R"({"rate_limits": [{"metric": "tokens", "max_limit": 1, "reset_duration": "1d"},
                                  {"metric": "tokens", "max_limit": 2, "reset_duration": "1d"}]})"),
      HasSubstr("rate_limits[1].reset_duration: another rule is for the same metric and window"));
  EXPECT_THAT(
      refused(R"({"rate_limits": [{"metric": "", "max_limit": 1, "reset_duration": "1d"}]})"),
      HasSubstr("rate_limits[0].metric"));
  EXPECT_THAT(refused(R"({"rate_limit": {"request_max_limit": 1, "request_reset_duration": "1h"},
                  "rate_limits": [{"metric": "tokens", "max_limit": 1, "reset_duration": "1d"}]})"),
              HasSubstr("rate_limits: cannot go together with rate_limit"));

  EXPECT_EQ(call("PUT", path, R"({"rate_limits": []})").status, 200);
  EXPECT_THAT(call("GET", "/api/governance/rate-limits").body, HasSubstr(R"("total_count":0)"));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(status_of(value_), 200);
}

TEST_F(ManagementTest, AProviderIsLimitedForEverybody) {
  start_kept();
  made_key("alice");
  constexpr std::string_view kPath = "/api/governance/providers/openai";
  EXPECT_EQ(call("PUT", kPath,
                 R"({"rate_limit": {"request_max_limit": 0, "request_reset_duration": "1h"}})")
                .status,
            200);
  EXPECT_EQ(status_of(value_), 429);
  EXPECT_THAT(call("GET", "/api/governance/providers").body, HasSubstr(R"("provider":"openai")"));
  EXPECT_EQ(call("DELETE", kPath).status, 200);
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_EQ(call("DELETE", kPath).status, 404);
}

TEST_F(ManagementTest, ABudgetHasMoreForAWhile) {
  start_kept();
  const std::string id = made_key(
      "alice",
      R"("allow_all_providers": true, "budgets": [{"max_limit": 0, "reset_duration": "1d"}])");
  EXPECT_EQ(status_of(value_), 402);
  const Response shown = call("GET", "/api/governance/budgets");
  EXPECT_THAT(shown.body, HasSubstr(fmt::format(R"("virtual_key_id":"{}")", id)));
  const std::string path =
      fmt::format("{}/{}/budgets/{}/override", kKeys, id, json_text(shown.body, "id"));
  const Response more = call("PUT", path, R"({"amount": 10, "mode": "cycles", "cycles": 1})");
  EXPECT_EQ(more.status, 200) << more.body;
  EXPECT_THAT(more.body, HasSubstr(R"("effective_max_limit":10)"));
  EXPECT_EQ(status_of(value_), 200);
  EXPECT_EQ(call("DELETE", path).status, 200);
  EXPECT_EQ(status_of(value_), 402);
  EXPECT_EQ(call("PUT", path, R"({"amount": 10, "mode": "cycles"})").status, 400);
  EXPECT_EQ(call("PUT", path, R"({"amount": 0, "mode": "forever"})").status, 400);
  EXPECT_EQ(call("PUT", std::string(kKeys) + "/" + id + "/budgets/x/override",
                 R"({"amount": 1, "mode": "forever"})")
                .status,
            404);
}

TEST_F(ManagementTest, AKeySeesWhatItHasUsed) {
  start_kept();
  made_key("bob");
  made_key("alice", R"("allow_all_providers": true,
                       "rate_limit": {"request_max_limit": 5, "request_reset_duration": "1h"})");
  EXPECT_EQ(status_of(value_), 200);
  const std::string path = std::string(kKeys) + "/quota";
  const Response mine = call("GET", path, {}, {{"x-bf-vk", value_}});
  EXPECT_EQ(mine.status, 200) << mine.body;
  EXPECT_THAT(mine.body,
              AllOf(HasSubstr(R"("virtual_key_name":"alice")"),
                    HasSubstr(R"("request_current_usage":1)"), Not(HasSubstr("sk-bf-"))));
  EXPECT_EQ(call("GET", path).status, 401);
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

TEST_F(ManagementTest, AnEditKeepsAReferenceToTheEnvironment) {
  const auto start_with_key = [&](std::string value) {
    gateway.reset();
    start_with(
        {.config = config_text(kept(
             R"("virtual_keys": [{"id": "vk", "name": "alice", "value": "env.AKEY", "allow_all_providers": true}])")),
         .environment = {{"AKEY", std::move(value)}}});
  };
  start_with_key("sk-bf-one");
  EXPECT_EQ(call("PUT", std::string(kKeys) + "/vk", R"({"description": "x"})").status, 200);
  EXPECT_EQ(status_of("sk-bf-one"), 200);
  start_with_key("sk-bf-two");
  EXPECT_THAT(call("GET", std::string(kKeys) + "/vk").body, HasSubstr(R"("description":"x")"));
  EXPECT_EQ(status_of("sk-bf-two"), 200);
  EXPECT_EQ(status_of("sk-bf-one"), 401);
}

TEST_F(ManagementTest, WhatStandsInTheFileMayBeSentBackAsItIsShown) {
  start_kept(
      R"("rate_limits": [{"id": "r", "request_max_limit": 5, "request_reset_duration": "1h"}],
         "virtual_keys": [
           {"id": "vk", "name": "alice", "value": "sk-bf-alice", "allow_all_providers": true, "rate_limit_id": "r",
            "budgets": [{"max_limit": 0, "reset_duration": "1d", "override_amount": 5, "override_mode": "forever"}]},
           {"id": "vk2", "name": "bob", "value": "sk-bf-bob", "allow_all_providers": true, "rate_limit_id": "r"}])");
  const std::string path = std::string(kKeys) + "/vk";
  EXPECT_EQ(status_of("sk-bf-alice"), 200);
  const std::string shown = part(call("GET", path).body, {"virtual_key"});
  EXPECT_THAT(shown, AllOf(HasSubstr(R"("id":"virtual-key:vk:1d")"),
                           HasSubstr(R"("request_current_usage":1)")));
  const Response again = call("PUT", path, shown);
  EXPECT_EQ(again.status, 200) << again.body;
  for (const std::string_view name : {"budgets", "rate_limit_id", "rate_limit"}) {
    EXPECT_EQ(part(again.body, {"virtual_key", name}), part(shown, {name}));
  }
  EXPECT_THAT(call("GET", "/api/governance/rate-limits").body, HasSubstr(R"("total_count":1)"));
  const std::string override_path = path + "/budgets/virtual-key:vk:1d/override";
  EXPECT_EQ(call("DELETE", override_path).status, 200);
  EXPECT_EQ(status_of("sk-bf-alice"), 402);
  const Response more = call("PUT", override_path, R"({"amount": 2, "mode": "forever"})");
  EXPECT_THAT(more.body, HasSubstr(R"("id":"virtual-key:vk:1d")"));
  EXPECT_EQ(status_of("sk-bf-alice"), 200);
}

TEST_F(ManagementTest, ALimitThatOthersHaveTooIsLeftToThem) {
  start_kept(
      R"("rate_limits": [{"id": "r", "request_max_limit": 5, "request_reset_duration": "1h"},
                         {"id": "s", "request_max_limit": 6, "request_reset_duration": "1h"}],
         "virtual_keys": [
           {"id": "vk", "name": "alice", "value": "sk-bf-alice",
            "provider_configs": [{"provider": "openai", "allowed_models": ["*"], "key_ids": ["*"], "rate_limit_id": "r"},
                                 {"provider": "demo", "allowed_models": ["*"], "key_ids": ["*"], "rate_limit_id": "s"},
                                 {"provider": "groq", "allowed_models": ["*"], "key_ids": ["*"], "rate_limit_id": "s"}]},
           {"id": "vk2", "name": "bob", "value": "sk-bf-bob", "allow_all_providers": true, "rate_limit_id": "r"}])");
  const std::string path = std::string(kKeys) + "/vk";
  const Response changed = call("PUT", path, R"({"provider_configs": [
      {"provider": "openai", "allowed_models": ["*"], "key_ids": ["*"],
       "rate_limit": {"request_max_limit": 0, "request_reset_duration": "1h"}},
      {"provider": "demo", "rate_limit": {}}, {"provider": "groq"}]})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(changed.body, HasSubstr(R"("rate_limit_id":"s")")) << "the one of groq";
  EXPECT_EQ(status_of("sk-bf-alice"), 429);
  EXPECT_EQ(status_of("sk-bf-bob"), 200);
  EXPECT_THAT(call("GET", "/api/governance/rate-limits").body, HasSubstr(R"("total_count":3)"));
}

TEST_F(ManagementTest, WithAKeyGoTheLimitsOfItsModels) {
  start_kept(
      R"("rate_limits": [{"id": "r", "request_max_limit": 5, "request_reset_duration": "1h"}],
         "budgets": [{"id": "b", "max_limit": 1, "reset_duration": "1d", "model_config_id": "m"}],
         "model_configs": [{"id": "m", "model_name": "*", "scope": "virtual_key", "scope_id": "vk",
                            "rate_limit_ids": ["r"]}],
         "virtual_keys": [{"id": "vk", "name": "alice", "value": "sk-bf-alice", "allow_all_providers": true}])");
  const Response gone = call("DELETE", std::string(kKeys) + "/vk");
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_THAT(call("GET", "/api/governance/budgets").body, HasSubstr(R"("total_count":0)"));
  EXPECT_THAT(call("GET", "/api/governance/rate-limits").body, HasSubstr(R"("total_count":0)"));
  EXPECT_TRUE(gateway->wait_for_log("path=/api/governance/virtual-keys/vk status=200"));
}

TEST_F(ManagementTest, ABudgetThatOthersHaveTooIsLeftToThem) {
  start_kept(
      R"("budgets": [{"id": "b", "max_limit": 7, "reset_duration": "1d", "team_id": "t1"}],
         "teams": [{"id": "t1", "name": "red", "budget_id": "b"}, {"id": "t2", "name": "blue", "budget_id": "b"},
                   {"id": "t3", "name": "green", "budget_id": "b"}])");
  const std::string red = "/api/governance/teams/t1";
  const std::string blue = "/api/governance/teams/t2";
  const std::string green = "/api/governance/teams/t3";
  const auto budgets = [&](const std::string& path) {
    return part(call("GET", path).body, {"team", "budgets"});
  };
  const Response changed =
      call("PUT", blue, R"({"budgets": [{"id": "b", "max_limit": 8, "reset_duration": "1d"}]})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(changed.body,
              AllOf(HasSubstr(R"("max_limit":8)"), Not(HasSubstr(R"("max_limit":7)"))));
  EXPECT_THAT(budgets(red), AllOf(HasSubstr(R"("id":"b")"), HasSubstr(R"("max_limit":7)")));
  const Response gone = call("DELETE", red);
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_THAT(budgets(green), AllOf(HasSubstr(R"("id":"b")"), HasSubstr(R"("max_limit":7)")));
  EXPECT_EQ(call("DELETE", green).status, 200);
  EXPECT_THAT(call("GET", "/api/governance/budgets").body, HasSubstr(R"("total_count":1)"));
}

TEST_F(ManagementTest, ACustomerWhoNamesABudgetMayHaveASecondOne) {
  start_kept(
      R"("budgets": [{"id": "b", "max_limit": 7, "reset_duration": "1d"}],
         "customers": [{"id": "c", "name": "acme", "budget_id": "b"}])");
  const std::string path = "/api/governance/customers/c";
  const Response both = call("PUT", path, R"({"budgets": [
      {"id": "b", "max_limit": 7, "reset_duration": "1d"}, {"max_limit": 9, "reset_duration": "1M"}]})");
  ASSERT_EQ(both.status, 200) << both.body;
  EXPECT_THAT(both.body, AllOf(HasSubstr(R"("max_limit":7)"), HasSubstr(R"("max_limit":9)")));
  const std::string shown = part(both.body, {"customer"});
  EXPECT_EQ(part(call("PUT", path, shown).body, {"customer", "budgets"}), part(shown, {"budgets"}));
  EXPECT_EQ(call("DELETE", path).status, 200);
  EXPECT_THAT(call("GET", "/api/governance/budgets").body, HasSubstr(R"("total_count":0)"));
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

TEST_F(ManagementTest, WhatWasUsedOfBudgetsIsClearedOnDemand) {
  start(kept({}));
  const std::string id =
      made_key("alice", std::string(kAllProviders) +
                            R"(, "budgets": [{"max_limit": 0.000001, "reset_duration": "1d"}])");
  const auto ask = [&] {
    provider.push(unified().reply());
    return connect()
        .request("POST", unified().path, {{"x-bf-vk", value_}},
                 R"({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "hi"}]})")
        .status;
  };
  const std::string path = fmt::format("{}/{}", kKeys, id);
  EXPECT_EQ(ask(), 200);
  EXPECT_EQ(ask(), 402);
  const std::string before = part(call("GET", path).body, {"virtual_key"});
  EXPECT_EQ(call("PUT", path, R"({"description": "no more"})").status, 200);
  EXPECT_EQ(ask(), 402) << "a change keeps what was used";
  const Response cleared = call("PUT", path, R"({"reset_budget_usage": true})");
  EXPECT_EQ(cleared.status, 200) << cleared.body;
  EXPECT_THAT(cleared.body, HasSubstr(R"("current_usage":0,)"));
  EXPECT_EQ(json_text(cleared.body, "last_reset"), json_text(before, "last_reset"));
  gateway.reset();
  start(kept({}));
  EXPECT_EQ(ask(), 200) << "it stays cleared";
  EXPECT_EQ(ask(), 402);
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
