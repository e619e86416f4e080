// Callers who have logged in with Anthropic instead of having a key: Claude Code.
#include "tests/integration/gateway_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kToken = "sk-ant-oat01-topsecret";

class AnthropicLoginTest : public GatewayTest {
 protected:
  Response send(const WireSample& sample, std::string_view body = {}) {
    Client client = connect();
    return client.request("POST", sample.path, {{"authorization", "Bearer " + std::string(kToken)}},
                          body.empty() ? sample.request : body);
  }
};

TEST_F(AnthropicLoginTest, StandsInPlaceOfTheKeyAtAnthropic) {
  start({.providers = {{.name = "anthropic"}}});
  provider.push(anthropic().reply());
  EXPECT_EQ(send(anthropic()).status, 200);
  const ReceivedRequest got = provider.requests().at(0);
  EXPECT_EQ(got.headers.get("authorization"), "Bearer " + std::string(kToken));
  EXPECT_THAT(std::string(got.headers.get("x-api-key")), IsEmpty());
  EXPECT_THAT(std::string(got.headers.get("anthropic-beta")), HasSubstr("oauth-"));
  EXPECT_FALSE(gateway->metrics().has("bifrost_provider_key_up")) << "not one of ours";
}

TEST_F(AnthropicLoginTest, IsSeenByNobodyElse) {
  start();
  provider.push(openai().reply());
  EXPECT_EQ(send(anthropic(), R"({"model": "openai/x", "max_tokens": 9, "messages":)"
                              R"( [{"role": "user", "content": "Hi"}]})")
                .status,
            200);
  const ReceivedRequest got = provider.requests().at(0);
  for (const http::Header header : got.headers) {
    EXPECT_THAT(header.value, Not(HasSubstr("topsecret"))) << header.name;
  }
  EXPECT_THAT(gateway->log() + connect().get("/metrics").body, Not(HasSubstr("topsecret")));
}

TEST_F(AnthropicLoginTest, CountsOnlyOnRoutesOfAnthropicsFormat) {
  start({.providers = {{.name = "anthropic"}}});
  provider.push(anthropic().reply());
  EXPECT_EQ(send(unified(), R"({"model": "anthropic/x", "messages":)"
                            R"( [{"role": "user", "content": "Hi"}]})")
                .status,
            200);
  EXPECT_THAT(std::string(provider.requests().at(0).headers.get("x-api-key")), Not(IsEmpty()));
}

}  // namespace
}  // namespace bifrost::test
