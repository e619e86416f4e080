#include "app/config_reference.h"

#include "app/load_config_fixture.h"
#include "app/schema_checker.h"
#include "config/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string test_schema() { return config_schema(test_providers()); }

class Schema : public testing::Test {
 protected:
  // Whether schema and loader agree; and if so, what they say.
  void expect_both(bool good, const std::string& text) {
    EXPECT_EQ(inspect_text(text).problems.empty(), good)
        << text << render(inspect_text(text).problems);
    const auto document = json::Document::parse(text);
    ASSERT_TRUE(document);
    EXPECT_EQ(SchemaChecker(schema_->root()).accepts(document->root()), good) << text;
  }

  Result<json::Document> schema_ = json::Document::parse(test_schema());
};

TEST_F(Schema, TakesWhatTheLoaderTakes) {
  expect_both(true, "{}");
  expect_both(true, R"({"guardrails_config":{"anything":[1]},"plugins":[],"webhooks":["env.X"]})");
  expect_both(true, R"({"client":{"enforce_governance_header":true,"compat":{}}})");
  expect_both(true,
              openai_with(R"("network_config":{"total_timeout_in_seconds":"1m","max_retries":3,
                                   "base_url":"env.INNER_URL","extra_headers":{"a":"b"}})"));
  expect_both(true, openai_with(R"("network_config":{"total_timeout_in_seconds":60,"base_url":"",
                                   "extra_headers":{"a":{"value":"b"}}})"));
  expect_both(true, openai_with(R"("proxy_config":{"type":"environment"})"));
  expect_both(true, key_with(R"("models":["*"])"));
  expect_both(true, key_with(R"("name":"a","models":["*"],"weight":0.25,"aliases":{"x":"y"})"));
  expect_both(true, key_with(R"("name":"a","models":["*"],"aliases":{"x":{"model_id":"y"}})"));
  expect_both(true, R"({"providers":{"demo":{"prompt_cache":{"auto_inject":true}}}})");
}

TEST_F(Schema, RefusesWhatTheLoaderRefuses) {
  expect_both(false, "[]");
  expect_both(false, R"({"clinet":{}})");
  expect_both(false, R"({"version":3})");
  expect_both(false, R"({"version":1.5})");
  expect_both(false, R"({"governance":[]})");
  expect_both(false, R"({"client":{"max_request_body_size_mb":0}})");
  expect_both(false, R"({"client":{"required_headers":"x"}})");
  expect_both(false, R"({"server":{"tls":{"cert_file":"a"}}})");
  expect_both(false, key_with(R"("name":"a","weight":-1)"));
  expect_both(false, key_with(R"("name":"a","value":1)"));
  expect_both(false, key_with(R"("name":"a","aliases":{"x":{"model_name":"y"}})"));
  expect_both(false, openai_with(R"("network_config":{"retry_backoff_initial":50})"));
  expect_both(false, openai_with(R"("network_config":{"base_ulr":"x"})"));
  expect_both(false, openai_with(R"("proxy_config":{"type":"htp"})"));
  expect_both(false,
              R"({"providers":{"mine":{"custom_provider_config":{"base_provider_type":"openai",
                         "is_key_less":true,"allowed_requests":{"embeding":true}}}}})");
}

TEST_F(Schema, KnowsTheProvidersByName) {
  expect_both(true, R"({"providers":{"azure":{"keys":[{"azure_key_config":{}}]}}})");
  expect_both(true, R"({"providers":{"mine":{"custom_provider_config":{
                         "base_provider_type":"openai","is_key_less":true}}}})");
  expect_both(false, R"({"providers":{"opnai":{"keys":[{"name":"a"}]}}})");
  expect_both(false, R"({"providers":{"mine":{"network_config":{}}}})");
  expect_both(false, R"({"providers":{"openai":7}})");
}

TEST_F(Schema, SaysDefaultsBoundsAndMarks) {
  ASSERT_TRUE(schema_);
  const json::Value network =
      schema_->root()["$defs"]["provider"]["properties"]["network_config"]["properties"];
  EXPECT_EQ(network["default_request_timeout_in_seconds"]["default"].string(), "30s");
  EXPECT_EQ(network["max_retries"]["maximum"].integer(), 100);
  EXPECT_EQ(network["queue_timeout_in_seconds"]["x-extension"].boolean(), true);
  EXPECT_FALSE(network["max_retries"]["x-extension"].exists());
  EXPECT_THAT(network["enforce_http2"]["description"].string_or(""), HasSubstr("Not served yet"));
  const json::Value client = schema_->root()["properties"]["client"]["properties"];
  EXPECT_EQ(client["enforce_governance_header"]["deprecated"].boolean(), true);
  EXPECT_EQ(client["allowed_origins"]["default"].raw(), "[\n            \"*\"\n          ]");
}

TEST(Markdown, HasASectionPerStructAndARowPerSetting) {
  const std::string page = config_reference();
  for (const char* heading : {"## Top level", "## `client.header_filter_config`", "## `server.tls`",
                              "## `providers.<name>.keys[].aliases.<name>`",
                              "## `providers.<name>.custom_provider_config`"}) {
    EXPECT_THAT(page, HasSubstr(std::string("\n") + heading + "\n"));
  }
  EXPECT_THAT(
      page,
      HasSubstr("| `max_retries` | integer | `0` | How often a failed attempt is repeated. 0: "
                "each request is sent once. Between 0 and 100. |\n"));
  EXPECT_THAT(page, HasSubstr("| `value` | secret |  | The credential."));
  EXPECT_THAT(page, HasSubstr("| `retry_backoff_max` | duration (ms) | `\"5s\"` |"));
  EXPECT_THAT(page, HasSubstr("without effect yet: `access_profiles`, `alerting`"));
}

TEST(Dump, ShowsReferencesAndHidesTexts) {
  const ConfigReport report = inspect_text(R"({"providers":{"openai":{
      "keys":[{"name":"a","value":"env.OPENAI_API_KEY"},{"name":"b","value":"hush-hush"},
              {"name":"c","value":{"value":"hush-hush","type":"plain_text"}}],
      "network_config":{"base_url":"https://me:hush-hush@host/v1?key=hush-hush",
                        "extra_headers":{"x-token":"hush-hush"}},
      "proxy_config":{"type":"http","url":"http://me:hush-hush@proxy:1","password":"hush-hush"},
      "prompt_cache":{"ttl":"hush-hush"}}}})");
  ASSERT_TRUE(report.problems.empty()) << render(report.problems);
  const std::string dump = redacted_dump(report.config);
  EXPECT_THAT(dump, Not(HasSubstr(kHush)));
  const auto document = json::Document::parse(dump);
  ASSERT_TRUE(document);
  const json::Value openai = document->root()["providers"]["openai"];
  EXPECT_EQ(openai["keys"].at(0)["value"].string(), "env.OPENAI_API_KEY");
  EXPECT_EQ(openai["keys"].at(1)["value"].string(), "<redacted>");
  EXPECT_EQ(openai["network_config"]["base_url"].string(), "https://host/v1");
  EXPECT_EQ(openai["network_config"]["extra_headers"]["x-token"].string(), "<redacted>");
  EXPECT_EQ(openai["proxy_config"]["url"].string(), "http://proxy:1");
}

TEST(Dump, LoadsAgainToTheSame) {
  const auto text = config::read_config_file("examples/full.json");
  ASSERT_TRUE(text);
  const ConfigReport first = inspect_text(*text);
  std::string dumped = redacted_dump(first.config);
  // What stands for a secret is not one.
  for (auto at = dumped.find(config::kRedacted); at != std::string::npos;
       at = dumped.find(config::kRedacted, at)) {
    dumped.replace(at, config::kRedacted.size(), "secret-" + std::to_string(at));
  }
  const ConfigReport second = inspect_text(dumped);
  EXPECT_TRUE(second.problems.empty()) << render(second.problems);
  EXPECT_EQ(redacted_dump(second.config), redacted_dump(first.config));
}

}  // namespace
}  // namespace bifrost::app
