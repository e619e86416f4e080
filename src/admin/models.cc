// /api/models: what the keys of providers may be used for, by their lists, aliases and the catalog.

#include "admin/resources.h"
#include "admin/show.h"
#include "base/strings.h"
#include "catalog/catalog.h"
#include "http/url.h"
#include "provider/settings/provider_settings.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bifrost::admin {
namespace {

using provider::KeySettings;
using provider::ProviderSettings;

bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}
bool lists(const std::vector<std::string>& list, std::string_view name) {
  return has(list, provider::kEverything) || has(list, name);
}

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
      : governance_(governance),
        provider_(http::query_value(call.query, "provider").value_or("")),
        text_(ascii_lower(http::query_value(call.query, "query").value_or(""))),
        keys_(ids(call.query, "keys")),
        virtual_keys_(ids(call.query, "vks")) {}

  [[nodiscard]] bool provider(std::string_view name) const {
    return provider_.empty() || provider_ == name;
  }
  [[nodiscard]] bool key(const KeySettings& key) const {
    return key.enabled && (keys_.empty() || keys_.contains(exchange::key_id(key)));
  }
  [[nodiscard]] bool model(std::string_view provider, std::string_view name) const {
    return ascii_lower(name).contains(text_) && (virtual_keys_.empty() || granted(provider, name));
  }

 private:
  // To one of the virtual keys that are asked for.
  [[nodiscard]] bool granted(std::string_view provider, std::string_view model) const {
    return std::ranges::any_of(governance_.virtual_keys, [&](const auto& key) {
      if (!virtual_keys_.contains(key.id)) return false;
      const auto grant = std::ranges::find(key.provider_configs, provider,
                                           &governance::ProviderConfigSettings::provider);
      if (grant == key.provider_configs.end()) return key.allow_all_providers;
      return lists(grant->allowed_models, model) && !lists(grant->blacklisted_models, model);
    });
  }

  const governance::GovernanceSettings& governance_;
  std::string provider_;
  std::string text_;
  std::set<std::string, std::less<>> keys_;
  std::set<std::string, std::less<>> virtual_keys_;
};

// By the model's name, the ids of the keys that may be used for it.
using Models = std::map<std::string, std::vector<std::string>, std::less<>>;

Models models_of(std::string_view name, const ProviderSettings& provider, const Wanted& wanted) {
  Models out;
  const std::string_view type =
      provider.custom ? std::string_view(provider.custom->base_provider_type) : name;
  const auto sheet = catalog::Catalog::built_in().models_of(type);
  for (const KeySettings& key : provider.keys) {
    if (!wanted.key(key)) continue;
    std::set<std::string, std::less<>> names;
    if (has(key.models, provider::kEverything)) {
      names.insert(sheet.begin(), sheet.end());
    } else {
      names.insert(key.models.begin(), key.models.end());
    }
    for (const auto& [alias, settings] : key.aliases) names.insert(alias);
    for (const std::string& model : names) {
      if (lists(key.blacklisted_models, model) || !wanted.model(name, model)) continue;
      out[model].push_back(exchange::key_id(key));
    }
  }
  return out;
}

void write_model(json::Writer& writer, std::string_view provider, std::string_view model,
                 const std::vector<std::string>& keys) {
  writer.begin_object().member("name", model).member("provider", provider);
  write_texts(writer, "accessible_by_keys", keys);
  writer.end_object();
}

}  // namespace

Result<Answer> list_configured_models(const Call& call) {
  constexpr std::int64_t kLimit = 1000;
  BF_TRY(const std::int64_t limit, read_limit(call.query, kLimit));
  const auto managed = call.desk.settings();
  const Wanted wanted(call, managed->governance);
  Answer answer;
  json::Writer writer(answer.body);
  std::int64_t total = 0;
  writer.begin_object().key("models").begin_array();
  for (const auto& [name, provider] : managed->providers) {
    if (!wanted.provider(name)) continue;
    for (const auto& [model, keys] : models_of(name, provider, wanted)) {
      if (total++ < limit) write_model(writer, name, model, keys);
    }
  }
  writer.end_array().member("total", total).end_object();
  return answer;
}

}  // namespace bifrost::admin
