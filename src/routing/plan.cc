#include "routing/plan.h"

#include "base/limits.h"
#include "base/strings.h"
#include "base/try.h"
#include "llm/model_name.h"
#include "routing/permit.h"

#include <algorithm>
#include <utility>

namespace bifrost::routing {
namespace {

using provider::Endpoint;
using provider::Registry;

constexpr std::size_t kShownBytesMax = 200;  // of a caller's text in a message

struct Family {
  std::string_view prefix;
  std::string_view provider;
};

// How the makers of models begin their names. Only hints: a key that lists a model goes first.
constexpr Family kFamilies[] = {
    {"gpt-", "openai"},        {"chatgpt-", "openai"},
    {"o1", "openai"},          {"o3", "openai"},
    {"o4", "openai"},          {"codex-", "openai"},
    {"claude-", "anthropic"},  {"gemini-", "gemini"},
    {"gemma-", "gemini"},      {"mistral-", "mistral"},
    {"ministral-", "mistral"}, {"magistral-", "mistral"},
    {"codestral-", "mistral"}, {"devstral-", "mistral"},
    {"pixtral-", "mistral"},   {"open-mistral-", "mistral"},
    {"deepseek-", "deepseek"}, {"grok-", "xai"},
    {"sonar", "perplexity"},
};

std::string shown(std::string_view text) {
  return "\"" + std::string(utf8_prefix(text, kShownBytesMax)) + "\"";
}

std::string configured(const Registry& registry) {
  if (registry.empty()) return "no provider is configured";
  return "configured providers: " + registry.names();
}

Error not_found(std::string message) {
  Error error = client_error(ErrorCode::kModelNotFound, std::move(message), "model");
  error.retry = Retry::kOtherTarget;
  return error;
}

bool is_known_provider(std::string_view name) {
  const auto unserved = provider::unserved();
  return provider::find(name) != nullptr || std::ranges::find(unserved, name) != unserved.end();
}

std::optional<std::string_view> nearest_configured(const Registry& registry,
                                                   std::string_view name) {
  constexpr std::size_t kNameBytesMax = 64;  // comparing costs length times length
  if (name.size() > kNameBytesMax) return std::nullopt;
  std::vector<std::string_view> names;
  for (const Endpoint& endpoint : registry) names.push_back(endpoint.name);
  return nearest(name, names);
}

// Was the text before the slash meant as a provider ("openia/gpt-4o"), rather than as a part of the
// model's name ("meta-llama/Llama-3")?
bool means_a_provider(const Registry& registry, std::string_view name) {
  return is_known_provider(name) || nearest_configured(registry, name);
}

// The provider in "provider/model" is not configured.
Error not_configured(const Registry& registry, std::string_view model, std::string_view name) {
  std::string message = "model " + shown(model) + ": provider " + shown(name) +
                        (is_known_provider(name) ? " is not configured" : " is not known");
  if (const auto near = nearest_configured(registry, name)) {
    message += "; did you mean \"" + std::string(*near) + "\"?";
  }
  return not_found(message + " (" + configured(registry) + ")");
}

const Endpoint* first_that_lists(const Registry& registry, std::string_view model) {
  for (const Endpoint& endpoint : registry) {
    if (best_permit(endpoint, model) == Permit::kExplicit) return &endpoint;
  }
  return nullptr;
}

// The provider of that name, when one of its keys may use the model.
const Endpoint* willing(const Registry& registry, std::string_view name, std::string_view model) {
  const Endpoint* endpoint = registry.find(name);
  return endpoint != nullptr && allows(best_permit(*endpoint, model)) ? endpoint : nullptr;
}

const Endpoint* by_family(const Registry& registry, std::string_view model) {
  for (const Family& family : kFamilies) {
    if (!model.starts_with(family.prefix)) continue;
    if (const Endpoint* endpoint = willing(registry, family.provider, model)) return endpoint;
  }
  return nullptr;
}

std::vector<const Endpoint*> that_take_all(const Registry& registry, std::string_view model) {
  std::vector<const Endpoint*> found;
  for (const Endpoint& endpoint : registry) {
    if (allows(best_permit(endpoint, model))) found.push_back(&endpoint);
  }
  if (found.size() > 1) {
    std::erase_if(found, [](const Endpoint* endpoint) { return endpoint->spec->built_in; });
  }
  return found;
}

Result<const Endpoint*> provider_of_bare(const Registry& registry, std::string_view model,
                                         std::string_view default_provider) {
  if (const Endpoint* own = willing(registry, default_provider, model)) return own;
  if (const Endpoint* listed = first_that_lists(registry, model)) return listed;
  const auto parts = split_once(model, '/');
  if (parts && means_a_provider(registry, parts->first)) {
    return not_configured(registry, model, parts->first);
  }
  if (const Endpoint* maker = by_family(registry, model)) return maker;

  const std::vector<const Endpoint*> takers = that_take_all(registry, model);
  if (takers.size() == 1) return takers.front();
  if (parts) return not_configured(registry, model, parts->first);
  if (takers.empty()) {
    return not_found("no configured provider has a key for model " + shown(model) + " (" +
                     configured(registry) + ")");
  }
  return client_error(ErrorCode::kInvalidRequest,
                      "model " + shown(model) +
                          " names no provider, and several might serve it: write provider/model (" +
                          configured(registry) + ")",
                      "model");
}

// Those that lead somewhere.
void append_fallbacks(const Registry& registry, const PlanRequest& request,
                      std::vector<Target>& out) {
  for (std::size_t i = 0; i < request.fallbacks.size(); ++i) {
    auto target = resolve(registry, request.fallbacks[i], request.default_provider);
    if (!target) continue;
    target->fallback_index = i + 1;
    out.push_back(std::move(*target));
  }
}

}  // namespace

Result<Target> resolve(const Registry& registry, std::string_view model,
                       std::string_view default_provider) {
  if (model.empty()) {
    return client_error(ErrorCode::kInvalidRequest, "model is missing: write provider/model",
                        "model");
  }
  const auto name = llm::parse_model_name(
      model, [&](std::string_view prefix) { return registry.find(prefix) != nullptr; });
  if (!name.provider.empty()) return Target{registry.find(name.provider), name.model, 0};
  if (model.ends_with('/') && registry.find(model.substr(0, model.size() - 1)) != nullptr) {
    return client_error(ErrorCode::kInvalidRequest, "model " + shown(model) + " names no model",
                        "model");
  }
  BF_TRY(const Endpoint* endpoint, provider_of_bare(registry, model, default_provider));
  return Target{endpoint, name.model, 0};
}

Result<Plan> plan(const Registry& registry, const PlanRequest& request) {
  if (request.fallbacks.size() > limits::kFallbacksMax) {
    return client_error(ErrorCode::kInvalidRequest,
                        "at most " + std::to_string(limits::kFallbacksMax) + " fallbacks",
                        "fallbacks");
  }
  Plan out;
  auto primary = resolve(registry, request.model, request.default_provider);
  // A request that does not say what it wants is not repaired by its fallbacks.
  if (!primary && primary.error().code != ErrorCode::kModelNotFound) return primary.error();

  if (primary) {
    out.targets.push_back(std::move(*primary));
  } else {
    out.primary_error = std::move(primary).error();
  }
  append_fallbacks(registry, request, out.targets);
  if (out.targets.empty()) return *std::move(out.primary_error);
  return out;
}

}  // namespace bifrost::routing
