// `x-bf-explain: true`: a request that is not carried out, and says what would have happened.
#include "tests/integration/management_fixture.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kAlice =
    R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-alice",
         "allow_all_providers": true, "rate_limit_id": "r"}],
       "rate_limits": [{"id": "r", "request_max_limit": 1, "request_reset_duration": "1h"}])";
constexpr std::string_view kAdmin =
    R"(, "auth_config": {"admin_username": "root", "admin_password": "secret", "is_enabled": true},
       "api_keys": [
         {"id": "ci", "name": "ci", "value": "bfst-for-those-who-may-change-all"},
         {"id": "look", "name": "look", "role": "viewer", "value": "bfst-for-those-who-may-look"}])";
constexpr std::string_view kBasic = "Basic cm9vdDpzZWNyZXQ=";      // root:secret
constexpr std::string_view kWrong = "Basic cm9vdDpzb21ldGhpbmc=";  // root:something

class ExplainHeaderTest : public ManagementTest {
 protected:
  void start_for(const WireSample& sample, std::string_view more = {}) {
    start({.providers = {{.name = sample.provider}},
           .client = R"("enforce_auth_on_inference": true)",
           .governance = std::string(kAlice) + std::string(more)});
  }
  Response ask(const WireSample& sample, http::Headers headers, bool stream = false) {
    headers.add("x-bf-vk", "sk-bf-alice");
    return connect().request("POST", stream ? sample.stream_path : sample.path, std::move(headers),
                             stream ? sample.stream_request : sample.request);
  }
  Response explained(const WireSample& sample, http::Headers headers = {}, bool stream = false) {
    headers.add("x-bf-explain", "true");
    return ask(sample, std::move(headers), stream);
  }
  Response explained_by_the_api(const WireSample& sample, bool stream) {
    return call(
        "POST", "/api/explain",
        fmt::format(R"({{"path": "{}", "headers": {{"x-bf-vk": "sk-bf-alice"}}, "body": {}}})",
                    stream ? sample.stream_path : sample.path,
                    stream ? sample.stream_request : sample.request));
  }
};

class ExplainedRoute : public ExplainHeaderTest, public testing::WithParamInterface<WireSample> {};

TEST_P(ExplainedRoute, AnswersAsTheApiDoes) {
  const WireSample& sample = GetParam();
  start_for(sample);
  for (const bool stream : {false, true}) {
    const Response told = explained(sample, {}, stream);
    EXPECT_EQ(told.status, 200) << told.body;
    EXPECT_EQ(told.headers.get("content-type"), "application/json");
    EXPECT_EQ(part(told.body, {"outcome"}), R"("asks a model")");
    EXPECT_EQ(told.body, explained_by_the_api(sample, stream).body);
  }
  EXPECT_EQ(provider.request_count(), 0U);
}

TEST_P(ExplainedRoute, RefusesInTheCallersFormatWhoIsNoOperator) {
  const WireSample& sample = GetParam();
  start_for(sample, kAdmin);
  const Response refused = explained(sample);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(part(refused.body, {"error", "message"}),
              HasSubstr("x-bf-explain: only operators are told, and nothing was sent"));
  EXPECT_EQ(part(refused.body, {"type"}) == R"("error")", sample.provider == "anthropic");
  EXPECT_EQ(part(refused.body, {"error", "status"}) == R"("PERMISSION_DENIED")",
            sample.provider == "gemini");
  EXPECT_EQ(provider.request_count(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Dialects, ExplainedRoute, testing::ValuesIn(all_samples()),
                         [](const auto& of) { return of.param.name; });

TEST_F(ExplainHeaderTest, HasNoEffect) {
  start_for(unified());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(explained(unified()).status, 200);
  provider.push(unified().reply());
  EXPECT_EQ(ask(unified(), {}).status, 200) << "all of the limit is there";
  EXPECT_TRUE(metric_reaches("bifrost_success_requests_total", 1));
  const Response told = explained(unified());
  EXPECT_EQ(part(told.body, {"refused", "status"}), "429") << "and tells when there is no more";
  EXPECT_EQ(provider.request_count(), 1U);
}

TEST_F(ExplainHeaderTest, KnowsOperatorsAsTheApiDoes) {
  start_for(unified(), kAdmin);
  const auto status_with = [&](std::string_view authorization) {
    return explained(unified(), {{"authorization", authorization}}).status;
  };
  EXPECT_EQ(status_with(kBasic), 200);
  EXPECT_EQ(status_with("Bearer bfst-for-those-who-may-change-all"), 200);
  EXPECT_EQ(status_with("Bearer bfst-for-those-who-may-look"), 200) << "to ask is to read";
  EXPECT_EQ(status_with("Bearer bfst-of-nobody-who-is-known-here"), 403);
  EXPECT_EQ(status_with("Bearer sk-bf-alice"), 403);
  const Response session =
      call("POST", "/api/session/login", R"({"username": "root", "password": "secret"})");
  EXPECT_EQ(status_with("Bearer " + json_text(session.body, "token")), 200);
  EXPECT_EQ(provider.request_count(), 0U);
}

TEST_F(ExplainHeaderTest, WhoGuessesPasswordsHasToWaitAndIsRecorded) {
  start_for(unified(), kAdmin);
  int waits = 0;
  for (int i = 0; i < 8; ++i) {
    const Response refused = explained(unified(), {{"authorization", kWrong}});
    EXPECT_THAT(refused.status, AnyOf(403, 429));
    if (refused.status == 429) ++waits;
  }
  EXPECT_GT(waits, 0);
  const Response records = call("GET", "/api/governance/audit-logs?outcome=failure", {},
                                {{"authorization", "Bearer bfst-for-those-who-may-look"}});
  EXPECT_THAT(records.body, AllOf(HasSubstr(R"("action":"authenticate")"),
                                  HasSubstr(R"("path":"/v1/chat/completions")")));
}

TEST_F(ExplainHeaderTest, IsClosedWhereTheApiIs) {
  start_for(unified());
  EXPECT_EQ(explained(unified(), {{"x-forwarded-for", "10.1.2.3"}}).status, 403);
  EXPECT_EQ(explained(unified(), {{"host", "evil.com"}}).status, 403);
  EXPECT_EQ(explained(unified(), {{"origin", "https://evil.example"}}).status, 403);
}

TEST_F(ExplainHeaderTest, AsksOnlyWhereItSaysSo) {
  start_for(unified());
  for (const std::string_view value : {"1", "yes", ""}) {
    const Response refused = ask(unified(), {{"x-bf-explain", value}});
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body,
                HasSubstr(fmt::format(R"(must be true or false, not \"{}\")", value)));
  }
  EXPECT_EQ(ask(unified(), {{"x-bf-explain", "false"}, {"x-bf-explain", "True"}}).status, 200);
  EXPECT_EQ(provider.request_count(), 0U);
  provider.push(unified().reply());
  EXPECT_EQ(ask(unified(), {{"x-bf-explain", "false"}}).status, 200);
  EXPECT_EQ(provider.request_count(), 1U);
  EXPECT_FALSE(provider.requests()[0].headers.contains("x-bf-explain"));
}

TEST_F(ExplainHeaderTest, ChangesOfTheConfigurationAreTriedOtherwise) {
  start_for(unified());
  const Response refused = call("POST", kKeys, R"({"name": "bob"})", {{"x-bf-explain", "true"}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("?dry_run=true"));
  EXPECT_THAT(call("GET", kKeys).body, Not(HasSubstr("bob")));
}

TEST_F(ExplainHeaderTest, AListOfModelsIsAnsweredHere) {
  start_for(unified());
  const Response told = connect().request("GET", "/v1/models",
                                          {{"x-bf-vk", "sk-bf-alice"}, {"x-bf-explain", "true"}});
  EXPECT_EQ(part(told.body, {"outcome"}), R"("answered here")");
  EXPECT_EQ(provider.request_count(), 0U);
}

// What shows that he is an operator stands where a provider's key may stand.
TEST_F(ExplainHeaderTest, IsAboutTheRequestWithoutTheQuestion) {
  start(
      {.client = R"("allow_direct_keys": true)", .governance = std::string(kAlice).append(kAdmin)});
  const Response told = explained(
      unified(), {{"authorization", kBasic}, {"x-bf-direct-key", "true"}, {"x-api-key", "sk-own"}});
  EXPECT_THAT(told.body, HasSubstr(R"("own_key":true)"));
}

}  // namespace
}  // namespace bifrost::test
