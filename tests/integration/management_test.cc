// The management API: what is made through it counts at once and outlives the process.
#include "json/document.h"
#include "tests/integration/gateway_fixture.h"
#include "tests/support/temporary_directory.h"

#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kKeys = "/api/governance/virtual-keys";
constexpr std::string_view kAllProviders = R"("allow_all_providers": true)";

class ManagementTest : public GatewayTest {
 protected:
  // Keeps what it has beyond one gateway; `governance` are members of that section.
  void start_kept(std::string_view governance = {}) { start(kept(governance)); }
  [[nodiscard]] ConfigText kept(std::string_view governance,
                                std::string_view key = "a key for the test") const {
    ConfigText config{.client = R"("enforce_auth_on_inference": true)",
                      .governance = std::string(governance)};
    config.sections =
        fmt::format(R"("encryption_key": "{}", "config_store": {{"enabled": true, "type": "sqlite",
                                     "config": {{"path": "{}"}}}})",
                    key, database());
    return config;
  }
  [[nodiscard]] std::string database() const { return (folder_.path() / "config.db").string(); }

  Response call(std::string_view method, std::string_view path, std::string_view body = {},
                http::Headers headers = {}) {
    if (!body.empty()) headers.add("content-type", "application/json");
    return connect().request(method, path, std::move(headers), body);
  }
  // The id of a key with this name and these further members.
  std::string made_key(std::string_view name, std::string_view more = kAllProviders) {
    const Response made = call("POST", kKeys, fmt::format(R"({{"name": "{}", {}}})", name, more));
    EXPECT_EQ(made.status, 200) << made.body;
    value_ = json_text(made.body, "value");
    return json_text(made.body, "id");
  }
  int status_of(std::string_view value) {
    provider.push(unified().reply());
    return connect()
        .request("POST", unified().path, {{"x-bf-vk", value}}, unified().request)
        .status;
  }

  TemporaryDirectory folder_;
  std::string value_;  // of the key that was made last
};

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
  EXPECT_EQ(
      other.request("POST", kKeys, {{"content-type", "application/json"}}, R"({"name": "alice"})")
          .status,
      409);
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
  expect_refused("{", 400, "JSON");
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
  // Nobody shall believe in what has no effect.
  EXPECT_EQ(
      call(
          "POST", "/api/governance/model-configs",
          R"({"model_name": "m", "rate_limits": [{"metric": "tokens", "max_limit": 1, "reset_duration": "1d"}]})")
          .status,
      400);
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
  EXPECT_EQ(call("GET", kKeys).status, 401);
  EXPECT_EQ(call("GET", kKeys, {}, {{"authorization", "Basic cm9vdDp3cm9uZw=="}}).status, 401);
  EXPECT_EQ(call("GET", kKeys, {}, {{"authorization", "Basic cm9vdDpzZWNyZXQ="}}).status, 200);
}

TEST_F(ManagementTest, WhereOthersCanConnectItIsClosedWithoutAnAdministrator) {
  GatewayOptions options;
  options.usual_arguments = {"serve", "--app-dir", "${dir}", "--host", "0.0.0.0", "--port", "0"};
  start_with(std::move(options));
  const Response refused = call("GET", kKeys);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("governance.auth_config"));
}

}  // namespace
}  // namespace bifrost::test
