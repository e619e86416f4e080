#include "provider/provider.h"

#include "dialect/chat_codec.h"
#include "http/url.h"
#include "provider/reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace bifrost::provider {
namespace {

bool is_token(std::string_view text, std::string_view extra) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           extra.find(c) != std::string_view::npos;
  });
}

TEST(ProviderTable, ServesTheProvidersOfTheReference) {
  for (const std::string_view name :
       {"openai", "anthropic", "gemini", "demo", "groq", "mistral", "ollama", "openrouter",
        "cerebras", "xai", "deepseek", "perplexity", "fireworks", "nebius", "parasail",
        "huggingface", "vllm", "sgl"}) {
    ASSERT_NE(find(name), nullptr) << name;
    EXPECT_EQ(find(name)->name, name);
  }
  EXPECT_EQ(find("OpenAI"), nullptr);
  EXPECT_EQ(find(""), nullptr);
}

TEST(ProviderTable, HasCompleteAndSaneRows) {
  std::set<std::string_view> names;
  for (const ProviderSpec& spec : all()) {
    SCOPED_TRACE(spec.name);
    EXPECT_TRUE(is_token(spec.name, "-_"));
    EXPECT_TRUE(names.insert(spec.name).second) << "listed twice";
    EXPECT_FALSE(spec.title.empty());
    ASSERT_FALSE(spec.sides.empty());
    for (const SideSpec& side : spec.sides) {
      ASSERT_NE(side.dialect, nullptr);
      EXPECT_EQ(side.signing == &kUnsigned, spec.key_rule == KeyRule::kNone);
      EXPECT_TRUE(side.offers.has({side.dialect->chat->operation}));
      for (const std::string_view name : llm::request_type_names()) {
        const llm::RequestType type = *llm::find_request_type(name);
        if (side.offers.has(type)) EXPECT_TRUE(side.dialect->speaks().has(type)) << name;
      }
    }
    EXPECT_TRUE(spec.usual().offers.has({llm::Operation::kChat}));
    EXPECT_FALSE(spec.usual().on_request);
    if (!spec.built_in) {
      EXPECT_TRUE(spec.docs.starts_with("https://"));
      EXPECT_TRUE(!spec.base_url.empty() || spec.url_per_key) << "no address";
    }
    if (spec.key_rule == KeyRule::kRequired) {
      EXPECT_TRUE(spec.key_env.ends_with("_API_KEY") || spec.key_env == "HF_TOKEN");
    }
  }
}

TEST(ProviderTable, HasAddressesThatCanBeUsed) {
  for (const ProviderSpec& spec : all()) {
    SCOPED_TRACE(spec.name);
    if (!spec.base_url.empty()) {
      const auto url = http::parse_url(spec.base_url);
      ASSERT_TRUE(url) << url.error().message;
      EXPECT_TRUE(url->tls || url->host == "localhost");
      EXPECT_FALSE(spec.base_url.ends_with('/'));
    }
    for (const SideSpec& side : spec.sides) {
      for (const auto& [operation, path] : side.paths) {
        EXPECT_TRUE(http::is_request_target(path)) << path;
        EXPECT_EQ(side.path_of(operation), path) << llm::name_of(operation) << " stands twice";
      }
    }
  }
}

std::vector<std::pair<std::string_view, SideSpec>> all_sides() {
  std::vector<std::pair<std::string_view, SideSpec>> sides;
  for (const ProviderSpec& spec : all()) {
    for (const SideSpec& side : spec.sides) sides.emplace_back(spec.name, side);
  }
  return sides;
}

TEST(ProviderTable, HasQuirksThatMakeSense) {
  for (const auto& [name, side] : all_sides()) {
    SCOPED_TRACE(name);
    const dialect::Flavor& flavor = side.flavor;
    std::set<std::string_view> fields;
    for (const std::string_view field : flavor.removed_fields) {
      EXPECT_TRUE(is_token(field, "_")) << field;
      EXPECT_TRUE(fields.insert(field).second) << field;
      EXPECT_NE(field, "model");
      EXPECT_NE(field, "messages");
    }
    for (const auto& [ours, theirs] : flavor.renamed_fields) {
      EXPECT_TRUE(is_token(ours, "_") && is_token(theirs, "_")) << ours;
      EXPECT_NE(ours, theirs);
      EXPECT_TRUE(fields.insert(ours).second) << ours << " is removed as well";
      EXPECT_FALSE(fields.contains(theirs)) << theirs << " is removed as well";
    }
    EXPECT_FALSE(flavor.required_choice.empty());
    EXPECT_FALSE(flavor.minimal_effort.empty());
    for (const StaticHeader& header : side.headers) {
      EXPECT_TRUE(is_token(header.name, "-")) << header.name;
      EXPECT_FALSE(header.value.empty());
    }
  }
}

TEST(ProviderTable, HasTheAnthropicSidesOfTheReference) {
  std::set<std::string_view> names;
  for (const ProviderSpec& spec : all()) {
    const SideSpec* side = spec.on_request();
    if (side == nullptr) continue;
    names.insert(spec.name);
    EXPECT_EQ(side->dialect->name, "anthropic");
    EXPECT_FALSE(side->offers.has({llm::Operation::kListModels}));
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"deepseek", "fireworks", "vllm", "sgl"}));
}

TEST(ProviderTable, NamesNothingBothServedAndUnserved) {
  for (const std::string_view name : unserved()) EXPECT_EQ(find(name), nullptr) << name;
  EXPECT_NE(std::ranges::find(unserved(), "azure"), unserved().end());
}

TEST(ProviderTable, WritesHuggingFaceModelsAsTheRouterTakesThem) {
  struct Case {
    std::string_view model;
    std::string_view wire;
  };
  const Case cases[] = {
      {"together/meta-llama/Llama-3", "meta-llama/Llama-3:together"},
      {"fireworks/meta-llama/Llama-3", "meta-llama/Llama-3:fireworks-ai"},
      {"meta-llama/Llama-3", "meta-llama/Llama-3"},
      {"nebius/model", "nebius/model"},
      {"unknown/owner/model", "unknown/owner/model"},
      {"meta-llama/Llama-3:groq", "meta-llama/Llama-3:groq"},
      {"model", "model"},
      {"", ""},
  };
  for (const Case& each : cases) EXPECT_EQ(find("huggingface")->wire_model(each.model), each.wire);
}

TEST(ProviderReference, HasARowForEachProvider) {
  const std::string page = provider_reference();
  for (const ProviderSpec& spec : all()) {
    const auto at = page.find("\n| `" + std::string(spec.name) + "` |");
    ASSERT_NE(at, std::string::npos) << spec.name;
    const std::string row = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
    EXPECT_EQ(std::ranges::count(row, '|'), 9) << row;
  }
  EXPECT_NE(page.find("`azure`"), std::string::npos);
}

TEST(ProviderReference, TellsTheDifferences) {
  const std::string page = provider_reference();
  for (const std::string_view text :
       {"tool choice `required` becomes `any`", "`max_completion_tokens` becomes `max_tokens`",
        "chats at `/chat/completions`", "a forced tool call switches thinking off",
        "keys with `use_anthropic_endpoints` speak `anthropic` at `/anthropic/v1/messages`, key in "
        "`x-api-key`"}) {
    EXPECT_NE(page.find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace bifrost::provider
