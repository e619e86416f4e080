// TLS on both sides of the gateway.
#include "tests/support/tls.h"

#include "base/strings.h"
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <csignal>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A certificate as it may stand inside a string of JSON.
std::string json_escaped(std::string_view pem) {
  std::string out;
  for (const char c : pem) out += c == '\n' ? "\\n" : std::string(1, c);
  return out;
}

class TlsTest : public GatewayTest {
 protected:
  // The gateway itself serves HTTPS.
  void start_listener(std::string_view server = "") {
    pem_ = make_certificate();
    files_.write("cert.pem", pem_.certificate);
    files_.write("key.pem", pem_.private_key);
    values["files"] = files_.path();
    start({.server = fmt::format(R"("tls": {{"cert_file": "${{files}}/cert.pem",
                                            "key_file": "${{files}}/key.pem"}}{})",
                                 server)});
  }
  ClientOptions trusting() { return {.tls = true, .trusted_certificate = pem_.certificate}; }

  TemporaryDirectory files_;
  CertificatePem pem_;
};

TEST_F(TlsTest, ServesHttps) {
  start_listener();
  provider.push(openai().reply());
  provider.push(openai().stream());
  Client client = connect(trusting());
  ASSERT_TRUE(client.is_connected());
  EXPECT_EQ(client.post(openai().path, openai().request).body, openai().answer);
  EXPECT_EQ(client.post(openai().path, openai().stream_request).body, openai().stream_text());
}

TEST_F(TlsTest, ServesLargeBodies) {
  start_listener();
  const std::string large(4 * 1024 * 1024, 'x');
  provider.push(
      Script::json(200, R"({"choices":[{"index":0,"message":{"content":")" + large + R"("}}]})"));
  Client client = connect(trusting());
  const Response reply =
      client.post(unified().path, unified_request(fmt::format(R"("x_pad": "{}")", large)));
  EXPECT_EQ(reply.status, 200);
  EXPECT_GT(reply.body.size(), large.size());
  EXPECT_EQ(json_text(provider.requests()[0].body, "x_pad").size(), large.size());
}

TEST_F(TlsTest, ASlowCallerGetsEverything) {
  start_listener();
  std::vector<std::string> events = openai().events;
  const std::string large = sse_event(R"({"choices":[{"index":0,"delta":{"content":")" +
                                      std::string(50'000, 'x') + R"("}}]})");
  events.insert(events.begin() + 1, 200, large);
  provider.push(Script::events(events));
  ClientOptions options = trusting();
  options.receive_buffer_bytes = 4096;
  Client client = connect(options);
  const Response reply = client.post(openai().path, openai().stream_request);
  std::string text;
  for (const std::string& event : events) text += event;
  EXPECT_TRUE(reply.body == text);  // not EXPECT_EQ: it would print all of it
  EXPECT_EQ(reply.end, End::kComplete);
}

TEST_F(TlsTest, NoticesACallerThatLeaves) {
  start_listener();
  provider.push(Script().wait(Gate()));
  Client client = connect(trusting());
  client.send_request("POST", unified().path, {}, unified().request);
  ASSERT_TRUE(provider.wait_for_requests(1));
  client.close();
  EXPECT_TRUE(provider.wait_for_abort());
}

TEST_F(TlsTest, SurvivesWhatIsNoHandshake) {
  start_listener();
  Client plain = connect();
  plain.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
  EXPECT_TRUE(plain.closed_by_peer() || plain.read_response().status != 200);
  Client client = connect(trusting());
  EXPECT_EQ(client.get("/health").status, 200);
}

TEST_F(TlsTest, AHandshakeThatStandsStillIsEnded) {
  start_listener(R"(, "header_timeout_in_seconds": "200ms")");
  Client silent = connect();
  EXPECT_TRUE(silent.closed_by_peer());
  // The beginning of a handshake.
  Client slow = connect();
  ASSERT_TRUE(slow.send(std::string_view("\x16\x03\x01\x02", 4)));
  EXPECT_TRUE(slow.closed_by_peer());
}

TEST_F(TlsTest, ANewCertificateNeedsNoRestart) {
  start_listener();
  Client before = connect(trusting());
  EXPECT_EQ(before.get("/health").status, 200);
  pem_ = make_certificate();
  files_.write("cert.pem", pem_.certificate);
  files_.write("key.pem", pem_.private_key);
  gateway->send_signal(SIGHUP);
  ASSERT_TRUE(gateway->wait_for_log("reloaded"));
  Response reply;
  const Deadline deadline = after(kPatience);
  do {  // each worker changes over by itself
    Client fresh = connect(trusting());
    reply = fresh.is_connected() ? fresh.get("/health") : Response();
  } while (reply.status != 200 && std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(before.get("/health").status, 200);  // the old connection goes on
}

TEST_F(TlsTest, GoesDownWithAGoodbye) {
  start_listener();
  Client idle = connect(trusting());
  EXPECT_EQ(idle.get("/health").status, 200);
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(idle.closed_by_peer());
  EXPECT_TRUE(gateway->exits_with(0));
}

class TlsUpstreamTest : public GatewayTest {
 protected:
  void start_upstream(std::string network) {
    values["tls_url"] = tls_provider.url();
    values["pem"] = json_escaped(tls_provider.certificate());
    start({.providers = {{.url = "${tls_url}", .network = std::move(network)}}},
          {"--workers", "1"});
    tls_provider.handle([](const ReceivedRequest& request) {
      return request.body.contains("\"stream\"") ? unified().stream() : unified().reply();
    });
  }
  FakeProvider tls_provider{{.tls = true}};
};

TEST_F(TlsUpstreamTest, TrustsTheGivenAuthority) {
  start_upstream(R"("ca_cert_pem": "${pem}")");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(openai()).body, openai().answer);
  EXPECT_EQ(ask_stream(openai()).body, openai().stream_text());
  EXPECT_EQ(tls_provider.connection_count(), 1U);
}

TEST_F(TlsUpstreamTest, RefusesAStranger) {
  start_upstream({});
  const Response reply = ask();
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(json_text(reply.body, "type"), "upstream_connect");
  EXPECT_THAT(json_text(reply.body, "message"), HasSubstr("certificate"));
  EXPECT_THAT(tls_provider.requests(), IsEmpty());
}

TEST_F(TlsUpstreamTest, TakesAnyoneWhenToldSo) {
  start_upstream(R"("insecure_skip_verify": true)");
  EXPECT_EQ(ask().status, 200);
}

TEST_F(TlsUpstreamTest, AConnectionThatIsCutIsNoEnd) {
  start_upstream(R"("ca_cert_pem": "${pem}")");
  Script cut;
  cut.head(200, {{"content-type", "application/json"}, {"connection", "close"}})
      .raw(unified().answer.substr(0, 50));
  tls_provider.push(Script(cut).end(Ending::kCut));
  EXPECT_EQ(ask().status, 502);
  tls_provider.push(unified().stream({.cut_after_events = 2}));
  EXPECT_THAT(ask_stream().body, HasSubstr("\"error\""));
}

}  // namespace
}  // namespace bifrost::test
