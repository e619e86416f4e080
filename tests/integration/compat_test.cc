// Parameters that a model refuses: passed by default, dropped and named when somebody says so.
#include "tests/integration/gateway_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kDrop = R"("compat": {"should_drop_params": true})";
constexpr std::string_view kChat = "/v1/chat/completions";
constexpr std::string_view kNamed = R"("dropped_compat_plugin_params":["temperature","stop"])";

std::string request_for(std::string_view model, std::string_view members = {}) {
  return R"({"model": ")" + std::string(model) +
         R"(", "temperature": 0.2, "stop": ["a"], "seed": 1, )" + std::string(members) +
         R"("messages": [{"role": "user", "content": "Hi"}]})";
}

class CompatTest : public GatewayTest {
 protected:
  // As `start`, with both providers.
  void start_both(std::string_view client) {
    start({.providers = {{}, {.name = "gemini", .url = "${second_url}"}},
           .client = std::string(client)});
  }
  Response ask_with(std::string_view header, std::string_view request) {
    return connect().request("POST", kChat, {{"x-bf-compat", header}}, request);
  }
  std::string sent() { return provider.requests().back().body; }
};

TEST_F(CompatTest, PassesWhatAModelRefusesByDefault) {
  start();
  provider.push(unified().reply());
  const Response reply = post(kChat, request_for("openai/o3"));
  EXPECT_THAT(sent(), HasSubstr(R"("temperature": 0.2, "stop": ["a"], "seed": 1)"));
  EXPECT_FALSE(reply.headers.contains("x-bifrost-dropped-fields"));
  EXPECT_THAT(reply.body, Not(HasSubstr("dropped_compat_plugin_params")));
}

TEST_F(CompatTest, DropsAndNamesItWhereTheConfigurationSaysSo) {
  start({.client = std::string(kDrop)});
  provider.push(unified().reply());
  const Response reply = post(kChat, request_for("openai/o3"));
  EXPECT_EQ(sent(),
            R"({"model": "o3",  "seed": 1, "messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(reply.headers.get("x-bifrost-dropped-fields"), "temperature, stop");
  EXPECT_THAT(reply.body, HasSubstr(kNamed));
}

TEST_F(CompatTest, DropsAndNamesItForAStreamToo) {
  start({.client = std::string(kDrop)});
  provider.push(unified().stream());
  const Response reply = post(kChat, request_for("openai/o3", R"("stream": true, )"));
  EXPECT_THAT(sent(), Not(HasSubstr("temperature")));
  EXPECT_EQ(reply.headers.get("x-bifrost-dropped-fields"), "temperature, stop");
  EXPECT_THAT(reply.body, HasSubstr(kNamed));
}

TEST_F(CompatTest, ARequestMaySayOtherwise) {
  start();
  for (const std::string_view on : {"true", R"(["*"])", R"(["should_drop_params"])"}) {
    provider.push(unified().reply());
    const Response reply = ask_with(on, request_for("openai/o3"));
    EXPECT_THAT(sent(), Not(HasSubstr("temperature"))) << on;
    EXPECT_THAT(reply.body, HasSubstr(kNamed)) << on;
  }
  const Response refused = ask_with("drop", request_for("openai/o3"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("x-bf-compat"));
}

TEST_F(CompatTest, ARequestMaySwitchItOff) {
  start({.client = std::string(kDrop)});
  provider.push(unified().reply());
  EXPECT_FALSE(
      ask_with("false", request_for("openai/o3")).headers.contains("x-bifrost-dropped-fields"));
  EXPECT_THAT(sent(), HasSubstr("temperature"));
}

TEST_F(CompatTest, AFallbackGetsWhatItsModelTakes) {
  start_both(kDrop);
  provider.push(Script::json(500, openai_error("no")));
  second.push(gemini().reply());
  const Response reply =
      post(kChat, request_for("openai/o3", R"("fallbacks": ["gemini/gemini-2.0-flash"], )"));
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "gemini");
  EXPECT_FALSE(reply.headers.contains("x-bifrost-dropped-fields"));
  EXPECT_THAT(second.requests().back().body, HasSubstr(R"("temperature":0.2)"));
  EXPECT_THAT(second.requests().back().body, HasSubstr(R"("stopSequences":["a"])"));
}

TEST_F(CompatTest, NamesItOnNativeRoutesByTheCallersOwnNames) {
  start({.client = std::string(kDrop)});
  provider.push(openai().reply());
  const Response reply =
      post(anthropic().path, R"({"model": "openai/gpt-5", "max_tokens": 9, "temperature": 0.5, )"
                             R"("stop_sequences": ["a"], )"
                             R"("messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(reply.headers.get("x-bifrost-dropped-fields"), "temperature, stop_sequences");
  EXPECT_THAT(sent(), Not(HasSubstr("temperature")));
}

TEST_F(CompatTest, PassesNativeAnthropicByteForByteButForThat) {
  start({.providers = {{.name = "anthropic"}}, .client = std::string(kDrop)});
  provider.push(anthropic().reply());
  const Response reply =
      post(anthropic().path, R"({"model": "claude-opus-4-7",  "max_tokens": 9, "top_k": 5, )"
                             R"("messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(sent(), R"({"model": "claude-opus-4-7",  "max_tokens": 9,  )"
                    R"("messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(reply.headers.get("x-bifrost-dropped-fields"), "top_k");
  EXPECT_EQ(reply.body, anthropic().answer);
}

}  // namespace
}  // namespace bifrost::test
