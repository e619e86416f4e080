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

class ModelPagesTest : public ModelsTest {
 protected:
  void SetUp() override {
    start_providers(with_key("openai", "${provider_url}", R"("models": ["a", "b", "c"])"));
  }
  std::string body(std::string_view path) { return connect().get(path).body; }
};

TEST_F(ModelPagesTest, AreAnthropics) {
  EXPECT_THAT(ids("/anthropic/v1/models?limit=2"), ElementsAre("openai/a", "openai/b"));
  EXPECT_THAT(body("/anthropic/v1/models?limit=2"),
              HasSubstr(R"("has_more":true,"first_id":"openai/a","last_id":"openai/b")"));
  EXPECT_THAT(ids("/anthropic/v1/models?limit=2&after_id=openai%2Fb"), ElementsAre("openai/c"));
  EXPECT_THAT(body("/anthropic/v1/models?after_id=openai/b"), HasSubstr(R"("has_more":false)"));
  EXPECT_THAT(ids("/anthropic/v1/models?limit=1&before_id=openai/c"), ElementsAre("openai/b"));
  for (const std::string_view query : {"after_id=none", "before_id=none", "limit=0", "limit=x"}) {
    const Response refused = connect().get(fmt::format("/anthropic/v1/models?{}", query));
    EXPECT_EQ(refused.status, 400) << query;
    EXPECT_EQ(json_text(refused.body, "type"), "error");
  }
}

TEST_F(ModelPagesTest, AreGeminis) {
  const auto names = [&](std::string_view query) {
    return ids(fmt::format("/genai/v1beta/models?{}", query), "models", "name");
  };
  EXPECT_THAT(names("pageSize=2"), ElementsAre("models/openai/a", "models/openai/b"));
  const std::string token = json_text(body("/genai/v1beta/models?pageSize=2"), "nextPageToken");
  EXPECT_THAT(names(fmt::format("pageSize=2&pageToken={}", token)), ElementsAre("models/openai/c"));
  EXPECT_EQ(json_text(body("/genai/v1beta/models?pageToken=openai/b"), "nextPageToken"), "");
  const Response refused = connect().get("/genai/v1beta/models?pageToken=none");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(json_text(refused.body, "status"), "INVALID_ARGUMENT");
  EXPECT_THAT(refused.body, HasSubstr("begin again without pageToken"));
}

TEST_F(ModelPagesTest, AreTheGatewaysOwn) {
  EXPECT_THAT(ids("/v1/models?page_size=1"), ElementsAre("openai/a"));
  EXPECT_EQ(json_text(body("/v1/models?page_size=1"), "next_page_token"), "openai/a");
  EXPECT_THAT(ids("/v1/models?page_size=1&page_token=openai/a"), ElementsAre("openai/b"));
  EXPECT_EQ(connect().get("/v1/models?page_size=-1").status, 400);
}

TEST_F(ModelsTest, AreToldOneByOne) {
  start_providers(with_key("openai", "${provider_url}", R"("models": ["gpt-a", "org/b"])") + "," +
                  with_key("anthropic", "${second_url}", R"("models": ["claude-a"])"));
  const auto told = [&](std::string_view path, std::string_view key) {
    const Response reply = connect().get(path);
    return reply.status == 200 ? json_text(reply.body, key) : reply.body;
  };
  for (const std::string_view base : {"/v1", "/openai/v1", "/openai", "/langchain/v1"}) {
    for (const std::string_view id : {"openai/gpt-a", "openai%2Fgpt-a", "gpt-a"}) {
      EXPECT_EQ(told(fmt::format("{}/models/{}", base, id), "id"), "openai/gpt-a") << base << id;
    }
  }
  EXPECT_EQ(told("/openai/v1/models/openai/org/b", "id"), "openai/org/b");
  EXPECT_EQ(told("/openai/v1/models/org%2Fb", "id"), "openai/org/b");
  EXPECT_EQ(told("/anthropic/v1/models/claude-a", "id"), "anthropic/claude-a");
  EXPECT_EQ(told("/anthropic/v1/models/openai/gpt-a", "type"), "model");
  EXPECT_EQ(told("/genai/v1beta/models/openai/gpt-a", "name"), "models/openai/gpt-a");
  EXPECT_EQ(told("/litellm/v1beta/models/gpt-a", "name"), "models/openai/gpt-a");
  EXPECT_EQ(connect().request("HEAD", "/v1/models/gpt-a").status, 200);
}

// What is listed can be asked for, under the id that the list has.
TEST_F(ModelsTest, AreToldOneByOneUnderTheIdsOfTheList) {
  start_providers(
      with_key("gemini", "${provider_url}", R"("models": ["models/gemini-pro", "gemini/b"])") +
      "," + with_key("openrouter", "${second_url}", R"("models": ["*"])"));
  second.push(openai_models({"openrouter/auto", "openai/gpt-a"}));
  Client client = connect();  // each worker asks for itself
  const std::string body = client.get("/v1/models").body;
  for (const std::string_view id :
       {"gemini/gemini-pro", "gemini/b", "openrouter/openrouter/auto", "openrouter/openai/gpt-a"}) {
    EXPECT_THAT(body, HasSubstr(fmt::format(R"("id":"{}")", id)));
    const Response one = client.get(fmt::format("/v1/models/{}", id));
    EXPECT_EQ(one.status, 200) << id;
    EXPECT_EQ(json_text(one.body, "id"), id);
  }
}

TEST_F(ModelsTest, AreRefusedInTheDialectsShapeWhereThereIsNone) {
  start_providers(with_key("openai", "${provider_url}", R"("models": ["gpt-a"])") + "," +
                  with_key("anthropic", "${second_url}", R"("models": ["claude-a"])"));
  for (const std::string_view id : {"none", "openai/none", "azure/gpt-4o", "none/none"}) {
    const Response openai = connect().get(fmt::format("/openai/v1/models/{}", id));
    EXPECT_EQ(openai.status, 404) << id;
    EXPECT_EQ(json_text(openai.body, "code"), "model_not_found") << openai.body;
    const Response anthropic = connect().get(fmt::format("/anthropic/v1/models/{}", id));
    EXPECT_EQ(anthropic.status, 404) << id;
    EXPECT_THAT(anthropic.body, HasSubstr(R"("type":"not_found_error")"));
    const Response gemini = connect().get(fmt::format("/genai/v1beta/models/{}", id));
    EXPECT_EQ(gemini.status, 404) << id;
    EXPECT_EQ(json_text(gemini.body, "status"), "NOT_FOUND");
  }
  EXPECT_EQ(connect().get("/openai/v1/models/%zz").status, 400);
}

TEST_F(ModelsTest, AreNotCalledUnknownWhenTheirProviderDoesNotAnswer) {
  start_providers(with_key("openai", "${provider_url}", R"("models": ["*"])"));
  provider.push(Script::json(500, "{}"));
  Client client = connect();
  EXPECT_EQ(client.get("/openai/v1/models/gpt-a").status, 500);
  // It is left alone for a while; each worker learns that itself, hence one connection.
  EXPECT_EQ(client.get("/openai/v1/models/gpt-a").status, 500);
  EXPECT_EQ(provider.request_count(), 1U);
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
