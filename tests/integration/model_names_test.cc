// Where a model's name leads, and what is said where it leads nowhere.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

class ModelNamesTest : public GatewayTest {
 protected:
  Response ask_for(std::string_view model, std::string_view path = "/v1/chat/completions") {
    return post(path, fmt::format(R"({{"model": "{}", "messages": [{{"role": "user",)"
                                  R"( "content": "Hi"}}]}})",
                                  model));
  }
};

TEST_F(ModelNamesTest, LeadToTheOnlyServerUnlessTheyAreAnothers) {
  start_with({.config = R"({"providers": {"rack": {
    "custom_provider_config": {"base_provider_type": "openai", "is_key_less": true},
    "network_config": {"base_url": "${provider_url}"}}}})"});
  for (const std::string_view path : {"/v1/chat/completions", "/openai/v1/chat/completions"}) {
    for (const std::string_view model : {"gpt-4o", "claude-sonnet-4-5", "gemini-2.5-pro"}) {
      const Response refused = ask_for(model, path);
      EXPECT_EQ(refused.status, 404) << model;
      EXPECT_EQ(json_text(refused.body, "code"), "model_not_found");
      EXPECT_THAT(refused.body, HasSubstr("_API_KEY"));
      EXPECT_THAT(refused.body, HasSubstr(fmt::format("write rack/{}", model)));
    }
  }
  EXPECT_EQ(provider.request_count(), 0U);
  for (const std::string_view model : {"qwen3", "rack/qwen3"}) {
    provider.push(openai().reply());
    EXPECT_EQ(ask_for(model).status, 200);
    EXPECT_EQ(json_text(provider.requests().back().body, "model"), "qwen3");
  }
  provider.push(openai().reply());
  EXPECT_EQ(ask_for("rack/gpt-4o").status, 200) << "so it is said";
}

TEST_F(ModelNamesTest, NameAProviderOnNativeRoutesToo) {
  start();
  const Response refused = ask_for("azure/gpt-4o", "/openai/v1/chat/completions");
  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(json_text(refused.body, "code"), "model_not_found");
  EXPECT_THAT(refused.body, HasSubstr("azure"));
  EXPECT_EQ(provider.request_count(), 0U);
  provider.push(openai().reply());
  EXPECT_EQ(ask_for("meta-llama/Llama-3", "/openai/v1/chat/completions").status, 200);
  EXPECT_EQ(json_text(provider.requests()[0].body, "model"), "meta-llama/Llama-3");
}

TEST_F(ModelNamesTest, AreExplainedWhereOnlyTheDemoIs) {
  start_with({.config = R"({"providers": {"demo": {}}})"});
  const Response refused = ask_for("gpt-4o");
  EXPECT_EQ(refused.status, 404);
  EXPECT_THAT(refused.body, HasSubstr("OPENAI_API_KEY"));
  EXPECT_THAT(refused.body, HasSubstr("demo/chat"));
}

TEST_F(ModelNamesTest, HaveOneFormBeforeAnyRule) {
  start_with({.config = R"({"providers": {"gemini": {
    "keys": [{"name": "main", "value": "sk-main", "models": ["*"],
              "blacklisted_models": ["gemini-pro"]}],
    "network_config": {"base_url": "${provider_url}"}}}})"});
  for (const std::string_view model :
       {"gemini/gemini-pro", "gemini/models/gemini-pro", "gemini/models/models/gemini-pro",
        "gemini/gemini/models/gemini-pro"}) {
    const Response refused = ask_for(model);
    EXPECT_EQ(refused.status, 403) << model << " " << refused.body;
    EXPECT_EQ(json_text(refused.body, "code"), "model_blocked") << model;
  }
  for (const std::string_view model : {"gemini-pro", "models/gemini-pro"}) {
    EXPECT_EQ(ask_for(model).status, 404) << model << " is no key's";
  }
  for (const std::string_view model : {"gemini-pro", "models%2Fmodels%2Fgemini-pro"}) {
    const Response in_path = post(fmt::format("/genai/v1beta/models/{}:generateContent", model),
                                  R"({"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]})");
    EXPECT_EQ(in_path.status, 404) << in_path.body;
  }
  EXPECT_EQ(provider.request_count(), 0U);
}

TEST_F(ModelNamesTest, StayBelowThePathOfTheirProvider) {
  start_with({.config = R"({"providers": {"gemini": {
    "keys": [{"name": "main", "value": "sk-main", "models": ["*"]}],
    "network_config": {"base_url": "${provider_url}"}}}})"});
  for (const std::string_view model :
       {"gemini/../../v1/secrets", "gemini/a/./b", "gemini/..", "a//b", "gemini/a/", "/a", "a b",
        "a\\\\b", "a\\nb", "a%2e%2e", "a%2Fb", "gemini/%252e%252e/x"}) {
    const Response refused = ask_for(model);
    EXPECT_EQ(refused.status, 400) << model << " " << refused.body;
    EXPECT_EQ(json_text(refused.body, "param"), "model") << model;
    EXPECT_THAT(refused.body, HasSubstr("provider/model")) << model;
  }
  for (const std::string_view path : {"/genai/v1beta/models/..%2F..%2Fv1%2Fsecrets:generateContent",
                                      "/genai/v1beta/models/%252e%252e:generateContent"}) {
    const Response refused =
        post(path, R"({"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]})");
    EXPECT_EQ(refused.status, 400) << path << " " << refused.body;
    EXPECT_EQ(json_text(refused.body, "status"), "INVALID_ARGUMENT") << path;
  }
  const Response fallback = post("/v1/chat/completions",
                                 R"({"model": "gemini/x", "fallbacks": ["gemini/y", "gemini/../z"],
                                     "messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(fallback.status, 400) << fallback.body;
  EXPECT_EQ(json_text(fallback.body, "param"), "fallbacks[1]");
  EXPECT_EQ(connect().get("/v1/models/openai%2F..%2Fx").status, 400);
  EXPECT_EQ(provider.request_count(), 0U);
}

}  // namespace
}  // namespace bifrost::test
