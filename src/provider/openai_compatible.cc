// Providers that speak OpenAI's chat completions. Each row says where it departs from OpenAI.

#include "base/strings.h"
#include "dialect/anthropic/dialect.h"
#include "dialect/openai_chat/dialect.h"
#include "dialect/openai_responses/dialect.h"
#include "provider/rows.h"

#include <array>
#include <utility>

namespace bifrost::provider {
namespace {

using Field = std::string_view;
using Rename = std::pair<std::string_view, std::string_view>;

// Features of OpenAI's own platform. Others refuse them, or would take them for something else.
constexpr Field kOpenAiOnly[] = {"prompt_cache_key", "verbosity", "store", "service_tier"};

// The name before OpenAI's reasoning models; these endpoints know no other.
constexpr Rename kOldLimitName[] = {{"max_completion_tokens", "max_tokens"}};

// OpenAI's limit of `user` is kept for all: a longer one holds more than an identifier.
constexpr std::size_t kUserBytesMax = 64;

dialect::Flavor common_flavor() {
  return {
      .removed_fields = kOpenAiOnly,
      .minimal_effort = "low",
      .user_bytes_max = kUserBytesMax,
  };
}

dialect::Flavor old_limit_flavor() {
  dialect::Flavor flavor = common_flavor();
  flavor.renamed_fields = kOldLimitName;
  return flavor;
}

ProviderSpec compatible(std::string_view name, std::string_view title) {
  return {
      .name = name,
      .title = title,
      .sides = {{.dialect = &dialect::openai_chat::dialect(), .flavor = common_flavor()}},
  };
}

// For those that have Responses of their own.
SideSpec responses_side() {
  return {.dialect = &dialect::openai_responses::dialect(),
          .offers = kResponsesOnly,
          .flavor = {.developer_role = true, .user_bytes_max = kUserBytesMax}};
}

// The side of a row that `compatible` made.
SideSpec& usual(ProviderSpec& spec) { return spec.sides.front(); }

constexpr StaticHeader kAnthropicHeaders[] = {{"anthropic-version", "2023-06-01"}};

// Chats only: models are listed by the usual side.
SideSpec anthropic_side() {
  return {
      .dialect = &dialect::anthropic::dialect(),
      .offers = kChatOnly,
      .headers = kAnthropicHeaders,
      .on_request = true,
  };
}

// ---------------------------------------------------------------------------------------------
// Makers of models

// Refuses unknown fields with 422, reports usage in every stream unasked, and has its own names.
// https://docs.mistral.ai/api/endpoint/chat
constexpr Field kMistralRemoved[] = {"prompt_cache_key", "verbosity", "store", "service_tier",
                                     "stream_options"};
constexpr Rename kMistralNames[] = {{"max_completion_tokens", "max_tokens"},
                                    {"seed", "random_seed"}};

ProviderSpec mistral() {
  ProviderSpec spec = compatible("mistral", "Mistral");
  spec.base_url = "https://api.mistral.ai";
  spec.key_env = "MISTRAL_API_KEY";
  usual(spec).flavor.removed_fields = kMistralRemoved;
  usual(spec).flavor.renamed_fields = kMistralNames;
  usual(spec).flavor.injects_usage_option = false;
  // https://docs.mistral.ai/capabilities/function_calling
  usual(spec).flavor.named_tool_choice = false;
  usual(spec).flavor.required_choice = "any";
  spec.docs = "https://docs.mistral.ai/api/endpoint/chat";
  return spec;
}

ProviderSpec xai() {
  ProviderSpec spec = compatible("xai", "xAI");
  spec.base_url = "https://api.x.ai";
  spec.key_env = "XAI_API_KEY";
  // https://docs.x.ai/docs/guides/chat
  spec.sides.push_back(responses_side());
  spec.sides.back().flavor.keeps_unless_told = true;
  spec.docs = "https://docs.x.ai/docs/api-reference";
  spec.notes = "Some models refuse reasoning_effort; the refusal is passed on";
  return spec;
}

// https://api-docs.deepseek.com/guides/anthropic_api
constexpr OperationPath kDeepseekAnthropicPaths[] = {
    {llm::Operation::kChat, "/anthropic/v1/messages"},
};

SideSpec deepseek_anthropic_side() {
  SideSpec side = anthropic_side();
  side.signing = &kApiKeyHeader;
  side.paths = kDeepseekAnthropicPaths;
  side.flavor.forced_tool_ends_thinking = true;
  return side;
}

// No version in them. https://api-docs.deepseek.com/api/create-chat-completion
constexpr OperationPath kDeepseekPaths[] = {
    {llm::Operation::kChat, "/chat/completions"},
    {llm::Operation::kListModels, "/models"},
};

ProviderSpec deepseek() {
  ProviderSpec spec = compatible("deepseek", "DeepSeek");
  spec.base_url = "https://api.deepseek.com";
  spec.key_env = "DEEPSEEK_API_KEY";
  usual(spec).paths = kDeepseekPaths;
  usual(spec).flavor = old_limit_flavor();
  // A tool call is continued with the thoughts that led to it.
  // https://api-docs.deepseek.com/guides/thinking_mode
  usual(spec).flavor.reasoning_history = dialect::ReasoningHistory::kContent;
  // It thinks unless told not to, and then answers a forced tool call with status 400.
  // https://github.com/deepseek-ai/DeepSeek-V3/issues/1376
  usual(spec).flavor.forced_tool_ends_thinking = true;
  spec.sides.push_back(deepseek_anthropic_side());
  spec.docs = "https://api-docs.deepseek.com/api/create-chat-completion";
  return spec;
}

// Its models search and have no tools of the caller's; the fields are refused or ignored.
// https://docs.perplexity.ai/api-reference/chat-completions-post
constexpr Field kPerplexityRemoved[] = {
    "prompt_cache_key",
    "verbosity",
    "store",
    "service_tier",
    "tools",
    "tool_choice",
    "stop",
    "parallel_tool_calls",
    "logit_bias",
    "top_logprobs",
    "seed",
    "logprobs",
};

constexpr OperationPath kPerplexityPaths[] = {{llm::Operation::kChat, "/chat/completions"}};

ProviderSpec perplexity() {
  ProviderSpec spec = compatible("perplexity", "Perplexity");
  spec.base_url = "https://api.perplexity.ai";
  spec.key_env = "PERPLEXITY_API_KEY";
  usual(spec).paths = kPerplexityPaths;
  usual(spec).flavor = old_limit_flavor();
  usual(spec).flavor.removed_fields = kPerplexityRemoved;
  usual(spec).flavor.injects_usage_option = false;  // every chunk has it
  usual(spec).offers = usual(spec).offers.without({llm::Operation::kListModels});
  spec.docs = "https://docs.perplexity.ai/docs/sonar/openai-compatibility";
  return spec;
}

// ---------------------------------------------------------------------------------------------
// Hosts of other people's models

ProviderSpec groq() {
  ProviderSpec spec = compatible("groq", "Groq");
  spec.base_url = "https://api.groq.com/openai";
  spec.key_env = "GROQ_API_KEY";
  // https://console.groq.com/docs/responses-api
  spec.sides.push_back(responses_side());
  spec.docs = "https://console.groq.com/docs/openai";
  return spec;
}

ProviderSpec cerebras() {
  ProviderSpec spec = compatible("cerebras", "Cerebras");
  spec.base_url = "https://api.cerebras.ai";
  spec.key_env = "CEREBRAS_API_KEY";
  spec.docs = "https://inference-docs.cerebras.ai/resources/openai";
  return spec;
}

ProviderSpec fireworks() {
  ProviderSpec spec = compatible("fireworks", "Fireworks AI");
  spec.base_url = "https://api.fireworks.ai/inference";
  spec.key_env = "FIREWORKS_API_KEY";
  // https://docs.fireworks.ai/tools-sdks/anthropic-compatibility
  spec.sides.push_back(anthropic_side());
  // https://docs.fireworks.ai/guides/response-api
  spec.sides.push_back(responses_side());
  spec.sides.back().flavor.keeps_unless_told = true;
  spec.docs = "https://docs.fireworks.ai/api-reference/post-chatcompletions";
  return spec;
}

ProviderSpec nebius() {
  ProviderSpec spec = compatible("nebius", "Nebius Token Factory");
  spec.base_url = "https://api.tokenfactory.nebius.com";
  spec.key_env = "NEBIUS_API_KEY";
  spec.docs = "https://docs.tokenfactory.nebius.com/api-reference/introduction";
  return spec;
}

ProviderSpec parasail() {
  ProviderSpec spec = compatible("parasail", "Parasail");
  spec.base_url = "https://api.parasail.io";
  spec.key_env = "PARASAIL_API_KEY";
  spec.docs = "https://docs.parasail.io/parasail-docs/api-reference";
  return spec;
}

ProviderSpec openrouter() {
  ProviderSpec spec = compatible("openrouter", "OpenRouter");
  spec.base_url = "https://openrouter.ai/api";
  spec.key_env = "OPENROUTER_API_KEY";
  // Passed on to the providers that know it (Anthropic, Gemini).
  // https://openrouter.ai/docs/features/prompt-caching
  usual(spec).flavor.keeps_cache_control = true;
  // https://openrouter.ai/docs/features/images-and-pdfs
  usual(spec).flavor.files_by_address = true;
  // https://openrouter.ai/docs/use-cases/reasoning-tokens
  usual(spec).flavor.reasoning_object = true;
  usual(spec).flavor.reasoning_history = dialect::ReasoningHistory::kDetails;
  // https://openrouter.ai/docs/api-reference/responses-api/overview
  spec.sides.push_back(responses_side());
  spec.sides.back().flavor.keeps_cache_control = true;
  spec.docs = "https://openrouter.ai/docs/api-reference/chat-completion";
  return spec;
}

// Hugging Face's router takes "owner/model:host"; configurations of the original write
// "host/owner/model", with some hosts under another name.
// https://huggingface.co/docs/inference-providers/index
struct HuggingFaceHost {
  std::string_view written;
  std::string_view suffix;
};

constexpr std::array<HuggingFaceHost, 20> kHuggingFaceHosts = {{
    {"baseten", "baseten"},
    {"cerebras", "cerebras"},
    {"cohere", "cohere"},
    {"fal-ai", "fal-ai"},
    {"featherless-ai", "featherless-ai"},
    {"fireworks", "fireworks-ai"},
    {"fireworks-ai", "fireworks-ai"},
    {"groq", "groq"},
    {"hf-inference", "hf-inference"},
    {"hyperbolic", "hyperbolic"},
    {"nebius", "nebius"},
    {"novita", "novita"},
    {"nscale", "nscale"},
    {"ovhcloud-ai-endpoints", "ovhcloud"},
    {"public-ai", "publicai"},
    {"replicate", "replicate"},
    {"sambanova", "sambanova"},
    {"scaleway", "scaleway"},
    {"together", "together"},
    {"z-ai", "zai-org"},
}};

std::string huggingface_wire_model(std::string_view model) {
  const auto parts = split_once(model, '/');
  // A model of the hub is "owner/model": only a third part can be a host.
  if (!parts || parts->second.find('/') == std::string_view::npos) return std::string(model);
  for (const HuggingFaceHost& host : kHuggingFaceHosts) {
    if (host.written == parts->first) {
      return std::string(parts->second) + ":" + std::string(host.suffix);
    }
  }
  return std::string(model);
}

ProviderSpec huggingface() {
  ProviderSpec spec = compatible("huggingface", "Hugging Face");
  spec.base_url = "https://router.huggingface.co";
  spec.key_env = "HF_TOKEN";
  // https://huggingface.co/docs/inference-providers/tasks/chat-completion
  usual(spec).flavor = old_limit_flavor();
  spec.wire_model = huggingface_wire_model;
  spec.docs = "https://huggingface.co/docs/inference-providers/index";
  spec.notes = "huggingface/<host>/<owner>/<model> is sent as <owner>/<model>:<host>";
  return spec;
}

// ---------------------------------------------------------------------------------------------
// Servers of one's own

ProviderSpec self_hosted(std::string_view name, std::string_view title) {
  ProviderSpec spec = compatible(name, title);
  spec.key_rule = KeyRule::kOptional;
  spec.url_per_key = true;
  return spec;
}

ProviderSpec ollama() {
  ProviderSpec spec = self_hosted("ollama", "Ollama");
  spec.base_url = "http://localhost:11434";  // where it listens unless told otherwise
  // https://github.com/ollama/ollama/blob/main/docs/openai.md
  usual(spec).flavor = old_limit_flavor();
  spec.docs = "https://github.com/ollama/ollama/blob/main/docs/openai.md";
  return spec;
}

ProviderSpec vllm() {
  ProviderSpec spec = self_hosted("vllm", "vLLM");
  // Its servers look for a bearer token on every path.
  // https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
  spec.sides.push_back(anthropic_side());
  spec.sides.push_back(responses_side());
  spec.docs = "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html";
  spec.notes = "A key with vllm_key_config.model_name serves that model only";
  return spec;
}

ProviderSpec sgl() {
  ProviderSpec spec = self_hosted("sgl", "SGLang");
  // https://docs.sglang.io/docs/basic_usage/anthropic_api
  spec.sides.push_back(anthropic_side());
  spec.docs = "https://docs.sglang.ai/basic_usage/openai_api_completions.html";
  return spec;
}

}  // namespace

std::vector<ProviderSpec> openai_compatible() {
  return {
      mistral(),    xai(),         deepseek(),  perplexity(),              // makers
      groq(),       cerebras(),    fireworks(), nebius(),     parasail(),  // hosts
      openrouter(), huggingface(), ollama(),    vllm(),       sgl(),       // servers of one's own
  };
}

}  // namespace bifrost::provider
