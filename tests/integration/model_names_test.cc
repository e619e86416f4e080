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

}  // namespace
}  // namespace bifrost::test
