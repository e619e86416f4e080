// Which paths there are, and what is said of those that there are not.
#include "json/document.h"
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RoutesTest : public GatewayTest {
 protected:
  void SetUp() override { start_with_fallback(); }

  // The message of an error in the dialect's own shape; says what is wrong otherwise.
  static std::string native_message(const Response& reply, std::string_view dialect) {
    const auto document = json::Document::parse(reply.body);
    if (!document) return "not JSON: " + reply.body;
    const json::Value root = document->root();
    const json::Value error = root["error"];
    bool fits = !root["is_bifrost_error"] && error["message"].is_string();
    if (dialect == "anthropic") fits &= root["type"].equals("error") && error["type"].is_string();
    if (dialect == "gemini") fits &= error["code"].integer() == reply.status;
    if (dialect == "openai") fits &= error["type"].is_string() && !root["type"];
    return fits ? error["message"].string_or("") : "another shape: " + reply.body;
  }
};

TEST_F(RoutesTest, TakeEveryFormatBelowAFrameworksBase) {
  for (const std::string_view base : {"/litellm", "/langchain", "/pydanticai", "/cursor"}) {
    second.push(anthropic().reply());
    const Response messages = post(fmt::format("{}/v1/messages", base), anthropic().request);
    EXPECT_EQ(messages.body, anthropic().answer) << base;
    for (const std::string_view version : {"v1beta", "v1", "v1alpha"}) {
      for (const std::string_view verb : {"generateContent", "streamGenerateContent?alt=sse"}) {
        provider.push(verb.starts_with("s") ? openai().stream() : openai().reply());
        const Response content = post(
            fmt::format("{}/{}/models/openai/gpt-test:{}", base, version, verb), gemini().request);
        EXPECT_EQ(content.status, 200) << base << version << verb << content.body;
        EXPECT_THAT(content.body, HasSubstr("candidates"));
      }
    }
    for (const std::string_view version : {"", "/v1"}) {
      provider.push(openai().reply());
      EXPECT_EQ(post(fmt::format("{}{}/chat/completions", base, version), openai().request).body,
                openai().answer)
          << base << version;
    }
  }
}

TEST_F(RoutesTest, TakeAzuresDeployments) {
  for (const std::string_view base : {"", "/openai", "/langchain"}) {
    for (const std::string_view model : {"gpt-test", "openai/gpt-test", "openai%2Fgpt-test"}) {
      provider.push(openai().reply());
      const Response reply =
          post(fmt::format("{}/openai/deployments/{}/chat/completions?api-version=2024-10-21", base,
                           model),
               R"({"messages": [{"role": "user", "content": "Hi"}]})");
      EXPECT_EQ(reply.body, openai().answer) << base << model;
      EXPECT_EQ(json_text(provider.requests().back().body, "model"), "gpt-test");
    }
    EXPECT_EQ(connect().get(fmt::format("{}/openai/models?api-version=1", base)).status, 200);
    EXPECT_EQ(connect().get(fmt::format("{}/openai/deployments/x/models", base)).status, 200);
  }
}

TEST_F(RoutesTest, AnswerAtTheBasesOfSdks) {
  Client client = connect();
  for (const std::string_view base : {"/v1", "/openai", "/openai/v1", "/anthropic", "/genai",
                                      "/langchain", "/langchain/v1", "/litellm/anthropic"}) {
    EXPECT_EQ(client.request("HEAD", base).status, 200) << base;
    EXPECT_EQ(client.request("HEAD", std::string(base) + "/").status, 200) << base;
    EXPECT_THAT(client.get(base).body, HasSubstr(fmt::format("GET  {}", base)));
  }
  EXPECT_THAT(client.get("/anthropic").body, HasSubstr("POST /anthropic/v1/messages"));
}

TEST_F(RoutesTest, SpeakTheFormatOfTheBaseWhereThereIsNone) {
  struct Case {
    std::string_view method;
    std::string_view path;
    int status;
    std::string_view dialect;
  };
  for (const Case& each : {Case{"POST", "/openai/v1/nothing", 404, "openai"},
                           Case{"POST", "/openai/nothing", 404, "openai"},
                           Case{"GET", "/openai/v1/chat/completions", 405, "openai"},
                           Case{"POST", "/langchain/v1/nothing", 404, "openai"},
                           Case{"POST", "/anthropic/v1/nothing", 404, "anthropic"},
                           Case{"DELETE", "/anthropic/v1/messages", 405, "anthropic"},
                           Case{"POST", "/langchain/v1/messages/nothing", 404, "anthropic"},
                           Case{"POST", "/litellm/anthropic/nothing", 404, "anthropic"},
                           Case{"POST", "/genai/v1beta/models/x:nothing", 404, "gemini"},
                           Case{"POST", "/genai/v1beta/nothing", 404, "gemini"},
                           Case{"PUT", "/genai/v1beta/models/x:generateContent", 405, "gemini"},
                           Case{"POST", "/litellm/v1beta/nothing", 404, "gemini"}}) {
    const Response reply = connect().request(each.method, each.path, {}, "{}");
    EXPECT_EQ(reply.status, each.status) << each.path;
    const auto says = each.status == 404 ? "no such route: " : "is not allowed";
    EXPECT_THAT(native_message(reply, each.dialect), HasSubstr(says)) << each.path;
    EXPECT_EQ(reply.headers.contains("request-id"), each.dialect == "anthropic") << each.path;
  }
  for (const std::string_view path : {"/v1/nothing", "/nothing", "/metrics/x"}) {
    EXPECT_EQ(json_text(connect().get(path).body, "type"), "route_not_found") << path;
  }
}

TEST_F(RoutesTest, NameTheBaseThatWasMeant) {
  struct Case {
    std::string_view path;
    std::string_view meant;
  };
  for (const Case& each :
       {Case{"/v1/messages", "POST /anthropic/v1/messages"},
        Case{"/messages", "POST /anthropic/v1/messages"},
        Case{"/chat/completions", "POST /v1/chat/completions"},
        Case{"/v1/v1/chat/completions", "POST /v1/chat/completions"},
        Case{"/v1beta/models/x:generateContent", "POST /genai/v1beta/models/{model}:generateC"},
        Case{"/anthropic/messages", "POST /anthropic/v1/messages"},
        Case{"/anthropic/v1/v1/messages", "POST /anthropic/v1/messages"},
        Case{"/genai/models/x:generateContent", "POST /genai/v1/models/{model}:generateContent"},
        Case{"/litellm/anthropic/messages", "POST /litellm/anthropic/v1/messages"}}) {
    const Response reply = post(each.path, "{}");
    EXPECT_EQ(reply.status, 404);
    EXPECT_THAT(reply.body, HasSubstr(fmt::format("did you mean {}", each.meant))) << each.path;
  }
  EXPECT_THAT(post("/v1/nothing", "{}").body, Not(HasSubstr("did you mean")));
}

}  // namespace
}  // namespace bifrost::test
