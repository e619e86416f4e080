#include "provider/settings/providers.h"

#include "base/strings.h"
#include "config/reader.h"
#include "json/writer.h"
#include "provider/provider.h"

#include <algorithm>

namespace bifrost::provider {
namespace {

constexpr std::string_view kSection = "providers";

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string_view type_of(std::string_view name, const ProviderSettings& provider) {
  return provider.custom ? std::string_view(provider.custom->base_provider_type) : name;
}

// Names of providers are lower case, and people write "OpenAI".
std::string suggestion(std::string_view word, const ProviderNames& names) {
  std::vector<std::string_view> candidates = names.known;
  candidates.insert(candidates.end(), names.unserved.begin(), names.unserved.end());
  const auto near = nearest(ascii_lower(word), candidates);
  return near ? "; did you mean " + json::quoted(*near) + "?" : std::string();
}

// Through the API nothing names them; in a file `name_keys` has been there.
void check_names(const std::vector<KeySettings>& keys, const config::Path& path,
                 config::Problems& problems) {
  config::Path inner = path;
  const auto in_keys = inner.enter("keys");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!keys[i].name.empty()) continue;
    const auto in_key = inner.enter(i);
    problems.add_unless_reported(inner.member("name"), "required, but not given");
  }
}

std::string name_by_place(std::string_view provider, const std::vector<KeySettings>& keys,
                          std::size_t place) {
  const auto is_taken = [&](const std::string& name) {
    return std::ranges::any_of(
        keys, [&](const KeySettings& key) { return key.name == name || key.id == name; });
  };
  for (std::size_t number = place + 1;; ++number) {
    std::string name = std::string(provider) + "-key-" + std::to_string(number);
    if (!is_taken(name)) return name;
  }
}

// An entry under the name of a provider. `path` is the entry's.
void check_own(std::string_view name, const ProviderSettings& provider, const ProviderNames& names,
               Keys keys, const config::Path& path, config::Problems& problems) {
  if (!contains(names.known, name)) {
    problems.add(path.text(), "unknown provider" + suggestion(name, names) +
                                  " (a provider of your own needs custom_provider_config)");
  } else if (keys == Keys::kRequired && provider.keys.empty() &&
             !works_without_keys(name, provider, names)) {
    problems.add_unless_reported(path.member("keys"), "at least one key is required");
  }
}

// An entry with `custom_provider_config`. `path` is the entry's.
void check_custom(std::string_view name, const ProviderSettings& provider,
                  const ProviderNames& names, Keys keys, const config::Path& path,
                  config::Problems& problems) {
  config::Path inner = path;
  const auto in_custom = inner.enter("custom_provider_config");
  const std::string& base = provider.custom->base_provider_type;
  if (contains(names.known, name)) {
    problems.add_unless_reported(inner.text(),
                                 "not for a provider that the gateway knows; choose another name");
  } else if (!contains(names.known, base)) {
    problems.add_unless_reported(
        inner.member("base_provider_type"),
        "unknown provider " + json::quoted(base) + suggestion(base, names));
  } else if (keys == Keys::kRequired && provider.keys.empty() &&
             !works_without_keys(name, provider, names)) {
    problems.add_unless_reported(path.member("keys"),
                                 "at least one key is required, unless is_key_less is set");
  }
}

}  // namespace

ProviderNames provider_names() {
  ProviderNames names;
  for (const ProviderSpec& spec : all()) {
    names.known.push_back(spec.name);
    if (spec.key_rule != KeyRule::kRequired) names.keyless.push_back(spec.name);
  }
  names.unserved.assign(unserved().begin(), unserved().end());
  return names;
}

void skip_unserved(json::Value providers, const ProviderNames& names, config::Reader& reader) {
  if (!providers.is_object()) return;
  config::Path path;
  const auto in_section = path.enter(kSection);
  for (const json::Value provider : providers.children()) {
    const std::string name = provider.key();
    const std::string base = provider["custom_provider_config"]["base_provider_type"].string_or({});
    const bool is_unserved = contains(names.unserved, name);
    if (!is_unserved && !contains(names.unserved, base)) continue;
    const auto in_provider = path.enter(name);
    const std::string what =
        is_unserved ? "this provider" : "the base provider " + json::quoted(base);
    reader.skip(path.text(), what + " is not served yet, so this section has no effect");
  }
}

void check_providers(const Providers& providers, const ProviderNames& names, const KeysOf& keys_of,
                     config::Problems& problems) {
  config::Path path;
  const auto in_section = path.enter(kSection);
  for (const auto& [name, provider] : providers) {
    const auto in_provider = path.enter(name);
    check_names(provider.keys, path, problems);
    if (provider.custom) {
      check_custom(name, provider, names, keys_of(name), path, problems);
    } else {
      check_own(name, provider, names, keys_of(name), path, problems);
    }
  }
}

bool is_known(std::string_view name, const ProviderSettings& provider, const ProviderNames& names) {
  const std::string_view type = type_of(name, provider);
  return contains(names.known, type) || contains(names.unserved, type);
}

bool works_without_keys(std::string_view name, const ProviderSettings& provider,
                        const ProviderNames& names) {
  return (provider.custom && provider.custom->is_key_less) ||
         contains(names.keyless, type_of(name, provider));
}

void name_keys(Providers& providers, std::vector<std::string>& warnings) {
  config::Path path;
  const auto in_section = path.enter(kSection);
  for (auto& [name, provider] : providers) {
    const auto in_provider = path.enter(name);
    const auto in_keys = path.enter("keys");
    for (std::size_t i = 0; i < provider.keys.size(); ++i) {
      KeySettings& key = provider.keys[i];
      if (!key.name.empty()) continue;
      key.name = key.id.empty() ? name_by_place(name, provider.keys, i) : key.id;
      const auto in_key = path.enter(i);
      warnings.push_back(path.member("name") + ": not given, so the key is called " +
                         json::quoted(key.name) +
                         (key.id.empty() ? "; name it, since its place may change" : ""));
    }
  }
}

void normalise_allow_list(std::vector<std::string>& list, std::int64_t version) {
  const bool allows_all =
      (list.empty() && version == 1) || std::ranges::find(list, kEverything) != list.end();
  if (allows_all) list.assign(1, std::string(kEverything));
}

void normalise_allow_lists(Providers& providers, std::int64_t version,
                           std::vector<std::string>& warnings) {
  config::Path path;
  const auto in_section = path.enter(kSection);
  for (auto& [name, provider] : providers) {
    const auto in_provider = path.enter(name);
    const auto in_keys = path.enter("keys");
    for (std::size_t i = 0; i < provider.keys.size(); ++i) {
      KeySettings& key = provider.keys[i];
      normalise_allow_list(key.models, version);
      if (!key.models.empty()) continue;
      const auto in_key = path.enter(i);
      warnings.push_back(path.member("models") +
                         ": empty, so the key may be used for no model; [\"*\"] allows all");
    }
  }
}

}  // namespace bifrost::provider
