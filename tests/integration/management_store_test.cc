// The management API: what is made through it outlives the process, and goes with what the file
// says.
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

}  // namespace
}  // namespace bifrost::test
