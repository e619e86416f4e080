// A provider that stops: each phase of a call has its own limit and its own error, and leaves
// nothing behind.
#include "tests/integration/gateway_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

// Stands before the step of a script that never comes.
Script silence() { return Script().wait(Gate()); }

class StalledProviderTest : public GatewayTest {
 protected:
  void expect_timeout(const Response& reply, std::string_view type) {
    EXPECT_EQ(reply.status, 504);
    EXPECT_EQ(json_text(reply.body, "type"), type);
    EXPECT_EQ(json_text(reply.body, "error_type"), "provider_timeout");
    EXPECT_TRUE(metric_reaches("bifrost_timeouts_total", 1, {{"provider", "openai"}}));
    EXPECT_TRUE(metric_reaches("bifrost_in_flight", 0));
  }
};

TEST_F(StalledProviderTest, EndsAConnectionThatIsNotMade) {
  const UnreachablePort unreachable;
  start({.providers = {{.url = "http://127.0.0.1:" + std::to_string(unreachable.port()),
                        .network = R"("connect_timeout_in_seconds": "200ms")"}}});
  expect_timeout(ask(), "upstream_connect_timeout");
}

TEST_F(StalledProviderTest, EndsATlsHandshakeThatDoesNotMove) {
  FakeProvider tls_provider({.tls = true});
  tls_provider.hold_accepts(Gate());
  values["tls_url"] = tls_provider.url();
  start({.providers = {{.url = "${tls_url}", .network = R"("connect_timeout_in_seconds": "200ms",
                                      "insecure_skip_verify": true)"}}});
  expect_timeout(ask(), "upstream_connect_timeout");
}

TEST_F(StalledProviderTest, EndsAWaitForTheHead) {
  start_with_network(R"("default_request_timeout_in_seconds": "200ms")");
  provider.push(silence());
  expect_timeout(ask(), "upstream_header_timeout");
  EXPECT_TRUE(provider.wait_for_abort());
}

TEST_F(StalledProviderTest, EndsAProviderThatDoesNotRead) {
  start_with_network(R"("default_request_timeout_in_seconds": "200ms")");
  provider.hold_bodies(Gate());
  const std::string large(8 * 1024 * 1024, 'x');
  expect_timeout(post("/v1/chat/completions", unified_request(R"("x_pad": ")" + large + R"(")")),
                 "upstream_header_timeout");
}

TEST_F(StalledProviderTest, EndsAWaitForTheFirstEvent) {
  start_with_network(R"("first_token_timeout_in_seconds": "200ms")");
  provider.push(unified().stream({.before_first = Gate()}));
  expect_timeout(ask_stream(), "upstream_first_token_timeout");
  EXPECT_TRUE(provider.wait_for_abort());
}

TEST_F(StalledProviderTest, DoesNotTakeAnEmptyFirstChunkForAToken) {
  start_with_network(R"("first_token_timeout_in_seconds": "200ms")");
  provider.push(unified().stream({.between = Gate()}));  // the role has come, nothing said
  expect_timeout(ask_stream(), "upstream_first_token_timeout");
}

TEST_F(StalledProviderTest, EndsAWholeCallThatTakesTooLong) {
  start_with_network(R"("total_timeout_in_seconds": "300ms")");
  provider.push(silence());
  expect_timeout(ask(), "upstream_total_timeout");
}

TEST_F(StalledProviderTest, EndsAStreamThatTakesTooLongInsideTheStream) {
  start_with_network(R"("total_timeout_in_seconds": 2)");
  Gate between;
  between.open(1);  // the role and the first content
  provider.push(unified().stream({.between = between}));
  const Response reply = ask_stream();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.end, End::kComplete);
  EXPECT_THAT(reply.body, HasSubstr("upstream_total_timeout"));
  EXPECT_THAT(reply.body, Not(HasSubstr("[DONE]")));
  EXPECT_TRUE(provider.wait_for_abort());
}

// The limit of silence has a least value of five seconds, so both are waited for at once.
TEST_F(StalledProviderTest, EndsSilenceInsideAnAnswer) {
  start_with_network(R"("stream_idle_timeout_in_seconds": 5)");
  Gate between;
  between.open(1);
  provider.push(unified().stream({.between = between}));
  Client streaming = connect();
  streaming.send_request("POST", unified().stream_path, {}, unified().stream_request);
  EXPECT_EQ(streaming.read_head().status, 200);

  const std::string& body = unified().answer;
  Script half;
  half.head(200, {{"content-length", std::to_string(body.size())}}).raw(body.substr(0, 20));
  provider.push(half.wait(Gate()));
  const Response whole = ask();
  EXPECT_EQ(whole.status, 504);
  EXPECT_EQ(json_text(whole.body, "type"), "upstream_idle_timeout");

  std::string last;
  while (const auto event = streaming.next_event()) last = event->data;
  EXPECT_THAT(last, HasSubstr("upstream_idle_timeout"));
  EXPECT_EQ(streaming.end(), End::kComplete);
  EXPECT_TRUE(provider.wait_for_aborts(2));
}

TEST_F(StalledProviderTest, SaysThatNobodyListens) {
  start({.providers = {{.url = "http://127.0.0.1:" + std::to_string(refusing_port())}}});
  const Response reply = ask();
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(json_text(reply.body, "type"), "upstream_connect");
}

TEST_F(StalledProviderTest, IsAskedAgainAfterATimeout) {
  start_with_network(R"("default_request_timeout_in_seconds": 2, "max_retries": 1,
                        "retry_backoff_initial": 100)");
  provider.push(silence());
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(provider.request_count(), 2U);
}

TEST_F(StalledProviderTest, IsLeftForAFallback) {
  start_with_fallback(R"("first_token_timeout_in_seconds": "200ms")");
  provider.push(unified().stream({.before_first = Gate()}));
  second.push(anthropic().stream());
  const Response reply = post("/v1/chat/completions", unified_stream_request(kFallback));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "anthropic");
  EXPECT_THAT(reply.body, HasSubstr("Hel"));
}

}  // namespace
}  // namespace bifrost::test
