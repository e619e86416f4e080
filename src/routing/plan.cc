#include "routing/plan.h"

#include "base/limits.h"
#include "base/strings.h"
#include "base/try.h"
#include "llm/model_name.h"
#include "routing/keys.h"
#include "routing/permit.h"

#include <algorithm>
#include <utility>

namespace bifrost::routing {
namespace {

using provider::Endpoint;
using provider::Registry;

struct Family {
  std::string_view name;  // what its models begin with
  std::string_view maker;
  bool open = false;  // there are models with public weights in it, that anybody may serve
};

// How the makers of models begin their names. Only hints: a key that lists a model goes first.
constexpr Family kFamilies[] = {
    {"gpt", "openai"},
    {"chatgpt", "openai"},
    {"o1", "openai"},
    {"o3", "openai"},
    {"o4", "openai"},
    {"codex", "openai"},
    {"claude", "anthropic"},
    {"gemini", "gemini"},
    {"gemma", "gemini", true},
    {"mistral", "mistral", true},
    {"ministral", "mistral", true},
    {"magistral", "mistral", true},
    {"codestral", "mistral", true},
    {"devstral", "mistral", true},
    {"pixtral", "mistral", true},
    {"open-mistral", "mistral", true},
    {"deepseek", "deepseek", true},
    {"grok", "xai"},
    {"sonar", "perplexity"},
};
constexpr std::string_view kOpenGpt = "gpt-oss";  // public weights, and none that OpenAI serves

std::string configured(const Registry& registry) {
  if (registry.empty()) return "no provider is configured";
  return "configured providers: " + registry.names();
}

Error not_found(std::string message) {
  Error error = client_error(ErrorCode::kModelNotFound, std::move(message), "model");
  error.retry = Retry::kOtherTarget;
  return error;
}

bool is_unserved(std::string_view name) {
  return std::ranges::find(provider::unserved(), name) != provider::unserved().end();
}

bool is_known_provider(std::string_view name) {
  return provider::find(name) != nullptr || is_unserved(name);
}

// What is wrong with a provider that is not among the configured ones, and what to do.
std::string not_configured_text(std::string_view name) {
  const std::string shown = quoted(name);
  if (is_unserved(name)) return shown + " is known, but not served by this version";
  const provider::ProviderSpec* spec = provider::find(name);
  if (spec == nullptr) return shown + " is not known";
  std::string text = shown + " is not configured: add it to the configuration's providers";
  if (!spec->key_env.empty()) {
    text += ", or set " + std::string(spec->key_env) + " where there is no configuration file";
  }
  return text;
}

// Does the name begin with this word, and not just with its letters ("o1-mini", but not "o1x")?
bool begins(std::string_view model, std::string_view word) {
  if (!model.starts_with(word)) return false;
  const char next = model.size() == word.size() ? '-' : ascii_lower(model[word.size()]);
  return (next < 'a' || next > 'z') && (next < '0' || next > '9');
}

const Family* family_of(std::string_view model) {
  if (begins(model, kOpenGpt)) return nullptr;
  const bool may_have_prefix = model.find('/') != std::string_view::npos;
  const auto* found = std::ranges::find_if(kFamilies, [&](const Family& family) {
    const provider::ProviderSpec* maker = may_have_prefix ? provider::find(family.maker) : nullptr;
    return begins(maker != nullptr ? maker->canonical_model(model) : model, family.name);
  });
  return found == std::end(kFamilies) ? nullptr : found;
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
  std::string message = "model " + quoted(model) + ": provider " + not_configured_text(name);
  const auto near = nearest_configured(registry, name);
  if (near && !is_known_provider(name)) message += "; did you mean " + quoted(*near) + "?";
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

bool is_built_in(const Endpoint* endpoint) { return endpoint->spec->built_in; }

// A model that its maker does not serve here; the others get it only by their name.
Error not_at_its_maker(const Registry& registry, std::string_view model, std::string_view maker,
                       std::span<const Endpoint* const> takers) {
  std::string message = "model " + quoted(model) + ": ";
  if (registry.find(maker) != nullptr) {
    message += "no key of provider " + quoted(maker) + " may use it";
  } else {
    message += "its provider " + not_configured_text(maker);
  }
  std::vector<std::string> names;
  for (const Endpoint* taker : takers) {
    if (!is_built_in(taker)) names.push_back(taker->name);
  }
  if (!names.empty()) {
    message += "; write " + (names.size() == 1 ? names.front() : std::string("provider")) + "/" +
               std::string(utf8_prefix(model, 200)) + " to have it from another one";
  }
  if (std::ranges::any_of(takers, is_built_in)) message += "; demo/chat answers offline";
  return not_found(message + " (" + configured(registry) + ")");
}

// The only provider that takes whatever it is given.
Result<const Endpoint*> only_taker(const Registry& registry, std::string_view model,
                                   const Family* family) {
  const std::vector<const Endpoint*> takers = that_take_all(registry, model);
  const bool nobody = std::ranges::all_of(takers, is_built_in);
  if (family != nullptr && (!family->open || nobody)) {
    return not_at_its_maker(registry, model, family->maker, takers);
  }
  if (takers.size() == 1) return takers.front();
  if (const auto parts = split_once(model, '/'))
    return not_configured(registry, model, parts->first);
  if (takers.empty()) {
    return not_found("no configured provider has a key for model " + quoted(model) + " (" +
                     configured(registry) + ")");
  }
  return client_error(ErrorCode::kInvalidRequest,
                      "model " + quoted(model) +
                          " names no provider, and several might serve it: write provider/model (" +
                          configured(registry) + ")",
                      "model");
}

Result<const Endpoint*> provider_of_bare(const Registry& registry, std::string_view model,
                                         std::string_view default_provider) {
  const auto parts = split_once(model, '/');
  const Endpoint* own = willing(registry, default_provider, model);
  const bool foreign = parts && is_known_provider(parts->first);
  if (own != nullptr && (!foreign || best_permit(*own, model) == Permit::kExplicit)) return own;
  if (const Endpoint* listed = first_that_lists(registry, model)) return listed;
  if (parts && means_a_provider(registry, parts->first)) {
    return not_configured(registry, model, parts->first);
  }
  const Family* family = family_of(model);
  if (family != nullptr) {
    if (const Endpoint* maker = willing(registry, family->maker, model)) return maker;
  }
  return only_taker(registry, model, family);
}

Target target_at(const Endpoint& endpoint, std::string_view model) {
  return {.endpoint = &endpoint, .model = std::string(endpoint.canonical_model(model))};
}

// Where one model goes, when the caller may go there.
Result<Target> allowed_target(const Registry& registry, const PlanRequest& request,
                              std::string_view model) {
  BF_TRY(Target target, resolve(registry, model, request.default_provider));
  BF_TRY_VOID(check_access(request.constraints, *target.endpoint, target.model));
  return target;
}

// Does something stand in the way of this target only, so that another one may do?
bool others_may_do(const Error& error) { return error.retry == Retry::kOtherTarget; }

Result<void> check_fallbacks(std::span<const std::string> fallbacks) {
  if (fallbacks.size() > limits::kFallbacksMax) {
    return client_error(ErrorCode::kInvalidRequest,
                        "at most " + std::to_string(limits::kFallbacksMax) + " fallbacks",
                        "fallbacks");
  }
  for (std::size_t i = 0; i < fallbacks.size(); ++i) {
    BF_TRY_VOID(llm::check_model_name(fallbacks[i], "fallbacks[" + std::to_string(i) + "]"));
  }
  return {};
}

// The one that it is pinned to.
bool has_key(const Target& target) {
  return !target.pin.any() ||
         std::ranges::any_of(target.endpoint->keys, [&](const provider::Key& key) {
           return key.settings.enabled && may_use({.pin = target.pin}, *target.endpoint, key);
         });
}

// Those that lead somewhere, and nowhere twice.
void append_fallbacks(const Registry& registry, const PlanRequest& request,
                      std::vector<Target>& out) {
  const auto leave_out = [&](std::size_t i, std::optional<Error> why) {
    if (request.trail != nullptr) {
      request.trail->left_out.push_back({.model = request.fallbacks[i], .why = std::move(why)});
    }
  };
  for (std::size_t i = 0; i < request.fallbacks.size(); ++i) {
    auto target = allowed_target(registry, request, request.fallbacks[i]);
    if (!target) {
      leave_out(i, std::move(target).error());
      continue;
    }
    // Asking the same one twice is what retries are for.
    if (std::ranges::any_of(out, [&](const Target& other) {
          return other.endpoint == target->endpoint && other.model == target->model;
        })) {
      leave_out(i, std::nullopt);
      continue;
    }
    if (i < request.fallback_pins.size()) target->pin = request.fallback_pins[i];
    if (!has_key(*target)) {
      leave_out(i, no_such_key(*target->endpoint, target->pin));
      continue;
    }
    target->fallback_index = i + 1;
    out.push_back(std::move(*target));
  }
}

// By the weights of the caller's grants; none where the model names its provider.
std::vector<Target> drawn_targets(const Registry& registry, const PlanRequest& request) {
  std::vector<Target> out;
  if (request.constraints.access == nullptr || request.constraints.access->grants.empty()) {
    return out;
  }
  const auto parts = split_once(request.model, '/');
  if (!llm::check_model_name(request.model) ||
      (parts && (registry.find(parts->first) || means_a_provider(registry, parts->first)))) {
    return out;
  }
  const auto endpoints =
      draw(registry, {.constraints = request.constraints,
                      .model = request.model,
                      .catalog = request.catalog,
                      .number = request.draw,
                      .full = request.full,
                      .considered = request.trail != nullptr ? &request.trail->grants : nullptr});
  for (const Endpoint* endpoint : endpoints) {
    Target& target = out.emplace_back(target_at(*endpoint, request.model));
    target.fallback_index = out.size() - 1;
    if (!request.fallbacks.empty()) break;
  }
  return out;
}

}  // namespace

Result<Target> resolve(const Registry& registry, std::string_view model,
                       std::string_view default_provider) {
  BF_TRY_VOID(llm::check_model_name(model));
  const auto name = llm::parse_model_name(
      model, [&](std::string_view prefix) { return registry.find(prefix) != nullptr; });
  if (!name.provider.empty()) return target_at(*registry.find(name.provider), name.model);
  BF_TRY(const Endpoint* endpoint, provider_of_bare(registry, model, default_provider));
  return target_at(*endpoint, name.model);
}

Result<Plan> plan(const Registry& registry, const PlanRequest& request) {
  BF_TRY_VOID(check_fallbacks(request.fallbacks));
  Plan out;
  out.targets = drawn_targets(registry, request);
  if (!out.targets.empty()) {
    out.drawn = true;
    append_fallbacks(registry, request, out.targets);
    return out;
  }
  auto primary = allowed_target(registry, request, request.model);
  // A request that does not say what it wants is not repaired by its fallbacks.
  if (!primary && !others_may_do(primary.error())) return primary.error();

  if (primary) {
    primary->pin = request.pin;
    out.targets.push_back(std::move(*primary));
  } else {
    out.primary_error = std::move(primary).error();
  }
  append_fallbacks(registry, request, out.targets);
  if (out.targets.empty()) return *std::move(out.primary_error);
  return out;
}

}  // namespace bifrost::routing
