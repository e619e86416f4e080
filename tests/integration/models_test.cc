// Lists of models: from the keys' allow-lists, or from the providers themselves.
#include "json/document.h"
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <algorithm>

namespace bifrost::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class ModelsTest : public GatewayTest {
 protected:
  // A provider with one key and these rules for it.
  static std::string with_key(std::string_view name, std::string_view url, std::string_view rules) {
    return fmt::format(
        R"("{}": {{"keys": [{{"name": "k", "value": "v", {}}}],
                  "network_config": {{"base_url": "{}"}}}})",
        name, rules, url);
  }
  void start_providers(const std::string& providers) {
    start_with({.config = fmt::format(R"({{"providers": {{{}}}}})", providers)});
  }
  std::vector<std::string> ids(std::string_view path = "/v1/models", std::string_view list = "data",
                               std::string_view id = "id") {
    const Response reply = connect().get(path);
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::vector<std::string> found;
    const auto document = json::Document::parse(reply.body);
    if (!document) return found;
    for (const json::Value row : document->root()[list].children()) {
      found.push_back(row[id].string_or(""));
    }
    return found;
  }
};

Script openai_models(std::initializer_list<std::string_view> names, std::string_view more = {}) {
  std::string rows;
  for (const std::string_view name : names) {
    if (!rows.empty()) rows += ',';
    rows += fmt::format(R"({{"id":"{}","object":"model","owned_by":"x"}})", name);
  }
  return Script::json(200, fmt::format(R"({{"object":"list","data":[{}]{}}})", rows, more));
}

TEST_F(ModelsTest, AreThoseOfTheAllowList) {
  start_providers(with_key("openai", "${provider_url}", R"("models": ["gpt-a", "gpt-b"])"));
  EXPECT_THAT(ids(), UnorderedElementsAre("openai/gpt-a", "openai/gpt-b"));
  EXPECT_EQ(provider.connection_count(), 0U);  // nobody had to be asked
}

TEST_F(ModelsTest, AreAskedForWhereAllAreAllowed) {
  start_providers(with_key("openai", "${provider_url}", R"("models": ["*"])"));
  provider.push(openai_models({"gpt-a", "gpt-b"}));
  EXPECT_THAT(ids(), UnorderedElementsAre("openai/gpt-a", "openai/gpt-b"));
  const ReceivedRequest seen = provider.requests()[0];
  EXPECT_EQ(seen.method, "GET");
  EXPECT_EQ(seen.target, "/v1/models");
  EXPECT_EQ(seen.headers.get("authorization"), "Bearer v");
}

TEST_F(ModelsTest, LeaveOutWhatIsDenied) {
  start_providers(
      with_key("openai", "${provider_url}", R"("models": ["*"], "blacklisted_models": ["gpt-b"])"));
  provider.push(openai_models({"gpt-a", "gpt-b"}));
  EXPECT_THAT(ids(), ElementsAre("openai/gpt-a"));
  const Response refused =
      post("/v1/chat/completions", R"({"model": "openai/gpt-b",)"
                                   R"( "messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_GE(refused.status, 400);
  EXPECT_EQ(provider.request_count(), 1U);
}

TEST_F(ModelsTest, TellTheirAliases) {
  start_providers(with_key("openai", "${provider_url}",
                           R"("models": ["fast"], "aliases": {"fast": {"model_id": "gpt-a"}})"));
  EXPECT_THAT(ids(), ElementsAre("openai/fast"));
}

TEST_F(ModelsTest, ComeFromAllPages) {
  start_providers(with_key("anthropic", "${provider_url}", R"("models": ["*"])"));
  const auto page = [](std::string_view name, bool more) {
    return Script::json(
        200, fmt::format(R"({{"data":[{{"type":"model","id":"{0}",)"
                         R"("display_name":"{0}","created_at":"2025-01-01T00:00:00Z"}}],)"
                         R"("has_more":{1},"first_id":"{0}","last_id":"{0}"}})",
                         name, more));
  };
  provider.push(page("claude-a", true));
  provider.push(page("claude-b", false));
  EXPECT_THAT(ids(), UnorderedElementsAre("anthropic/claude-a", "anthropic/claude-b"));
  ASSERT_EQ(provider.request_count(), 2U);
  EXPECT_THAT(provider.requests()[1].target, HasSubstr("after_id=claude-a"));
}

TEST_F(ModelsTest, HaveAnEndOfPages) {
  start_providers(with_key("anthropic", "${provider_url}", R"("models": ["*"])"));
  provider.handle([](const ReceivedRequest&) {
    return Script::json(200, R"({"data":[{"type":"model","id":"claude-a","display_name":"a"}],)"
                             R"("has_more":true,"last_id":"claude-a"})");
  });
  EXPECT_THAT(ids(), ElementsAre("anthropic/claude-a"));
  EXPECT_LT(provider.request_count(), 200U);
}

TEST_F(ModelsTest, AreListedWithoutAProviderThatFails) {
  start_providers(with_key("openai", "${provider_url}", R"("models": ["*"])") + "," +
                  with_key("anthropic", "${second_url}", R"("models": ["claude-a"])"));
  provider.push(Script::json(500, "{}"));
  EXPECT_THAT(ids(), ElementsAre("anthropic/claude-a"));
}

TEST_F(ModelsTest, MayBeAskedOfOneProvider) {
  start_providers(with_key("openai", "${provider_url}", R"("models": ["gpt-a"])") + "," +
                  with_key("anthropic", "${second_url}", R"("models": ["claude-a"])"));
  EXPECT_THAT(ids("/v1/models?provider=anthropic"), ElementsAre("anthropic/claude-a"));
  EXPECT_EQ(connect().get("/v1/models?provider=none").status, 400);
}

TEST_F(ModelsTest, ComeInEachDialectsShape) {
  start_providers(with_key("openai", "${provider_url}", R"("models": ["gpt-a"])") + "," +
                  with_key("anthropic", "${second_url}", R"("models": ["claude-a"])"));
  const auto all = UnorderedElementsAre("openai/gpt-a", "anthropic/claude-a");
  EXPECT_THAT(ids("/openai/v1/models"), all);
  EXPECT_THAT(ids("/anthropic/v1/models"), all);
  EXPECT_THAT(ids("/genai/v1beta/models", "models", "name"),
              UnorderedElementsAre("models/openai/gpt-a", "models/anthropic/claude-a"));
}

TEST_F(ModelsTest, EndWithTheCallerThatWaitsForThem) {
  start_providers(with_key("openai", "${provider_url}", R"("models": ["*"])"));
  Gate list;
  provider.push(Script().wait(list).then(openai_models({"gpt-a"})));
  Client client = connect();
  client.send_request("GET", "/v1/models");
  ASSERT_TRUE(provider.wait_for_requests(1));
  client.close();
  EXPECT_TRUE(metric_reaches("bifrost_client_gone_total", 1));
  list.open();
  provider.push(openai_models({"gpt-a"}));
  EXPECT_THAT(ids(), ElementsAre("openai/gpt-a"));
}

}  // namespace
}  // namespace bifrost::test
