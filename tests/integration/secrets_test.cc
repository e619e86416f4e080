// Credentials go to the provider that they are for, and nowhere else.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <csignal>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SecretsTest : public GatewayTest {
 protected:
  void start_verbose() {
    start({.providers = {{.keys = {"topsecret"},
                          .network = R"("extra_headers": {"x-extra": "also-topsecret"},
                                        "max_retries": 1, "retry_backoff_initial": 100)"}},
           .client = R"("dump_errors_in_console_logs": true, "allow_direct_keys": true)"});
  }
};

TEST_F(SecretsTest, AreNotInLogsErrorsOrMetrics) {
  start_verbose();
  const std::string echo = openai_error("Incorrect key sk-topsecret or header also-topsecret");
  std::vector<Script> failures = {Script::json(401, echo),
                                  Script::json(400, echo),
                                  Script::json(200, echo),
                                  Script::json(200, "<html>"),
                                  Script::nothing(Ending::kReset),
                                  Script::nothing(Ending::kReset),
                                  unified().stream({.cut_after_events = 2})};
  for (const Script& script : failures) provider.push(script);
  for (int i = 0; i < 5; ++i) {
    const Response reply = ask();
    EXPECT_GE(reply.status, 400);
    for (const http::Header header : reply.headers) {
      // The key's name may be told, its value may not.
      EXPECT_THAT(header.value, Not(HasSubstr("sk-topsecret")));
    }
    EXPECT_THAT(reply.body, Not(HasSubstr("topsecret")));
  }
  EXPECT_THAT(ask_stream().body, Not(HasSubstr("sk-topsecret")));
  EXPECT_EQ(provider.requests()[0].headers.get("authorization"), "Bearer sk-topsecret");

  gateway->write_config("{");  // a reload that fails, too
  gateway->send_signal(SIGHUP);
  EXPECT_TRUE(gateway->wait_for_log("reload refused"));
  for (const std::string& text : {gateway->log(), connect().get("/metrics").body}) {
    EXPECT_THAT(text, Not(HasSubstr("sk-topsecret")));
    EXPECT_THAT(text, Not(HasSubstr("also-topsecret")));
  }
}

// The beginning has been passed on, and then comes an error that repeats what the provider was
// sent.
TEST_F(SecretsTest, AreNotInAnErrorInTheMiddleOfAStream) {
  ConfigText config{.providers = {}, .client = R"("dump_errors_in_console_logs": true)"};
  for (const WireSample& sample : all_samples()) {
    config.providers.push_back({.name = sample.provider, .keys = {"topsecret"}});
  }
  start(config);
  const std::string error =
      R"({"type":"error","error":{"type":"server_error","message":"bad key sk-topsecret"}})";
  const std::vector<std::string> ends = {
      sse_event(error, "error"),
      "data: " + error,                            // as the stream breaks off
      error + "\n\n",                              // no event
      sse_event("bad key sk-topsecret", "error"),  // no JSON
      "data: {\"error\": \"bad key sk-topsecret",  // as the stream breaks off in it
  };
  for (const WireSample& sample : all_samples()) {
    const std::string request = fmt::format(
        R"({{"model":"{}/m","stream":true,"messages":[{{"role":"user","content":"Hi"}}]}})",
        sample.provider);
    for (const std::string& end : ends) {
      std::vector<std::string> events = sample.events;
      events.resize(sample.first_content_at + 1);
      events.push_back(end);
      provider.push(Script::events(events));
      provider.push(Script::events(events));
      for (const std::string& body :
           {ask_stream(sample).body, post(unified().stream_path, request).body}) {
        EXPECT_THAT(body, HasSubstr("Hel")) << sample.name;
        EXPECT_THAT(body, Not(HasSubstr("topsecret"))) << sample.name << ": " << end;
      }
    }
  }
  EXPECT_EQ(provider.requests()[0].headers.get("authorization"), "Bearer sk-topsecret");
  EXPECT_THAT(gateway->log(), Not(HasSubstr("topsecret")));
}

TEST_F(SecretsTest, OfTheCallerStayWithTheGateway) {
  start_verbose();
  provider.push(unified().reply());
  Client client = connect();
  const Response reply = client.request("POST", unified().path,
                                        {{"authorization", "Bearer callers-own"},
                                         {"x-api-key", "callers-own"},
                                         {"cookie", "callers-own"}},
                                        unified().request);
  EXPECT_EQ(reply.status, 200);
  const ReceivedRequest seen = provider.requests()[0];
  for (const http::Header header : seen.headers) {
    EXPECT_THAT(header.value, Not(HasSubstr("callers-own"))) << header.name;
  }
  EXPECT_THAT(gateway->log(), Not(HasSubstr("callers-own")));
}

TEST_F(SecretsTest, ADirectKeyGoesToTheProviderAndIsNotTold) {
  start_verbose();
  provider.push(Script::json(401, openai_error("no")));
  Client client = connect();
  const Response reply =
      client.request("POST", unified().path,
                     {{"authorization", "Bearer direct-topsecret"}, {"x-bf-direct-key", "true"}},
                     unified().request);
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(provider.requests()[0].headers.get("authorization"), "Bearer direct-topsecret");
  EXPECT_THAT(gateway->log() + connect().get("/metrics").body + reply.body,
              Not(HasSubstr("direct-topsecret")));
}

TEST_F(SecretsTest, DoNotFollowARedirect) {
  start();
  provider.push(Script::reply(307, {{"location", second.url()}}, ""));
  EXPECT_GE(ask().status, 300);
  EXPECT_EQ(second.connection_count(), 0U);
}

}  // namespace
}  // namespace bifrost::test
