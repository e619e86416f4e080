// The management API: budgets and rate limits of keys, teams, customers, models and providers.
#include "tests/integration/management_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

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

}  // namespace
}  // namespace bifrost::test
