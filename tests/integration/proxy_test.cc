// An HTTP proxy between the gateway and a provider.
#include "tests/integration/gateway_fixture.h"
#include "tests/support/tunnel_proxy.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// "bob:s3cret-proxy"
constexpr std::string_view kBasic = "Basic Ym9iOnMzY3JldC1wcm94eQ==";
constexpr std::string_view kLogin = R"("username": "bob", "password": "s3cret-proxy")";

class ProxyTest : public GatewayTest {
 protected:
  static std::string through(std::string_view url, std::string_view more = {}) {
    return fmt::format(R"("proxy_config": {{"type": "http", "url": "{}"{}{}}})", url,
                       more.empty() ? "" : ", ", more);
  }
  void start_tls(const std::string& proxy_config) {
    values["tls_url"] = tls_provider.url();
    start({.providers = {{.url = "${tls_url}",
                          .network = R"("insecure_skip_verify": true)",
                          .more = proxy_config}}});
    tls_provider.handle([](const ReceivedRequest&) { return unified().reply(); });
  }
  FakeProvider tls_provider{{.tls = true}};
};

TEST_F(ProxyTest, CarriesHttpsThroughATunnel) {
  const TunnelProxy proxy;
  start_tls(through(proxy.url()));
  EXPECT_EQ(ask(openai()).body, openai().answer);
  ASSERT_THAT(proxy.heads(), SizeIs(1));
  EXPECT_EQ(proxy.heads()[0].first_line,
            fmt::format("CONNECT 127.0.0.1:{} HTTP/1.1", tls_provider.port()));
  EXPECT_FALSE(proxy.heads()[0].headers.contains("authorization"));  // that is for the provider
  EXPECT_FALSE(tls_provider.requests()[0].headers.contains("proxy-authorization"));
}

TEST_F(ProxyTest, LogsInAtTheTunnel) {
  const TunnelProxy proxy{std::string(kBasic)};
  start_tls(through(proxy.url(), kLogin));
  EXPECT_EQ(ask().status, 200);
}

TEST_F(ProxyTest, SaysThatTheTunnelWasRefused) {
  const TunnelProxy proxy("Basic other");
  start_tls(through(proxy.url(), kLogin));
  const Response reply = ask();
  EXPECT_EQ(reply.status, 502);
  EXPECT_THAT(json_text(reply.body, "message"), HasSubstr("407"));
  EXPECT_THAT(tls_provider.requests(), IsEmpty());
  EXPECT_THAT(gateway->log() + reply.body, Not(HasSubstr("s3cret-proxy")));
}

TEST_F(ProxyTest, HandsPlainHttpOverWithTheWholeUrl) {
  FakeProvider proxy;  // it answers by itself
  proxy.push(unified().reply());
  start({.providers = {
             {.url = "http://provider.example:8080/base", .more = through(proxy.url(), kLogin)}}});
  EXPECT_EQ(ask().status, 200);
  const ReceivedRequest seen = proxy.requests()[0];
  EXPECT_EQ(seen.target, "http://provider.example:8080/base/v1/chat/completions");
  EXPECT_EQ(seen.headers.get("host"), "provider.example:8080");
  EXPECT_EQ(seen.headers.get("proxy-authorization"), kBasic);
  EXPECT_EQ(seen.headers.get("authorization"), "Bearer sk-main");
}

TEST_F(ProxyTest, IsTakenFromTheEnvironment) {
  FakeProvider proxy;
  proxy.push(unified().reply());
  values["proxy"] = proxy.url();
  start_with(
      {.config = config_text(
           {.providers = {{.url = "http://provider.example", .more = R"("proxy_config":
                                                               {"type": "environment"})"},
                          {.name = "anthropic", .url = "${second_url}", .more = R"("proxy_config":
                                                               {"type": "environment"})"}}}),
       .environment = {{"HTTP_PROXY", "${proxy}"}, {"NO_PROXY", "127.0.0.1"}}});
  second.push(anthropic().reply());
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(proxy.request_count(), 1U);
  EXPECT_EQ(ask(anthropic()).status, 200);  // not through the proxy
  EXPECT_EQ(second.requests()[0].target, "/v1/messages");
}

TEST_F(ProxyTest, ThatIsNotThereIsAnError) {
  start_tls(through(fmt::format("http://127.0.0.1:{}", refusing_port())));
  const Response reply = ask();
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(json_text(reply.body, "type"), "upstream_connect");
}

}  // namespace
}  // namespace bifrost::test
