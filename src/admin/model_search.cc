#include "admin/model_search.h"

#include "admin/read.h"
#include "base/strings.h"
#include "base/try.h"
#include "catalog/catalog.h"
#include "exchange/managed_settings.h"
#include "governance/model_pattern.h"
#include "http/url.h"
#include "provider/settings/provider_settings.h"

#include <algorithm>
#include <map>
#include <set>

namespace bifrost::admin {
namespace {

using governance::ModelList;
using provider::KeySettings;
using provider::ProviderSettings;

// "a,b" as a set; empty: not given.
std::set<std::string, std::less<>> ids(std::string_view query, std::string_view name) {
  std::set<std::string, std::less<>> out;
  const std::string text = http::query_value(query, name).value_or("");
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (comma > 0) out.emplace(trim(rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return out;
}

class Wanted {
 public:
  explicit Wanted(const Call& call, const governance::GovernanceSettings& governance)
      : provider_(http::query_value(call.query, "provider").value_or("")),
        text_(ascii_lower(http::query_value(call.query, "query").value_or(""))),
        keys_(ids(call.query, "keys")),
        by_virtual_keys_(http::query_value(call.query, "vks").has_value()) {
    const auto wanted = ids(call.query, "vks");
    for (const governance::VirtualKeySettings& key : governance.virtual_keys) {
      if (wanted.contains(key.id)) granted_.push_back(granted_to(key));
    }
  }

  [[nodiscard]] bool provider(std::string_view name) const {
    return provider_.empty() || provider_ == name;
  }
  [[nodiscard]] bool key(const KeySettings& key) const {
    return key.enabled && (keys_.empty() || keys_.contains(exchange::key_id(key)));
  }
  [[nodiscard]] bool model(std::string_view provider, std::string_view name) const {
    return ascii_lower(name).contains(text_) && (!by_virtual_keys_ || granted(provider, name));
  }

 private:
  // What one of the virtual keys that are asked for may have.
  struct Granted {
    bool all_providers = false;
    struct At {
      ModelList allowed;
      ModelList denied;
    };
    std::map<std::string_view, At, std::less<>> at = {};
  };

  static Granted granted_to(const governance::VirtualKeySettings& key) {
    Granted out{.all_providers = key.allow_all_providers};
    for (const governance::ProviderConfigSettings& entry : key.provider_configs) {
      out.at.emplace(entry.provider, Granted::At{.allowed = ModelList(entry.allowed_models),
                                                 .denied = ModelList(entry.blacklisted_models)});
    }
    return out;
  }

  [[nodiscard]] bool granted(std::string_view provider, std::string_view model) const {
    return std::ranges::any_of(granted_, [&](const Granted& key) {
      const auto at = key.at.find(provider);
      if (at == key.at.end()) return key.all_providers;
      return at->second.allowed.has(model) && !at->second.denied.has(model);
    });
  }

  std::string provider_;
  std::string text_;
  std::set<std::string, std::less<>> keys_;
  bool by_virtual_keys_;
  std::vector<Granted> granted_;
};

// By the model's name, the ids of the keys that may be used for it.
using Models = std::map<std::string, std::vector<std::string>, std::less<>>;

Models models_of(const catalog::Catalog& catalog, std::string_view name,
                 const ProviderSettings& provider, const Wanted& wanted, bool unfiltered) {
  Models out;
  const std::string_view type =
      provider.custom ? std::string_view(provider.custom->base_provider_type) : name;
  const auto sheet = catalog.models_of(type);
  if (unfiltered) {
    for (const std::string_view model : sheet) {
      if (wanted.model(name, model)) out.try_emplace(std::string(model));
    }
  }
  for (const KeySettings& key : provider.keys) {
    if (!wanted.key(key)) continue;
    std::set<std::string, std::less<>> names;
    if (std::ranges::find(key.models, provider::kEverything) != key.models.end()) {
      names.insert(sheet.begin(), sheet.end());
    } else {
      names.insert(key.models.begin(), key.models.end());
    }
    for (const auto& [alias, settings] : key.aliases) names.insert(alias);
    const ModelList denied(key.blacklisted_models);
    for (const std::string& model : names) {
      if (denied.has(model) || !wanted.model(name, model)) continue;
      out[model].push_back(exchange::key_id(key));
    }
  }
  return out;
}

}  // namespace

Result<void> search_models(const Call& call, const std::function<void(const FoundModel&)>& visit) {
  BF_TRY(const bool unfiltered, read_flag(call.query, "unfiltered"));
  const auto managed = call.desk.settings();
  const Wanted wanted(call, managed->governance);
  for (const auto& [name, provider] : managed->providers) {
    if (!wanted.provider(name)) continue;
    for (const auto& [model, keys] :
         models_of(*call.world.snapshot.catalog, name, provider, wanted, unfiltered)) {
      visit({.provider = name, .name = model, .keys = keys});
    }
  }
  return {};
}

}  // namespace bifrost::admin
