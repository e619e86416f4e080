#include "routing/permit.h"

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace bifrost::routing {
namespace {

std::string_view without_owner(std::string_view owner, std::string_view model) {
  const bool owned =
      model.size() > owner.size() + 1 && model.starts_with(owner) && model[owner.size()] == '/';
  return owned ? model.substr(owner.size() + 1) : model;
}

// Without the owners' names before it, nor the resource prefix, however often they stand there.
std::string_view stripped(const provider::Endpoint& endpoint, std::string_view model,
                          std::initializer_list<std::string_view> owners) {
  for (;;) {
    std::string_view shorter = endpoint.canonical_model(model);
    for (const std::string_view owner : owners) shorter = without_owner(owner, shorter);
    if (shorter.size() == model.size()) return model;
    model = shorter;
  }
}

// What the rules compare.
std::string_view bare(const provider::Endpoint& endpoint, std::string_view model) {
  return stripped(endpoint, model, {endpoint.name, endpoint.spec->name});
}

bool names(const provider::Endpoint& endpoint, const std::vector<std::string>& list,
           std::string_view model) {
  if (list.empty()) return false;
  const std::string_view wanted = bare(endpoint, model);
  return std::ranges::any_of(
      list, [&](std::string_view entry) { return bare(endpoint, entry) == wanted; });
}

bool has_star(const std::vector<std::string>& list) {
  return std::ranges::find(list, provider::kEverything) != list.end();
}

}  // namespace

std::string_view behind_alias(const provider::Endpoint& endpoint, const provider::Key& key,
                              std::string_view model) {
  const provider::AliasSettings* alias = endpoint.alias(key, model);
  return alias == nullptr ? model : std::string_view(alias->model_id);
}

std::string_view without_endpoint(const provider::Endpoint& endpoint, std::string_view model) {
  return stripped(endpoint, model, {endpoint.name});
}

std::string_view counted_model(const provider::Endpoint& endpoint, std::string_view model) {
  for (const provider::Key& key : endpoint.keys) {
    if (endpoint.alias(key, model) != nullptr) {
      return bare(endpoint, behind_alias(endpoint, key, model));
    }
  }
  return bare(endpoint, model);
}

const catalog::Model* model_facts(const catalog::Catalog& catalog,
                                  const provider::Endpoint& endpoint, std::string_view model) {
  // Some sheets and servers have names with an owner ("openrouter/auto"), so as it stands first.
  for (const std::string_view name :
       {endpoint.canonical_model(model), counted_model(endpoint, model)}) {
    if (const auto* facts = catalog.find(endpoint.name, name)) return facts;
    if (endpoint.name == endpoint.spec->name) continue;
    if (const auto* facts = catalog.find(endpoint.spec->name, name)) return facts;
  }
  return nullptr;
}

bool lists(const provider::Endpoint& endpoint, const std::vector<std::string>& list,
           std::string_view model) {
  return has_star(list) || names(endpoint, list, model);
}

bool matches(const provider::Endpoint& endpoint, std::span<const Pattern> patterns,
             std::string_view model) {
  if (patterns.empty()) return false;
  const std::string_view name = bare(endpoint, model);
  return std::ranges::any_of(patterns, [&](const Pattern& pattern) {
    return pattern.matches(name) || (name.size() != model.size() && pattern.matches(model));
  });
}

Permit permit(const provider::Endpoint& endpoint, const provider::Key& key,
              std::string_view model) {
  const provider::KeySettings& settings = key.settings;
  const provider::AliasSettings* alias = endpoint.alias(key, model);
  const std::string_view behind = alias == nullptr ? model : std::string_view(alias->model_id);
  const std::vector<std::string>& denied = settings.blacklisted_models;
  if (lists(endpoint, denied, model) || lists(endpoint, denied, behind)) {
    return Permit::kDenied;
  }
  if (!key.only_model.empty() && key.only_model != behind) return Permit::kNo;
  if (alias != nullptr || names(endpoint, settings.models, model)) {
    return Permit::kExplicit;
  }
  if (!has_star(settings.models)) return Permit::kNo;
  return key.only_model.empty() ? Permit::kByStar : Permit::kExplicit;
}

Permit best_permit(const provider::Endpoint& endpoint, std::string_view model) {
  if (endpoint.keyless) return Permit::kByStar;
  Permit best = Permit::kNo;
  for (const provider::Key& key : endpoint.keys) {
    if (key.settings.enabled) best = std::max(best, permit(endpoint, key, model));
  }
  return best;
}

}  // namespace bifrost::routing
