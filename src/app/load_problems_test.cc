// Every kind of mistake in a file, with the exact words that its author gets to read.
#include "app/load_config_fixture.h"
#include "base/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace bifrost::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct BadFile {
  std::string text;
  std::string problem;

  friend void PrintTo(const BadFile& file, std::ostream* out) { *out << file.text; }
};

std::string network(std::string_view members) {
  return openai_with(R"("network_config":{)" + std::string(members) + "}");
}

std::string key(std::string_view members) {
  return key_with(R"("name":"a","models":["*"],)" + std::string(members));
}

std::string custom(std::string_view members) {
  return R"({"providers":{"mine":{"custom_provider_config":{)" + std::string(members) + "}}}}";
}

class OneProblem : public testing::TestWithParam<BadFile> {};

TEST_P(OneProblem, IsNamedExactly) {
  EXPECT_THAT(problems_of(GetParam().text), ElementsAre(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    PerAddress, OneProblem,
    testing::Values(
        BadFile{R"({"server":{"per_address":{"requests_per_second":0.0001}}})",
                "server.per_address.requests_per_second: must be 0 for no limit, or at least "
                "0.001"},
        BadFile{R"({"server":{"per_address":{"burst":5}}})",
                "server.per_address.burst: means nothing without requests_per_second: set that "
                "too"},
        BadFile{R"({"server":{"per_address":{"exempt":["10.0.0.0/8","10.0.0.0/33"]}}})",
                "server.per_address.exempt: not an IP address or a block of them: 10.0.0.0/33: "
                "write 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32"}));

std::string postgres(std::string_view members) {
  return R"({"config_store":{"type":"postgres","config":{"user":"u","db_name":"d",)" +
         std::string(members) + "}}}";
}

INSTANTIATE_TEST_SUITE_P(
    Stores, OneProblem,
    testing::Values(
        BadFile{postgres(R"("port":"5432")"),
                R"(config_store.config.host: required with type "postgres")"},
        BadFile{postgres(R"("host":"h","port":"x")"),
                "config_store.config.port: must be a number from 1 to 65535, as a text"},
        BadFile{postgres(R"("host":"h","password":"p","password_command":{"command":"c"})"),
                "config_store.config.password_command: there is a password already; give one of "
                "the two"},
        BadFile{postgres(R"("host":"h","password_command":{"command":""})"),
                R"(config_store.config.password_command.command: is ""; give the program that )"
                "prints the password, or leave password_command out"}));

INSTANTIATE_TEST_SUITE_P(
    Operators, OneProblem,
    testing::Values(
        BadFile{R"({"governance":{"api_keys":[{"id":"a","name":"a","value":"bfst-short"}]}})",
                "governance.api_keys[0].value: must begin with \"bfst-\" and have 24 to 512 "
                "characters"},
        BadFile{R"({"governance":{"api_keys":[{"id":"a","name":"a"}]}})",
                "governance.api_keys[0].value: either this or value_hash must be given"},
        BadFile{R"({"governance":{"api_keys":[
                  {"id":"a","name":"a","value":"bfst-0123456789abcdef0123456789"},
                  {"id":"b","name":"b","value":"bfst-0123456789abcdef0123456789"}]}})",
                "governance.api_keys[1].value: another key has the same one"},
        BadFile{
            R"({"governance":{"auth_config":{"admin_password":"$argon2id$v=19$m=9999999,t=3,p=1$c2FsdA$AAAA"}}})",
            "governance.auth_config.admin_password: asks for too much: at most m=131072 (128 "
            "MiB), t=10 and p=8"},
        BadFile{
            R"({"auth_config":{"admin_username":"a"},"governance":{"auth_config":{"admin_username":"b"}}})",
            "auth_config: says something else than governance.auth_config; leave it out"},
        BadFile{R"({"setup_token":"admin"})",
                "setup_token: has 5 characters; give at least 16 of chance, such as what `openssl "
                "rand -hex 16` prints"},
        BadFile{R"({"governance":{"api_keys":[{"id":"a","name":"a\u0007","value_hash":")" +
                    std::string(64, 'a') + R"("}]}})",
                "governance.api_keys[0].name: it may have no control characters"},
        BadFile{R"({"audit_logs":{"hmac_key":"short"}})",
                "audit_logs.hmac_key: must have 32 bytes or more"}));

INSTANTIATE_TEST_SUITE_P(
    Shape, OneProblem,
    testing::Values(
        BadFile{"[]", "expected an object, got an array"},
        BadFile{"3", "expected an object, got a number"},
        BadFile{R"({"client":[]})", "client: expected an object, got an array"},
        BadFile{R"({"providers":{"openai":7}})",
                "providers.openai: expected an object, got a number"},
        BadFile{R"({"governance":[]})", "governance: expected an object, got an array"},
        BadFile{R"({"client":{"enable_logging":"yes"}})",
                "client.enable_logging: expected a boolean, got a string"},
        BadFile{R"({"client":{"log_retention_days":1.5}})",
                "client.log_retention_days: expected a whole number, got a number"},
        BadFile{R"({"client":{"allow_direct_keys":"true"}})",
                "client.allow_direct_keys: expected a boolean, got a string"},
        BadFile{R"({"client":{"prometheus_labels":"team"}})",
                "client.prometheus_labels: expected an array, got a string"},
        BadFile{R"({"client":{"prometheus_labels":["team",null]}})",
                "client.prometheus_labels[1]: expected a string, got null"},
        BadFile{R"({"version":"2"})", "version: expected a whole number, got a string"},
        BadFile{R"({"version":1.5})", "version: expected a whole number, got 1.5"},
        BadFile{key(R"("weight":"1")"),
                "providers.openai.keys[0].weight: expected a number, got a string"},
        BadFile{key(R"("weight":1e999)"),
                "providers.openai.keys[0].weight: the number is too large"},
        BadFile{key(R"("value":5)"),
                "providers.openai.keys[0].value: expected a string, \"env.NAME\" or a secret "
                "object, got a "
                "number"},
        BadFile{key(R"("value":{"vlaue":"x"})"),
                "providers.openai.keys[0].value.vlaue: unknown key; did you mean \"value\"?"},
        BadFile{key(R"("value":{"value":"x","type":"vlt"})"),
                "providers.openai.keys[0].value.type: expected one of \"plain_text\", \"env\", "
                "\"vault\"; got "
                "\"vlt\""},
        BadFile{
            openai_with(R"("proxy_config":{"type":"htp"})"),
            "providers.openai.proxy_config.type: expected one of \"none\", \"http\", \"socks5\", "
            "\"environment\"; got \"htp\""}));

INSTANTIATE_TEST_SUITE_P(
    Names, OneProblem,
    testing::Values(
        BadFile{
            network(R"("base_ulr":"https://a")"),
            "providers.openai.network_config.base_ulr: unknown key; did you mean \"base_url\"?"},
        BadFile{R"({"zzzzzzzzzz":1})", "zzzzzzzzzz: unknown key"},
        BadFile{R"({"client":{"a.b c":1}})", "client[\"a.b c\"]: unknown key"},
        BadFile{R"({"version":2,"version":2})", "version: the key stands twice in this object"},
        BadFile{R"({"mcp":{"a":[{"b":1,"b":2}]}})",
                "mcp.a[0].b: the key stands twice in this object"},
        BadFile{R"({"providers":{"demo":{},"d\u0065mo":{}}})",
                "providers.demo: the key stands twice in this object"},
        BadFile{R"({"providers":{"opnai":{}}})",
                "providers.opnai: unknown provider; did you mean \"openai\"? (a provider of your "
                "own needs "
                "custom_provider_config)"},
        BadFile{R"({"providers":{"OpenAI":{}}})",
                "providers.OpenAI: unknown provider; did you mean \"openai\"? (a provider of your "
                "own needs custom_provider_config)"},
        BadFile{R"({"providers":{"bedrok":{}}})",
                "providers.bedrok: unknown provider; did you mean \"bedrock\"? (a provider of your "
                "own needs custom_provider_config)"},
        BadFile{R"({"providers":{"":{}}})",
                "providers[\"\"]: not a name of a provider: 1 to 128 bytes without \"/\", \"\\\", "
                "\"%\" and spaces, and neither \".\" nor \"..\""},
        BadFile{R"({"providers":{"a/b":{}}})",
                "providers[\"a/b\"]: not a name of a provider: 1 to 128 bytes without \"/\", "
                "\"\\\", \"%\" and spaces, and neither \".\" nor \"..\""},
        BadFile{custom(R"("base_provider_type":"opnai","is_key_less":true)"),
                "providers.mine.custom_provider_config.base_provider_type: unknown provider "
                "\"opnai\"; did "
                "you mean \"openai\"?"},
        BadFile{
            custom(
                R"("base_provider_type":"openai","is_key_less":true,"allowed_requests":{"embeding":true})"),
            "providers.mine.custom_provider_config.allowed_requests.embeding: unknown key; did you "
            "mean "
            "\"embedding\"?"},
        BadFile{openai_with(R"("custom_provider_config":{"base_provider_type":"openai"})"),
                "providers.openai.custom_provider_config: not for a provider that the gateway "
                "knows; choose "
                "another name"},
        BadFile{R"({"providers":{"openai":{"keys":[{"name":"a"},{"name":"b"},{"name":"a"}]}}})",
                "providers.openai.keys[2].name: another key of the provider is called \"a\" too"},
        BadFile{
            R"({"providers":{"openai":{"keys":[{"name":"a","id":"1"},{"name":"b","id":"1"}]}}})",
            "providers.openai.keys[1].id: another key of the provider is called \"1\" too"}));

INSTANTIATE_TEST_SUITE_P(
    Required, OneProblem,
    testing::Values(
        BadFile{R"({"providers":{"openai":{}}})",
                "providers.openai.keys: at least one key is required"},
        BadFile{R"({"providers":{"openai":{"keys":"x"}}})",
                "providers.openai.keys: expected an array, got a string"},
        BadFile{custom(R"("base_provider_type":"openai")"),
                "providers.mine.keys: at least one key is required, unless is_key_less is set"},
        BadFile{
            custom(R"("is_key_less":true)"),
            "providers.mine.custom_provider_config.base_provider_type: required, but not given"},
        BadFile{key(R"("aliases":{"x":{"model_name":"y"}})"),
                "providers.openai.keys[0].aliases.x.model_id: required, but not given"},
        BadFile{key(R"("aliases":{"x":""})"),
                "providers.openai.keys[0].aliases.x.model_id: must not be empty"},
        BadFile{key(R"("vllm_key_config":{"url":"http://a"})"),
                "providers.openai.keys[0].vllm_key_config.model_name: required, but not given"},
        BadFile{key(R"("ollama_key_config":{"url":""})"),
                "providers.openai.keys[0].ollama_key_config.url: not a URL of the form "
                "http(s)://host[:port][/path]"},
        BadFile{R"({"server":{"tls":{"cert_file":"a.pem"}}})",
                "server.tls.key_file: required, but not given"},
        BadFile{openai_with(R"("proxy_config":{"type":"http"})"),
                "providers.openai.proxy_config.url: required when type is \"http\""}));

INSTANTIATE_TEST_SUITE_P(
    Bounds, OneProblem,
    testing::Values(
        BadFile{R"({"client":{"max_request_body_size_mb":0}})",
                "client.max_request_body_size_mb: 0 is out of bounds: it must be between 1 and "
                "1000000"},
        BadFile{R"({"client":{"initial_pool_size":0}})",
                "client.initial_pool_size: 0 is out of bounds: it must be at least 1"},
        BadFile{key(R"("weight":-0.5)"),
                "providers.openai.keys[0].weight: -0.5 is out of bounds: it must be at least 0"},
        BadFile{network(R"("stream_idle_timeout_in_seconds":4)"),
                "providers.openai.network_config.stream_idle_timeout_in_seconds: 4 is out of "
                "bounds: it must "
                "be between 5s and 1h"},
        BadFile{network(R"("default_request_timeout_in_seconds":0)"),
                "providers.openai.network_config.default_request_timeout_in_seconds: 0 is out of "
                "bounds: it "
                "must be at least 1ms"},
        BadFile{network(R"("retry_backoff_initial":"50ms")"),
                "providers.openai.network_config.retry_backoff_initial: \"50ms\" is out of bounds: "
                "it must be "
                "at least 100ms"},
        BadFile{network(R"("total_timeout_in_seconds":9223372036854775807)"),
                "providers.openai.network_config.total_timeout_in_seconds: 9223372036854775807 is "
                "out of "
                "bounds: it must be at most 87600h"},
        BadFile{network(R"("max_retries":99999999999999999999)"),
                "providers.openai.network_config.max_retries: 99999999999999999999 is out of "
                "bounds: too large for any setting"},
        BadFile{network(R"("total_timeout_in_seconds":1.5)"),
                "providers.openai.network_config.total_timeout_in_seconds: expected a duration "
                "such as \"30s\" or \"1h30m\", or a whole number of seconds, got 1.5"},
        BadFile{network(R"("total_timeout_in_seconds":-1)"),
                "providers.openai.network_config.total_timeout_in_seconds: -1 is out of bounds: it "
                "must be at "
                "least 0s"},
        BadFile{
            network(R"("total_timeout_in_seconds":"30")"),
            "providers.openai.network_config.total_timeout_in_seconds: expected a duration such as "
            "\"30s\" or \"1h30m\", or a whole number of seconds, got \"30\""},
        BadFile{network(R"("retry_backoff_max":true)"),
                "providers.openai.network_config.retry_backoff_max: expected a duration such as "
                "\"30s\" or "
                "\"1h30m\", or a whole number of milliseconds, got a boolean"},
        BadFile{network(R"("max_retries":101)"),
                "providers.openai.network_config.max_retries: 101 is out of bounds: it must be "
                "between 0 and "
                "100"},
        BadFile{openai_with(R"("concurrency_and_buffer_size":{"concurrency":20,"buffer_size":10})"),
                "providers.openai.concurrency_and_buffer_size.concurrency: 20 is more than the "
                "buffer_size of "
                "10"}));

INSTANTIATE_TEST_SUITE_P(
    Texts, OneProblem,
    testing::Values(
        BadFile{network(R"("base_url":"api.example.com")"),
                "providers.openai.network_config.base_url: not a URL of the form "
                "http(s)://host[:port][/path]"},
        BadFile{network(R"("ca_cert_pem":"/etc/ca.pem")"),
                "providers.openai.network_config.ca_cert_pem: not PEM: expected -----BEGIN "
                "...-----, base64 "
                "lines, -----END ...-----"},
        BadFile{network(R"("insecure_skip_verify":true,"ca_cert_pem":"env.PROVIDER_CA_PEM")"),
                "providers.openai.network_config.ca_cert_pem: cannot go together with "
                "insecure_skip_verify"},
        BadFile{network(R"("extra_headers":{"x y":"1"})"),
                "providers.openai.network_config.extra_headers[\"x y\"]: not a header name"},
        BadFile{
            network(R"("extra_headers":{"x":"a\r\nb: c"})"),
            "providers.openai.network_config.extra_headers.x: has a line break or another control "
            "character, which no header may have"},
        BadFile{R"({"client":{"required_headers":[""]}})",
                "client.required_headers[0]: not a header name"},
        BadFile{R"({"client":{"whitelisted_routes":["health"]}})",
                "client.whitelisted_routes[0]: not a path: it must begin with \"/\""},
        BadFile{R"({"client":{"allowed_origins":["app.example.com"]}})",
                "client.allowed_origins[0]: neither \"*\" nor an origin such as "
                "https://app.example.com"},
        BadFile{openai_with(R"("proxy_config":{"type":"socks5","url":"http://a:1080"})"),
                "providers.openai.proxy_config.type: socks5 proxies are not served yet"},
        BadFile{custom(R"("base_provider_type":"openai","is_key_less":true,
                          "request_path_overrides":{"embedding":"v2/embed"})"),
                "providers.mine.custom_provider_config.request_path_overrides.embedding: neither a "
                "path that "
                "begins with \"/\" nor a URL"}));

INSTANTIATE_TEST_SUITE_P(
    References, OneProblem,
    testing::Values(
        BadFile{key(R"("value":"env.NOT_SET")"),
                "providers.openai.keys[0].value: environment variable NOT_SET is not set"},
        BadFile{key(R"("value":"env.EMPTY")"),
                "providers.openai.keys[0].value: environment variable EMPTY is empty"},
        BadFile{key(R"("value":"env.NO-NAME")"),
                "providers.openai.keys[0].value: not a name of an environment variable behind "
                "\"env.\""},
        BadFile{key(R"("value":{"type":"env"})"),
                "providers.openai.keys[0].value: not a name of an environment variable behind "
                "\"env.\""},
        BadFile{key(R"("value":"vault.team/openai#key")"),
                "providers.openai.keys[0].value: vaults are not served yet; use \"env.NAME\" or "
                "the text "
                "itself"},
        BadFile{key(R"("value":{"ref":"team/openai","type":"vault"})"),
                "providers.openai.keys[0].value: vaults are not served yet; use \"env.NAME\" or "
                "the text "
                "itself"},
        BadFile{key(R"("value":"env.TWO_LINES")"),
                "providers.openai.keys[0].value: has a line break or another control character, "
                "which no "
                "header may have"},
        BadFile{
            network(R"("base_url":"env.NOT_SET")"),
            "providers.openai.network_config.base_url: environment variable NOT_SET is not set"}));

TEST(Problems, SyntaxErrorNamesLineAndColumn) {
  EXPECT_THAT(problems_of("{\n  \"client\": }\n"),
              ElementsAre(HasSubstr("invalid JSON at line 2, column ")));
  EXPECT_THAT(problems_of(" \n"),
              ElementsAre("the file is empty; the smallest configuration is {}"));
}

TEST(Problems, CommentsAreNotAccepted) {
  EXPECT_THAT(problems_of("{\n// why\n\"version\": 2}"),
              ElementsAre(HasSubstr("invalid JSON at line 2, column ")));
}

TEST(Problems, AreAllReportedAtOnce) {
  EXPECT_THAT(
      problems_of(R"({
      "version": 9,
      "client": {"allow_direct_keys": 1, "max_request_body_size_mb": -1},
      "providers": {
        "openai": {"keys": [{"name": "a", "value": "env.NOT_SET"}, {"name": "a", "wieght": 1}]},
        "nobody": {}
      },
      "plugin": []
    })"),
      testing::UnorderedElementsAre(
          "version: 9 is out of bounds: it must be between 1 and 2",
          "client.allow_direct_keys: expected a boolean, got a number",
          "client.max_request_body_size_mb: -1 is out of bounds: it must be between 1 and 1000000",
          "providers.openai.keys[0].value: environment variable NOT_SET is not set",
          "providers.openai.keys[1].wieght: unknown key; did you mean \"weight\"?",
          "providers.openai.keys[1].name: another key of the provider is called \"a\" too",
          HasSubstr("providers.nobody: unknown provider"),
          "plugin: unknown key; did you mean \"plugins\"?"));
}

TEST(Problems, AreCountedBeyondTheBound) {
  std::string text = "{";
  for (std::size_t i = 0; i < limits::kConfigProblemsMax + 7; ++i) {
    text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
  }
  const auto problems = problems_of(text + "}");
  ASSERT_EQ(problems.size(), limits::kConfigProblemsMax + 1);
  EXPECT_EQ(problems.back(), "... and 7 more");
}

TEST(Problems, HugeFileIsRefused) {
  std::string text(limits::kConfigBytesMax + 1, ' ');
  text.replace(0, 2, "{}");
  EXPECT_THAT(problems_of(text), ElementsAre("larger than 16777216 bytes"));
  text.pop_back();
  EXPECT_TRUE(problems_of(text).empty());
}

TEST(Problems, DeepFileIsRefused) {
  const std::string deep = "{\"governance\":" + std::string(600, '[') + std::string(600, ']') + "}";
  EXPECT_THAT(problems_of(deep), ElementsAre(HasSubstr("512")));
}

std::string governance(std::string_view members) {
  return R"({"governance":{)" + std::string(members) + "}}";
}

std::string virtual_key(std::string_view members) {
  return governance(R"("virtual_keys":[{"id":"k","name":"k","value":"sk-bf-k",)" +
                    std::string(members) + "}]");
}

INSTANTIATE_TEST_SUITE_P(
    Governance, OneProblem,
    testing::Values(
        BadFile{governance(R"("virtual_keys":[{"id":"k","name":"k"}])"),
                "governance.virtual_keys[0].value: required: what callers show, \"sk-bf-\" and a "
                "random rest, or env.NAME"},
        BadFile{virtual_key(R"("team_id":"t")"),
                "governance.virtual_keys[0].team_id: there is no \"t\" in governance.teams"},
        BadFile{virtual_key(R"("rate_limit_id":"r")"),
                "governance.virtual_keys[0].rate_limit_id: there is no \"r\" in "
                "governance.rate_limits"},
        BadFile{virtual_key(R"("expires_at":"tomorrow")"),
                "governance.virtual_keys[0].expires_at: not a point in time of RFC 3339, such as "
                "2026-01-31T12:00:00Z"},
        BadFile{virtual_key(R"("budgets":[{"max_limit":-1,"reset_duration":"1d"}])"),
                "governance.virtual_keys[0].budgets[0].max_limit: -1 is out of bounds: it must be "
                "between 0 "
                "and 9000000"},
        BadFile{virtual_key(R"("budgets":[{"max_limit":1e7,"reset_duration":"1d"}])"),
                "governance.virtual_keys[0].budgets[0].max_limit: 10000000 is out of bounds: it "
                "must be "
                "between 0 and 9000000"},
        BadFile{
            virtual_key(R"("budgets":[{"max_limit":1,"reset_duration":"1x"}])"),
            "governance.virtual_keys[0].budgets[0].reset_duration: not a period: a whole number "
            "and one of s, m, h, d, w, M, Q, Y, such as 1h or 1M"},
        BadFile{virtual_key(R"("budgets":[{"max_limit":1,"reset_duration":"11Y"}])"),
                "governance.virtual_keys[0].budgets[0].reset_duration: \"11Y\" is longer than ten "
                "years"},
        BadFile{
            virtual_key(R"("budgets":[{"max_limit":1,"reset_duration":"1d","reset_config":{}}])"),
            "governance.virtual_keys[0].budgets[0].reset_config: only for windows of quarters "
            "(\"1Q\"), and reset_duration is \"1d\""},
        BadFile{virtual_key(R"("budgets":[{"max_limit":1,"reset_duration":"1d"},
                                          {"max_limit":2,"reset_duration":"1d"}])"),
                "governance.virtual_keys[0].budgets: two of them have the window \"1d\""},
        BadFile{virtual_key(R"("provider_configs":[{"provider":"openai"},{"provider":"openai"}])"),
                "governance.virtual_keys[0].provider_configs[1].provider: another entry of the key "
                "is for \"openai\" too"},
        BadFile{governance(R"("budgets":[{"max_limit":1,"reset_duration":"1d"}])"),
                "governance.budgets[0].id: required: a name for this budget"},
        BadFile{governance(R"("budgets":[{"id":"b","max_limit":1,"reset_duration":"1d",
                                          "team_id":"t"}])"),
                "governance.budgets[0].team_id: there is no \"t\" in governance.teams"},
        BadFile{governance(R"("budgets":[{"id":"b","max_limit":1,"reset_duration":"1d",
                                          "override_amount":5}])"),
                "governance.budgets[0].override_mode: required with override_amount: \"cycles\" or "
                "\"forever\""},
        BadFile{governance(R"("budgets":[{"id":"b","max_limit":1,"reset_duration":"1d",
                                          "override_amount":5,"override_mode":"cycles",
                                          "override_cycles_total":2,
                                          "override_cycles_remaining":1}])"),
                "governance.budgets[0].override_anchor_reset: required with override_mode "
                "\"cycles\": without it each start gives them anew"},
        BadFile{virtual_key(R"("provider_configs":[{"id":7,"provider":"openai"},
                                                   {"id":7,"provider":"anthropic"}])"),
                "governance.virtual_keys[0].provider_configs: another provider config has the id 7 "
                "too, and budgets could not tell them apart"},
        BadFile{
            governance(R"("rate_limits":[{"id":"r","token_max_limit":5}])"),
            "governance.rate_limits[0].token_reset_duration: required with token_max_limit, such "
            "as \"1h\""},
        BadFile{governance(R"("rate_limits":[{"id":"r","metric":"tokens","reset_duration":"1h"}])"),
                "governance.rate_limits[0].max_limit: required with metric"},
        BadFile{governance(R"("rate_limits":[{"id":"r","metric":"tokens","max_limit":5}])"),
                "governance.rate_limits[0].reset_duration: required with metric, such as \"1h\""},
        BadFile{governance(R"("rate_limits":[{"id":"r","max_limit":5,"reset_duration":"1h"}])"),
                "governance.rate_limits[0].metric: required with max_limit and reset_duration: "
                "\"requests\" or \"tokens\""},
        BadFile{governance(R"("rate_limits":[{"id":"r","metric":"tokens","max_limit":5,)"
                           R"("reset_duration":"1h","token_max_limit":5,)"
                           R"("token_reset_duration":"1h"}])"),
                "governance.rate_limits[0].metric: cannot go together with limits by their own "
                "names"},
        BadFile{governance(R"("rate_limits":[{"id":"r"},{"id":"r"}])"),
                "governance.rate_limits[1].id: another entry has \"r\" too"},
        BadFile{governance(R"("virtual_keys":[{"id":"a","name":"a","value":"sk-bf-1"},
                                              {"id":"b","name":"b","value":"sk-bf-1"}])"),
                "governance.virtual_keys[1].value: another virtual key has the same value"}));

std::string rule(std::string_view members) {
  return governance(R"("routing_rules":[{"id":"r","name":"r",)" + std::string(members) + "}]");
}

INSTANTIATE_TEST_SUITE_P(
    RoutingRules, OneProblem,
    testing::Values(
        BadFile{governance(R"("routing_rules":[{"name":"r","targets":[{"weight":1}]}])"),
                "governance.routing_rules[0].id: required, but not given"},
        BadFile{rule(R"("targets":[])"),
                "governance.routing_rules[0].targets: required: at least one, such as "
                "{\"model\": \"...\", \"weight\": 1}"},
        BadFile{rule(R"("targets":[{"weight":0.5},{"weight":0.3}])"),
                "governance.routing_rules[0].targets: the weights add up to 0.8, and not to 1"},
        BadFile{rule(R"("targets":[{"weight":1},{"weight":0}])"),
                "governance.routing_rules[0].targets[1].weight: must be more than 0; leave out "
                "what gets no requests"},
        BadFile{rule(R"("targets":[{"weight":1,"provider_key_name":"k"}])"),
                "governance.routing_rules[0].targets[0].provider: required with a key: the "
                "provider that it belongs to"},
        BadFile{rule(R"("targets":[{"weight":1,"provider":"p","key_id":"k",
                                    "provider_key_name":"k"}])"),
                "governance.routing_rules[0].targets[0].key_id: cannot go together with "
                "provider_key_name: name the key once"},
        BadFile{rule(R"("targets":[{"weight":1}],"fallbacks":[""])"),
                "governance.routing_rules[0].fallbacks[0].provider: required: "
                "\"provider/model\", or \"provider/\" for the same model"},
        BadFile{rule(R"("targets":[{"weight":1}],"scope":"team")"),
                "governance.routing_rules[0].scope_id: required with scope \"team\": the id of "
                "the team"},
        BadFile{rule(R"("targets":[{"weight":1}],"scope_id":"x")"),
                "governance.routing_rules[0].scope_id: only with another scope than \"global\""},
        BadFile{rule(R"("targets":[{"weight":1}],"scope":"virtual_key","scope_id":"x")"),
                "governance.routing_rules[0].scope_id: there is no \"x\" in "
                "governance.virtual_keys"},
        BadFile{rule(R"("targets":[{"weight":1}],"model":"x")"),
                "governance.routing_rules[0].model: unknown key"}));

std::string allowed(std::string_view entry) {
  return virtual_key(R"("provider_configs":[{"provider":"openai","allowed_models":[")" +
                     std::string(entry) + R"("]}])");
}

INSTANTIATE_TEST_SUITE_P(
    ModelPatterns, OneProblem,
    testing::Values(
        BadFile{allowed("regex:*"),
                "governance.virtual_keys[0].provider_configs[0].allowed_models: \"regex:*\" is no "
                "pattern: write \"*\" for all models, or a regular expression such as "
                "\"regex:gpt-4.*\""},
        BadFile{allowed("regex:"),
                "governance.virtual_keys[0].provider_configs[0].allowed_models: \"regex:\" is no "
                "pattern: write \"*\" for all models, or a regular expression such as "
                "\"regex:gpt-4.*\""},
        BadFile{allowed("regex:gpt-(4"),
                "governance.virtual_keys[0].provider_configs[0].allowed_models: the pattern "
                "\"gpt-(4\" is none: missing ): gpt-(4"}));

TEST(Governance, ARequestFallsUnderSoManyLimitsOnly) {
  std::string budgets;
  for (int i = 1; i <= 33; ++i) {
    budgets += (i > 1 ? "," : "") + (R"({"max_limit":1,"reset_duration":")" + std::to_string(i)) +
               R"(d"})";
  }
  EXPECT_THAT(problems_of(virtual_key(R"("budgets":[)" + budgets + "]")),
              ElementsAre("governance.virtual_keys[0].budgets: its requests fall under 33 limits "
                          "with those of its team and customer; at most 32 are possible"));
}

// An override with these members beside those that are always needed.
std::string pricing(std::string_view members) {
  return governance(
      R"("virtual_keys":[{"id":"k","name":"k","value":"sk-bf-k"}],"pricing_overrides":[)"
      R"({"id":"a","name":"a","request_types":["chat_completion"],)" +
      std::string(members) + "}]");
}

INSTANTIATE_TEST_SUITE_P(
    Pricing, OneProblem,
    testing::Values(
        BadFile{
            pricing(
                R"("scope_kind":"user","match_type":"exact","pattern":"m","pricing_patch":"{}")"),
            "governance.pricing_overrides[0].scope_kind: expected one of \"global\", \"provider\", "
            "\"provider_key\", \"virtual_key\", \"virtual_key_provider\", "
            "\"virtual_key_provider_key\"; got \"user\""},
        BadFile{
            pricing(
                R"("scope_kind":"provider","match_type":"exact","pattern":"m","pricing_patch":"{}")"),
            "governance.pricing_overrides[0].provider_id: required with scope_kind \"provider\""},
        BadFile{
            pricing(
                R"("scope_kind":"global","provider_id":"openai","match_type":"exact","pattern":"m","pricing_patch":"{}")"),
            "governance.pricing_overrides[0].provider_id: must not be given with scope_kind "
            "\"global\""},
        BadFile{
            pricing(
                R"("scope_kind":"provider_key","match_type":"exact","pattern":"m","pricing_patch":"{}")"),
            "governance.pricing_overrides[0].provider_key_name: required with scope_kind "
            "\"provider_key\""},
        BadFile{
            pricing(
                R"("scope_kind":"virtual_key","virtual_key_id":"x","match_type":"exact","pattern":"m","pricing_patch":"{}")"),
            "governance.pricing_overrides[0].virtual_key_id: there is no \"x\" in "
            "governance.virtual_keys"},
        BadFile{
            pricing(
                R"("scope_kind":"global","match_type":"exact","pattern":"gpt-4*","pricing_patch":"{}")"),
            "governance.pricing_overrides[0].pattern: has a \"*\", which only match_type "
            "\"wildcard\" knows"},
        BadFile{
            pricing(
                R"("scope_kind":"global","match_type":"wildcard","pattern":"*-4","pricing_patch":"{}")"),
            "governance.pricing_overrides[0].pattern: must end with its only \"*\" with "
            "match_type \"wildcard\""},
        BadFile{
            pricing(R"("scope_kind":"global","match_type":"exact","pattern":"m")"),
            "governance.pricing_overrides[0].pricing_patch: it is no JSON of an object, such as "
            "{\"input_cost_per_token\": 2.5e-06}"},
        BadFile{
            pricing(
                R"("scope_kind":"global","match_type":"exact","pattern":"m","pricing_patch":"{\"input_cost_per_token\":2.5}")"),
            "governance.pricing_overrides[0].pricing_patch: \"input_cost_per_token\" is 2.5; it "
            "must be dollars for one, from 0 to 0.01"},
        BadFile{
            pricing(
                R"("scope_kind":"global","match_type":"exact","pattern":"m","pricing_patch":"{\"input_cost_per_token\":\"1e-6\"}")"),
            "governance.pricing_overrides[0].pricing_patch: \"input_cost_per_token\" is "
            "\"1e-6\"; it must be a number: dollars for one"},
        BadFile{
            pricing(
                R"("scope_kind":"global","match_type":"exact","pattern":"m","pricing_patch":"{}"},{"id":"b","name":"b","scope_kind":"global","match_type":"exact","pattern":"m","pricing_patch":"{}","request_types":["responses","chat_completion"])"),
            "governance.pricing_overrides[1].pattern: another entry has the same scope and "
            "pattern, and a request type of this one"},
        BadFile{
            governance(
                R"("pricing_overrides":[{"id":"a","name":"a","scope_kind":"global","match_type":"exact","pattern":"m","request_types":[],"pricing_patch":"{}"}])"),
            "governance.pricing_overrides[0].request_types: must name at least one, such as "
            "\"chat_completion\""}));

TEST(PricingPatch, NamesEveryFieldThatIsNoPrice) {
  const auto problems = problems_of(pricing(
      R"("scope_kind":"global","match_type":"exact","pattern":"m","pricing_patch":"{\"input_cost_per_token_priority\":1e-06,\"output_cost_per_second\":1}")"));
  EXPECT_THAT(problems,
              ElementsAre(testing::AllOf(HasSubstr("\"input_cost_per_token_priority\" is no price"),
                                         HasSubstr("\"output_cost_per_second\" is no price"),
                                         HasSubstr("cache_read_input_token_cost"))));
}

}  // namespace
}  // namespace bifrost::app
