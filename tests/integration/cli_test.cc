// The command line and the configuration's way in: files, environment, and what is refused.
#include "json/document.h"
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <csignal>
#include <ostream>
#include <sstream>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Outcome {
  int code = -1;
  std::string output;
};

// Runs the binary to its end; ${dir}/config.json has the configuration.
Outcome run(std::vector<std::string> arguments, std::string config = "{}",
            std::map<std::string, std::string> environment = {}) {
  GatewayProcess process({.config = std::move(config),
                          .environment = std::move(environment),
                          .arguments = std::move(arguments),
                          .usual_arguments = {}});
  const int code = process.wait_for_exit().value_or(-1);
  static_cast<void>(process.wait_for_log("\x01 never said"));  // until the output has ended
  return {code, process.log()};
}

Outcome validate(std::string config, std::map<std::string, std::string> environment = {}) {
  return run({"validate", "--config", "${dir}/config.json"}, std::move(config),
             std::move(environment));
}

// ---------------------------------------------------------------------------------------------
// Commands

TEST(CliTest, TellsItsVersion) {
  for (const std::string argument : {"version", "--version", "-version"}) {
    const Outcome result = run({argument});
    EXPECT_EQ(result.code, 0);
    EXPECT_THAT(result.output, StartsWith("bifrost "));
  }
}

TEST(CliTest, Helps) {
  for (const std::string argument : {"--help", "-h", "-help"}) {
    const Outcome result = run({argument});
    EXPECT_EQ(result.code, 0) << argument;
    for (const std::string_view command : {"serve", "validate", "schema", "ledger", "config", "db",
                                           "explain", "health", "version"}) {
      EXPECT_THAT(result.output, HasSubstr(command));
    }
  }
  EXPECT_THAT(run({"serve", "--help"}).output, HasSubstr("--port"));
}

TEST(CliTest, PrintsItsSchemas) {
  for (const std::string what : {"config", "openapi"}) {
    const Outcome result = run({"schema", what});
    EXPECT_EQ(result.code, 0);
    EXPECT_TRUE(json::Document::parse(result.output).has_value()) << what;
  }
  for (const std::string what :
       {"config-docs", "routes", "metrics", "errors", "providers", "cli"}) {
    EXPECT_THAT(run({"schema", what}).output, StartsWith("# ")) << what;
  }
  EXPECT_EQ(run({"schema", "nonsense"}).code, 2);
}

TEST(CliTest, RefusesWhatItDoesNotKnow) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"sreve"},
                                             {"--prot", "1"},
                                             {"serve", "--port", "x"},
                                             {"serve", "--port", "70000"},
                                             {"serve", "--log-level", "loud"},
                                             {"serve", "extra"}}) {
    const Outcome result = run(arguments);
    EXPECT_EQ(result.code, 2) << arguments.front();
    EXPECT_FALSE(result.output.empty());
  }
}

TEST(CliTest, SaysWhichCommandsThereAre) {
  const Outcome unknown = run({"frobnicate"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.output, HasSubstr("there is no command \"frobnicate\""));
  EXPECT_THAT(unknown.output,
              HasSubstr("serve, validate, schema, ledger, config, db, explain, health, version"));
  EXPECT_THAT(run({"serv"}).output, HasSubstr("did you mean \"serve\"?"));
  const Outcome schema = run({"schema"});
  EXPECT_EQ(schema.code, 2);
  EXPECT_THAT(schema.output, HasSubstr("bifrost schema openapi"));
  EXPECT_THAT(schema.output, HasSubstr("OpenAPI document"));
}

TEST(CliTest, TellsItsOwnNameOnce) {
  EXPECT_THAT(run({"schema", "cli"}).output, Not(HasSubstr("bifrost bifrost")));
  for (const std::string command :
       {"serve", "validate", "schema", "ledger", "config", "db", "health", "version"}) {
    const Outcome help = run({command, "--help"});
    EXPECT_EQ(help.code, 0) << command;
    EXPECT_THAT(help.output, HasSubstr("Usage: bifrost " + command));
  }
}

// ---------------------------------------------------------------------------------------------
// bifrost health

std::string local_url(std::uint16_t port) { return fmt::format("http://127.0.0.1:{}", port); }

TEST(HealthCommandTest, TellsAGatewayThatIsWellFromOneThatIsNot) {
  GatewayProcess gateway(
      {.config = R"({"providers": {"demo": {}}, "server": {"drain_delay_in_seconds": 3600}})"});
  ASSERT_TRUE(gateway.wait_for_log("listening"));
  const std::string url = local_url(gateway.port());
  const Outcome well = run({"health", "--url", url});
  EXPECT_EQ(well.code, 0);
  EXPECT_EQ(well.output, url + "/health: ok\n");
  const Outcome by_options =
      run({"health", "--host", "0.0.0.0"}, "{}", {{"APP_PORT", std::to_string(gateway.port())}});
  EXPECT_EQ(by_options.code, 0) << by_options.output;
  gateway.send_signal(SIGTERM);
  ASSERT_TRUE(gateway.wait_for_log("going down"));
  const Outcome going = run({"health", "--url", url});
  EXPECT_EQ(going.code, 1);
  EXPECT_EQ(going.output, url + "/health: 127.0.0.1 answered 503, not 200\n");
  EXPECT_EQ(run({"health", "--live", "--url", url}).code, 0) << "it is alive until it ends";
  gateway.send_signal(SIGTERM);
  EXPECT_EQ(gateway.wait_for_exit(), 0);
  EXPECT_EQ(run({"health", "--url", url}).code, 1);
}

TEST(HealthCommandTest, GoesByNoProxy) {
  GatewayProcess gateway({.config = R"({"providers": {"demo": {}}})"});
  ASSERT_TRUE(gateway.wait_for_log("listening"));
  const Outcome asked =
      run({"health", "--url", local_url(gateway.port())}, "{}",
          {{"HTTP_PROXY", "http://127.0.0.1:1"}, {"http_proxy", "http://127.0.0.1:1"}});
  EXPECT_EQ(asked.code, 0) << asked.output;
}

TEST(HealthCommandTest, RefusesWhatItCannotAsk) {
  EXPECT_EQ(run({"health", "--timeout", "soon"}).code, 2);
  EXPECT_EQ(run({"health", "--nonsense"}).code, 2);
}

TEST(StartTest, SaysThatAConfigurationTurnsTheDemoOff) {
  const std::string kProvider = R"({"providers": {"ollama": {}}})";
  GatewayProcess gateway({.config = kProvider});
  EXPECT_TRUE(gateway.wait_for_log("the built-in demo is off"));
  GatewayProcess with_demo({.config = R"({"providers": {"demo": {}}})"});
  EXPECT_TRUE(with_demo.wait_for_log("listening"));
  EXPECT_THAT(with_demo.log(), Not(HasSubstr("the built-in demo is off")));
}

TEST(CliTest, SaysWhyItCannotListen) {
  const Outcome result =
      run({"serve", "--app-dir", "${dir}", "--host", "not an address", "--port", "0"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.output, HasSubstr("not an address"));
}

TEST(CliTest, SaysThatItsPortIsTaken) {
  GatewayProcess first({});
  ASSERT_TRUE(first.wait_until_listening());
  const Outcome second = run({"serve", "--app-dir", "${dir}", "--host", "127.0.0.1", "--port",
                              std::to_string(first.port())});
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.output, HasSubstr("cannot listen on 127.0.0.1"));
}

// ---------------------------------------------------------------------------------------------
// Ways to start

struct Start {
  std::string name;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment = {};
};

void PrintTo(const Start& value, std::ostream* out) { *out << value.name; }

class StartTest : public testing::TestWithParam<Start> {};

INSTANTIATE_TEST_SUITE_P(
    Ways, StartTest,
    testing::Values(
        Start{"WithoutCommand", {"--app-dir", "${dir}", "--host", "127.0.0.1", "--port", "0"}},
        Start{"SingleDashes",
              {"-app-dir", "${dir}", "-host", "127.0.0.1", "-port", "0", "-log-level", "debug",
               "-log-style", "pretty"}},
        Start{"SingleDashesWithEquals", {"serve", "-app-dir=${dir}", "-host=localhost", "-port=0"}},
        Start{"Environment",
              {},
              {{"APP_DIR", "${dir}"}, {"APP_HOST", "127.0.0.1"}, {"APP_PORT", "0"}}},
        Start{"ArgumentsBeforeEnvironment",
              {"--app-dir", "${dir}", "--port", "0"},
              {{"APP_DIR", "/nowhere"}, {"APP_HOST", "127.0.0.1"}, {"APP_PORT", "1"}}},
        Start{"ConfigFile",
              {"--config", "${dir}/config.json", "--app-dir", "${dir}/data", "--host", "127.0.0.1",
               "--port", "0"}}),
    [](const auto& test) { return test.param.name; });

TEST_P(StartTest, Listens) {
  FakeProvider provider;
  provider.push(unified().reply());
  GatewayProcess gateway({.config = config_text({}),
                          .values = {{"provider_url", provider.url()}},
                          .environment = GetParam().environment,
                          .arguments = GetParam().arguments,
                          .usual_arguments = {}});
  ASSERT_TRUE(gateway.wait_until_listening());
  EXPECT_EQ(Client(gateway.port()).post(unified().path, unified().request).status, 200);
}

TEST(StartTest, LogsLinesOfJsonWhenAsked) {
  GatewayProcess gateway({.config = "{}",
                          .arguments = {"--app-dir", "${dir}", "--port", "0", "--host", "127.0.0.1",
                                        "--log-style", "json"},
                          .usual_arguments = {}});
  ASSERT_TRUE(gateway.wait_for_log("listening"));
  gateway.send_signal(SIGTERM);
  ASSERT_TRUE(gateway.wait_for_log("going down"));
  const std::string log = gateway.log();
  EXPECT_TRUE(json::Document::parse(log.substr(0, log.find('\n'))).has_value()) << log;
}

TEST(StartTest, SaysWhyItDoesNotStartInLinesOfJsonWhenAsked) {
  struct Case {
    std::string config;
    std::string says;
  };
  const std::string nobody =
      R"({"encryption_key": "for-what-nobody-stores", "config_store": {"enabled": true, "type": "postgres", "config": {
      "host": "127.0.0.1", "port": "1", "user": "u", "password": "p", "db_name": "d"}}})";
  for (const Case& each :
       {Case{.config = nobody, .says = "127.0.0.1"},
        Case{.config = R"({"serverr": {}, "providerz": {}})", .says = "serverr"}}) {
    GatewayProcess gateway({.config = each.config,
                            .environment = {{"LOG_STYLE", "json"}},
                            .arguments = {"--config", "${dir}/config.json", "--app-dir", "${dir}",
                                          "--port", "0", "--host", "127.0.0.1"},
                            .usual_arguments = {}});
    EXPECT_EQ(gateway.wait_for_exit(), 1);
    const std::string log = gateway.log();
    EXPECT_THAT(log, HasSubstr(each.says));
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_FALSE(json_text(line, "level").empty()) << line;
      EXPECT_FALSE(json_text(line, "message").empty()) << line;
    }
  }
}

// Without a file, the keys in the environment decide.
TEST(StartTest, NeedsNoConfigurationAtAll) {
  GatewayProcess gateway(
      {.environment = {{"OPENAI_API_KEY", "sk-env"}},
       .arguments = {"--app-dir", "${dir}/none", "--host", "127.0.0.1", "--port", "0"},
       .usual_arguments = {}});
  ASSERT_TRUE(gateway.wait_until_listening());
  EXPECT_TRUE(gateway.wait_for_log("demo/chat"));  // says what to try
  Client client(gateway.port());
  const std::string messages = R"("messages": [{"role": "user", "content": "Hi"}])";
  EXPECT_EQ(
      client.post("/v1/chat/completions", R"({"model": "demo/chat", )" + messages + "}").status,
      200);
  // The other one is there as well, as far as can be said without calling it.
  const Response unknown =
      client.post("/v1/chat/completions", R"({"model": "anthropic/x", )" + messages + "}");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(json_text(unknown.body, "message"), HasSubstr("openai"));
  EXPECT_THAT(gateway.log(), Not(HasSubstr("sk-env")));
}

TEST(StartTest, TakesSecretsFromTheEnvironment) {
  FakeProvider provider;
  provider.push(unified().reply());
  GatewayProcess gateway(
      {.config = R"({"providers": {"openai": {
                     "keys": [{"name": "k", "value": "env.MY_KEY", "models": ["*"]}],
                     "network_config": {"base_url": "env.MY_URL"}}}})",
       .values = {{"provider_url", provider.url()}},
       .environment = {{"MY_KEY", "sk-from-env"}, {"MY_URL", "${provider_url}"}}});
  ASSERT_TRUE(gateway.wait_until_listening());
  EXPECT_EQ(Client(gateway.port()).post(unified().path, unified().request).status, 200);
  EXPECT_EQ(provider.requests()[0].headers.get("authorization"), "Bearer sk-from-env");
  EXPECT_THAT(gateway.log(), Not(HasSubstr("sk-from-env")));
}

// ---------------------------------------------------------------------------------------------
// Configurations

constexpr std::string_view kBad = R"({
  "client": {"max_request_body_size_mb": 0},
  "server": {"read_buffer_size": "big"},
  "nonsense": 1,
  "providers": {
    "openai": {"keys": [{"name": "k", "value": "env.NOT_SET_ANYWHERE", "models": ["*"]}],
               "network_config": {"max_retries": -1, "base_url": "ftp://x"}},
    "openia": {}
  }
})";

void expect_every_problem(const std::string& output) {
  for (const std::string_view part : {"client.max_request_body_size_mb", "server.read_buffer_size",
                                      "nonsense", "max_retries", "base_url", "openia"}) {
    EXPECT_THAT(output, HasSubstr(part));
  }
}

TEST(ConfigTest, EveryProblemIsNamed) {
  const Outcome result = validate(std::string(kBad));
  EXPECT_EQ(result.code, 1);
  expect_every_problem(result.output);
}

TEST(ConfigTest, ABadOneDoesNotStart) {
  GatewayProcess gateway({.config = std::string(kBad)});
  EXPECT_TRUE(gateway.exits_with(1));
  EXPECT_TRUE(gateway.wait_for_log("openia"));
  expect_every_problem(gateway.log());
}

TEST(ConfigTest, AGoodOneIsConfirmed) {
  const Outcome result = validate(
      R"({"providers": {"openai": {"keys": [{"name": "k", "value": "v", "models": ["*"]}]}}})");
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.output, HasSubstr("is valid: 1 provider"));
}

TEST(ConfigTest, AFileThatIsNotThereIsAnError) {
  const Outcome result = run({"validate", "--config", "${dir}/missing.json"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.output, HasSubstr("missing.json"));
  EXPECT_EQ(run({"serve", "--config", "${dir}/missing.json"}).code, 1);
}

TEST(ConfigTest, AFileThatIsNoJsonTellsThePlace) {
  const Outcome result = validate("{\n  \"client\": {\n");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.output, HasSubstr("line "));
}

TEST(ConfigTest, ABadCertificateDoesNotStart) {
  const Outcome result = run({"serve", "--app-dir", "${dir}", "--port", "0", "--host", "127.0.0.1"},
                             R"({"server": {"tls": {"cert_file": "${dir}/config.json",
                                                "key_file": "${dir}/config.json"}}})");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.output, HasSubstr("config.json"));
}

}  // namespace
}  // namespace bifrost::test
