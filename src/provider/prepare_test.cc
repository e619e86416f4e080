#include "provider/prepare.h"

#include "dialect/chat_codec.h"
#include "provider/forward.h"
#include "provider/registry.h"
#include "provider/token_row.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace bifrost::provider {
namespace {

// A registry with one provider, and its first key.
class Prepare : public ::testing::Test {
 protected:
  void configure(std::string name, ProviderSettings settings = {}, std::string value = "secret") {
    KeySettings key;
    key.name = "main";
    key.value = config::Secret(std::move(value));
    if (settings.keys.empty()) settings.keys.push_back(key);
    Providers providers;
    providers.append(name, std::move(settings));
    auto built = Registry::build(providers, rows_with_cloud());
    ASSERT_TRUE(built) << built.error().message;
    registry_ = std::move(*built);
    endpoint_ = registry_.find(name);
    key_ = endpoint_->keys.empty() ? nullptr : &endpoint_->keys[0];
  }

  Result<OutboundRequest> chat(std::string_view model, bool stream, Caller caller = {},
                               http::Headers of_body = {}) {
    const Addressee addressee = to({llm::Operation::kChat, stream}, model);
    const dialect::ChatCodec& codec = *addressee.side.dialect().chat;
    return prepare(addressee,
                   {.type = {llm::Operation::kChat, stream},
                    .path = codec.path(model, stream),
                    .model = model,
                    .accept = stream ? codec.stream.content_type : "application/json",
                    .encoded = {.body = "{}", .headers = std::move(of_body), .dropped = {}},
                    .caller = caller});
  }

  [[nodiscard]] Addressee to(llm::RequestType type, std::string_view model = {}) const {
    return {
        .endpoint = *endpoint_, .side = **endpoint_->side(type, nullptr, key_, model), .key = key_};
  }
  Result<OutboundRequest> models(std::string_view token = {}) {
    return models(to({llm::Operation::kListModels}), token);
  }
  static Result<OutboundRequest> models(const Addressee& to, std::string_view token) {
    return prepare(to, {.type = {llm::Operation::kListModels},
                        .method = "GET",
                        .path = to.side.dialect().family.models_path(token)});
  }

  Registry registry_;
  const Endpoint* endpoint_ = nullptr;
  const Key* key_ = nullptr;
};

TEST_F(Prepare, SpeaksToTheAnthropicSideOfAProvider) {
  struct Case {
    const char* provider;
    std::string_view target;
    std::string_view models;
    std::string_view header;
    std::string_view value;
  };
  constexpr Case kCases[] = {
      {"deepseek", "/anthropic/v1/messages", "/models", "x-api-key", "secret"},
      {"fireworks", "/inference/v1/messages", "/inference/v1/models", "authorization",
       "Bearer secret"},
      {"vllm", "/v1/messages", "/v1/models", "authorization", "Bearer secret"},
      {"sgl", "/v1/messages", "/v1/models", "authorization", "Bearer secret"},
  };
  for (const Case& each : kCases) {
    SCOPED_TRACE(each.provider);
    ProviderSettings settings;
    auto& key = settings.keys.emplace_back();
    key.name = "main";
    key.value = config::Secret("secret");
    key.use_anthropic_endpoints = true;
    if (find(each.provider)->base_url.empty()) settings.network.base_url = "http://127.0.0.1:1";
    configure(each.provider, settings);
    const auto request = chat("m", true);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->target, each.target);
    EXPECT_EQ(request->headers.get(each.header), each.value);
    EXPECT_EQ(request->headers.get("anthropic-version"), "2023-06-01");
    EXPECT_EQ(models()->target, each.models) << "they are listed at the usual place";
  }
}

TEST_F(Prepare, TakesTheVersionOfABaseUrlForTheOneOfTheAnthropicSide) {
  for (const char* base : {"https://api.deepseek.com/v1", "https://api.deepseek.com"}) {
    ProviderSettings settings;
    settings.network.base_url = base;
    auto& key = settings.keys.emplace_back();
    key.value = config::Secret("secret");
    key.use_anthropic_endpoints = true;
    configure("deepseek", settings);
    EXPECT_EQ(chat("m", false)->target, "/anthropic/v1/messages");
  }
}

TEST_F(Prepare, WritesWhatOpenAiExpects) {
  configure("openai");
  const auto request = chat("gpt-4o", false);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->url.origin(), "https://api.openai.com");
  EXPECT_EQ(request->target, "/v1/chat/completions");
  EXPECT_EQ(request->headers.get("authorization"), "Bearer secret");
  EXPECT_EQ(request->headers.get("content-type"), "application/json");
  EXPECT_EQ(request->headers.get("accept"), "application/json");
  EXPECT_EQ(request->headers.get("accept-encoding"), "identity");
  EXPECT_TRUE(request->headers.get("user-agent").starts_with("bifrost/"));
  EXPECT_EQ(request->body, "{}");
}

TEST_F(Prepare, AsksForEventsWhenStreaming) {
  configure("openai");
  EXPECT_EQ(chat("gpt-4o", true)->headers.get("accept"), "text/event-stream");
}

TEST_F(Prepare, SendsEachProviderToItsAddress) {
  struct Case {
    std::string name;
    std::string_view origin;
    std::string_view chat;
    std::string_view models;
  };
  const Case cases[] = {
      {"groq", "https://api.groq.com", "/openai/v1/chat/completions", "/openai/v1/models"},
      {"openrouter", "https://openrouter.ai", "/api/v1/chat/completions", "/api/v1/models"},
      {"fireworks", "https://api.fireworks.ai", "/inference/v1/chat/completions",
       "/inference/v1/models"},
      {"deepseek", "https://api.deepseek.com", "/chat/completions", "/models"},
      {"mistral", "https://api.mistral.ai", "/v1/chat/completions", "/v1/models"},
      {"cerebras", "https://api.cerebras.ai", "/v1/chat/completions", "/v1/models"},
      {"ollama", "http://localhost:11434", "/v1/chat/completions", "/v1/models"},
  };
  for (const Case& each : cases) {
    configure(each.name);
    EXPECT_EQ(chat("m", false)->url.origin(), each.origin) << each.name;
    EXPECT_EQ(chat("m", false)->target, each.chat) << each.name;
    EXPECT_EQ(models("")->target, each.models) << each.name;
  }
}

TEST_F(Prepare, AuthenticatesInTheProvidersOwnWay) {
  configure("anthropic");
  EXPECT_EQ(chat("claude", false)->headers.get("x-api-key"), "secret");
  EXPECT_EQ(chat("claude", false)->headers.get("anthropic-version"), "2023-06-01");
  EXPECT_FALSE(chat("claude", false)->headers.contains("authorization"));
  configure("gemini");
  EXPECT_EQ(chat("gemini-x", false)->headers.get("x-goog-api-key"), "secret");
  configure("demo");
  EXPECT_FALSE(chat("chat", false)->headers.contains("authorization"));
}

TEST_F(Prepare, SendsOAuthTokensAsBearerTokens) {
  configure("anthropic", {}, "sk-ant-oat01-x");
  const auto request = chat("claude", false);
  EXPECT_EQ(request->headers.get("authorization"), "Bearer sk-ant-oat01-x");
  EXPECT_FALSE(request->headers.contains("x-api-key"));
  EXPECT_EQ(request->headers.get("anthropic-beta"), "oauth-2025-04-20");
  configure("gemini", {}, "ya29.x");
  EXPECT_EQ(chat("g", false)->headers.get("authorization"), "Bearer ya29.x");
}

TEST_F(Prepare, ShowsATokenInPlaceOfTheKeyThatItWasGotWith) {
  configure("cloud");
  Addressee with_token = to({llm::Operation::kListModels});
  with_token.token = "fetched";
  const auto request = models(with_token, {});
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->headers.get("authorization"), "Bearer fetched");
  EXPECT_FALSE(request->headers.contains("x-api-key"));
}

TEST_F(Prepare, AsksForATokenInAFormThatARequestMayHave) {
  configure("cloud");
  auto asked = ask_cloud(*key_, {});
  const auto good = prepare_token_request(*asked);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->headers.get("accept-encoding"), "identity");
  asked->headers.set("x-secret", "a\r\nb: c");
  const auto bad = prepare_token_request(*std::move(asked));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kConfigInvalid);
}

TEST_F(Prepare, ShowsNoCredentialWhereTheKeyHasNone) {
  configure("ollama", {}, "");
  EXPECT_FALSE(chat("llama", false)->headers.contains("authorization"));
}

TEST_F(Prepare, GoesToTheServerOfTheKey) {
  ProviderSettings settings;
  settings.keys.emplace_back().name = "gpu";
  settings.keys[0].own.set(SglKeySettings{.url = "http://10.0.0.7:30000/"});
  configure("sgl", settings);
  const auto request = chat("m", false);
  EXPECT_EQ(request->url.authority(), "10.0.0.7:30000");
  EXPECT_EQ(request->target, "/v1/chat/completions");
}

TEST_F(Prepare, ObeysPathOverrides) {
  ProviderSettings settings;
  settings.network.base_url = "https://x.example/base?k=v";
  settings.custom.emplace().base_provider_type = "openai";
  settings.custom->request_path_overrides.append("chat_completion", "/own/chat");
  settings.custom->request_path_overrides.append("chat_completion_stream",
                                                 "http://y.example:81/s?t=1");
  configure("mine", settings);
  EXPECT_EQ(chat("m", false)->url.host, "x.example");
  EXPECT_EQ(chat("m", false)->target, "/base/own/chat?k=v");
  EXPECT_EQ(chat("m", true)->url.authority(), "y.example:81");
  EXPECT_EQ(chat("m", true)->target, "/s?t=1");
}

TEST_F(Prepare, LetsTheOperatorsHeadersHaveTheLastWord) {
  ProviderSettings settings;
  settings.network.extra_headers.append("X-Team", config::Secret("blue"));
  settings.network.extra_headers.append("Authorization", config::Secret("Custom abc"));
  configure("openai", settings);
  const http::Headers caller = {{"x-bf-eh-x-team", "red"}};
  const auto request = chat("m", false, {.headers = &caller});
  EXPECT_EQ(request->headers.get("x-team"), "blue");
  EXPECT_EQ(request->headers.get("authorization"), "Custom abc");
}

TEST_F(Prepare, ForwardsWhatTheCallerAsksFor) {
  configure("openai");
  const http::Headers caller = {{"X-BF-EH-OpenAI-Beta", "x=1"},
                                {"x-bf-eh-authorization", "Bearer stolen"},
                                {"anthropic-beta", "not-here"},
                                {"x-other", "1"}};
  const auto request = chat("m", false, {.headers = &caller, .same_dialect = true});
  EXPECT_EQ(request->headers.get("openai-beta"), "x=1");
  EXPECT_EQ(request->headers.get("authorization"), "Bearer secret");
  EXPECT_FALSE(request->headers.contains("x-other"));
  EXPECT_FALSE(request->headers.contains("anthropic-beta"));
}

TEST_F(Prepare, JoinsBetaFeaturesOfAllSides) {
  ProviderSettings settings;
  settings.network.extra_headers.append("anthropic-beta", config::Secret("from-operator"));
  settings.network.beta_header_overrides.append("blocked-", false);
  configure("anthropic", settings);
  const http::Headers caller = {{"anthropic-beta", "native-1, blocked-2"},
                                {"anthropic-beta", "native-2"},
                                {"anthropic-version", "2024-01-01"},
                                {"x-bf-eh-anthropic-beta", "forwarded"}};
  const auto same = chat("m", false, {.headers = &caller, .same_dialect = true},
                         {{"anthropic-beta", "of-body,native-1"}});
  EXPECT_EQ(same->headers.get("anthropic-beta"),
            "of-body,native-1,native-2,forwarded,from-operator");
  EXPECT_EQ(same->headers.get("anthropic-version"), "2024-01-01");

  const auto translated = chat("m", false, {.headers = &caller});
  EXPECT_EQ(translated->headers.get("anthropic-beta"), "forwarded,from-operator");
  EXPECT_EQ(translated->headers.get("anthropic-version"), "2023-06-01");
}

TEST_F(Prepare, NeverSendsALineBreakInAHeader) {
  configure("openai", {}, "secret\r\nX-Injected: 1");
  const auto request = chat("m", false);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().message.find("secret"), std::string::npos);

  configure("openai");
  const http::Headers caller = {{"x-bf-eh-a", "b\nc"}};
  EXPECT_FALSE(chat("m", false, {.headers = &caller}));
  const http::Headers odd_name = {{"x-bf-eh-a b", "c"}};
  EXPECT_FALSE(chat("m", false, {.headers = &odd_name}));
}

TEST_F(Prepare, ListsModelsWithAGet) {
  configure("anthropic");
  const auto request = models("");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "GET");
  EXPECT_TRUE(request->target.starts_with("/v1/models"));
  EXPECT_EQ(request->headers.get("x-api-key"), "secret");
  EXPECT_FALSE(request->headers.contains("content-type"));
  EXPECT_TRUE(request->body.empty());
}

TEST(JoinTarget, TakesBasesWithAndWithoutAVersion) {
  struct Case {
    std::string_view base;
    std::string_view target;
    std::string_view joined;
  };
  const Case cases[] = {
      {"https://x", "/v1/chat/completions", "/v1/chat/completions"},
      {"https://x/", "/v1/chat/completions", "/v1/chat/completions"},
      {"https://x/v1", "/v1/chat/completions", "/v1/chat/completions"},
      {"https://x/v1/", "/v1/chat/completions", "/v1/chat/completions"},
      {"https://x/api/v4", "/v1/chat/completions", "/api/v4/chat/completions"},
      {"https://x/v1beta", "/v1beta/models/m:generateContent?alt=sse",
       "/v1beta/models/m:generateContent?alt=sse"},
      {"https://x/v1", "/chat/completions", "/v1/chat/completions"},
      {"https://x/vision", "/v1/models", "/vision/v1/models"},
      {"https://x/v1", "/v1", "/v1"},
      {"https://x?a=1", "/p", "/p?a=1"},
      {"https://x?a=1", "/p?b=2", "/p?b=2&a=1"},
      {"https://x", "", "/"},
  };
  for (const Case& each : cases) {
    const auto base = http::parse_url(each.base);
    ASSERT_TRUE(base);
    EXPECT_EQ(join_target(*base, each.target), each.joined) << each.base << " " << each.target;
  }
}

TEST(Forward, NeverForwardsCredentialsOrTheConnection) {
  for (const std::string_view name :
       {"proxy-authorization", "Cookie", "HOST", "content-length", "connection",
        "transfer-encoding", "x-api-key", "x-goog-api-key", "x-bf-api-key", "x-bf-vk",
        "authorization", "accept-encoding", ""}) {
    EXPECT_FALSE(may_forward(name)) << name;
  }
  EXPECT_TRUE(may_forward("openai-organization"));
}

TEST(Forward, ObeysTheFilter) {
  const http::Headers caller = {
      {"x-bf-eh-a", "1"}, {"X-Bf-Eh-B", "2"}, {"x-bf-eh-c", "3"}, {"x-bf-eh-", "4"}, {"d", "5"}};
  struct Case {
    HeaderFilterSettings filter;
    http::Headers forwarded;
  };
  const Case cases[] = {
      {{}, {{"a", "1"}, {"b", "2"}, {"c", "3"}}},
      {{.allowlist = {"A", "c"}}, {{"a", "1"}, {"c", "3"}}},
      {{.denylist = {"B"}}, {{"a", "1"}, {"c", "3"}}},
      {{.allowlist = {"a", "b"}, .denylist = {"a"}}, {{"b", "2"}}},
  };
  for (const Case& each : cases) EXPECT_EQ(forwarded_headers(caller, each.filter), each.forwarded);
}

TEST(Forward, ForwardsWhatChangesTheBillOrTheMethodWhenNamedOnly) {
  for (const char* name :
       {"openai-organization", "OpenAI-Project", "x-goog-user-project", "x-http-method-override"}) {
    const http::Headers caller = {{"x-bf-eh-" + std::string(name), "1"}};
    EXPECT_TRUE(forwarded_headers(caller, {}).empty()) << name;
    EXPECT_FALSE(forwarded_headers(caller, {.allowlist = {name}}).empty()) << name;
  }
}

TEST(BetaFeatures, LetsTheLongestPrefixDecide) {
  BetaFeatures betas;
  betas.add("skills-2025, files-api-2025,, skills-2025 ,files-api-2026");
  config::OrderedMap<bool> overrides;
  overrides.append("files-api-2026", true);
  overrides.append("files-", false);
  betas.filter(overrides);
  EXPECT_EQ(betas.value(), "skills-2025,files-api-2026");
}

TEST_F(Prepare, NeverLeavesThePathOfTheProvider) {
  configure("gemini");
  EXPECT_EQ(chat("a?b#c d/e", false)->target, "/v1beta/models/a%3Fb%23c%20d/e:generateContent");
  for (const std::string_view model : {"../../v1/x", "x/../y", "x/./y", "models/../x"}) {
    const auto refused = chat(model, false);
    ASSERT_FALSE(refused) << model;
    EXPECT_EQ(refused.error().code, ErrorCode::kConfigInvalid);
    EXPECT_EQ(refused.error().retry, Retry::kOtherTarget) << "a fallback may do";
  }
}

}  // namespace
}  // namespace bifrost::provider
