// Routing rules through the management API: they count at once and outlive the process.
#include "tests/integration/gateway_fixture.h"
#include "tests/support/temporary_directory.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kRules = "/api/routing/rules";
constexpr std::string_view kToSecond =
    R"("targets": [{"provider": "anthropic", "model": "claude-test", "weight": 1}])";

class RoutingRulesApiTest : public GatewayTest {
 protected:
  void start_kept(std::string_view governance = {}) {
    start({.providers = {{}, {.name = "anthropic", .url = "${second_url}"}},
           .governance = std::string(governance),
           .sections = fmt::format(
               R"("encryption_key": "a key for the test",
                  "config_store": {{"enabled": true, "type": "sqlite", "config": {{"path": "{}"}}}})",
               (folder_.path() / "config.db").string())});
  }
  Response call(std::string_view method, std::string_view path, std::string_view body = {}) {
    return connect().request(method, path, {{"content-type", "application/json"}}, body);
  }
  // Its path.
  std::string made_rule(std::string_view more = {}) {
    const Response made =
        call("POST", kRules, fmt::format(R"({{"name": "r", {}{}}})", kToSecond, more));
    EXPECT_EQ(made.status, 201) << made.body;
    EXPECT_THAT(made.body, HasSubstr(R"("message":"Routing rule created","rule":{"id":")"));
    return fmt::format("{}/{}", kRules, json_text(made.body, "id"));
  }
  std::string provider_of_answer() {
    provider.push(unified().reply());
    second.push(anthropic().reply());
    const Response reply = ask();
    return std::string(reply.headers.get("x-bifrost-provider"));
  }

  TemporaryDirectory folder_;
};

TEST_F(RoutingRulesApiTest, CountFromTheNextRequestOnAndOutliveTheProcess) {
  start_kept();
  EXPECT_EQ(provider_of_answer(), "openai");
  const std::string path = made_rule(R"(, "cel_expression": "model == 'gpt-test'", "priority": 3,
                     "fallbacks": ["openai/", {"provider": "openai", "key_id": "main"}],
                     "query": {"combinator": "and"})");
  EXPECT_EQ(provider_of_answer(), "anthropic");
  const std::string shown = call("GET", path).body;
  EXPECT_THAT(shown,
              AllOf(HasSubstr(R"("priority":3)"), HasSubstr(R"("query":{"combinator": "and"})"),
                    HasSubstr(R"("fallbacks":["openai/",{"provider":"openai","model":null)")));
  gateway.reset();
  start_kept();
  EXPECT_EQ(call("GET", path).body, shown);
  EXPECT_EQ(provider_of_answer(), "anthropic");
  EXPECT_EQ(call("DELETE", path).status, 200);
  EXPECT_EQ(call("GET", path).status, 404);
  EXPECT_EQ(provider_of_answer(), "openai");
}

TEST_F(RoutingRulesApiTest, AreListedAndChangedByBothNames) {
  start_kept(R"("teams": [{"id": "t", "name": "red"}])");
  const std::string path = made_rule();
  const Response listed = call("GET", "/api/governance/routing-rules?scope=global");
  EXPECT_THAT(listed.body, AllOf(HasSubstr(R"("rules":[{"id":")"), HasSubstr(R"("count":1,)")));
  EXPECT_THAT(call("GET", std::string(kRules) + "?scope=team").body, HasSubstr(R"("count":0,)"));
  const std::string former = "/api/governance/routing-rules" + path.substr(kRules.size());
  const Response changed = call("PUT", former, R"({"enabled": false})");
  EXPECT_THAT(changed.body,
              AllOf(HasSubstr(R"("enabled":false)"), HasSubstr(R"("model":"claude-test")")));
  EXPECT_EQ(provider_of_answer(), "openai");
}

TEST_F(RoutingRulesApiTest, AreRefusedWithWhatIsWrong) {
  start_kept();
  const auto refused = [&](std::string_view members) {
    const Response reply = call("POST", kRules, fmt::format(R"({{"name": "r", {}}})", members));
    EXPECT_EQ(reply.status, 400) << reply.body;
    return reply.body;
  };
  EXPECT_THAT(refused(fmt::format(R"({}, "cel_expression": "model ==")", kToSecond)),
              HasSubstr("cel_expression: line 1, column 9: the expression ends"));
  EXPECT_THAT(refused(R"("targets": [{"model": "x", "weight": 0.5}])"),
              HasSubstr("the weights add up to 0.5, and not to 1"));
  EXPECT_THAT(refused(fmt::format(R"({}, "scope": "team", "scope_id": "none")", kToSecond)),
              HasSubstr("there is no"));
  EXPECT_THAT(refused(R"("description": "no targets")"), HasSubstr("targets: required"));
  EXPECT_THAT(call("GET", kRules).body, HasSubstr(R"("count":0,)"));
}

TEST_F(RoutingRulesApiTest, GoWithWhomTheyAreFor) {
  start_kept(R"("teams": [{"id": "t", "name": "red"}])");
  made_rule(R"(, "scope": "team", "scope_id": "t")");
  EXPECT_EQ(call("DELETE", "/api/governance/teams/t").status, 200);
  EXPECT_THAT(call("GET", kRules).body, HasSubstr(R"("count":0,)"));
}

}  // namespace
}  // namespace bifrost::test
