#include "config/checks.h"

#include "base/strings.h"
#include "json/writer.h"

#include <algorithm>
#include <set>
#include <vector>

namespace bifrost::config {
namespace {

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Names of providers are lower case, and people write "OpenAI".
std::string suggestion(std::string_view word, const ProviderNames& names) {
  std::vector<std::string_view> candidates(names.known.begin(), names.known.end());
  candidates.insert(candidates.end(), names.unserved.begin(), names.unserved.end());
  const auto near = nearest(ascii_lower(word), candidates);
  return near ? "; did you mean " + json::quoted(*near) + "?" : std::string();
}

// Reports each key after the first whose `field` has a text that another key has.
void check_unique(const std::vector<KeySettings>& keys, std::string_view field,
                  const std::string& (*text_of)(const KeySettings& key), CheckScope& scope) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string& text = text_of(keys[i]);
    if (text.empty() || seen.insert(text).second) continue;
    scope.problem("keys", i, field,
                  "another key of the provider is called " + json::quoted(text) + " too");
  }
}

}  // namespace

void check(const AliasSettings& alias, CheckScope scope) {
  // The short form of an alias has no field that could have been checked.
  if (alias.model_id.empty()) scope.problem("model_id", "must not be empty");
}

void check(const NetworkSettings& network, CheckScope scope) {
  if (network.insecure_skip_verify && !network.ca_cert_pem.empty()) {
    scope.problem("ca_cert_pem", "cannot go together with insecure_skip_verify");
  }
}

void check(const ProxySettings& proxy, CheckScope scope) {
  if (proxy.type == ProxyType::kSocks5) {
    scope.problem("type", "socks5 proxies are not served yet");
  } else if (proxy.type == ProxyType::kHttp && proxy.url.empty()) {
    scope.problem("url", "required when type is \"http\"");
  }
}

void check(const ConcurrencySettings& concurrency, CheckScope scope) {
  if (concurrency.concurrency > concurrency.buffer_size) {
    scope.problem("concurrency", std::to_string(concurrency.concurrency) +
                                     " is more than the buffer_size of " +
                                     std::to_string(concurrency.buffer_size));
  }
}

void check(const ProviderSettings& provider, CheckScope scope) {
  check_unique(
      provider.keys, "name", [](const KeySettings& key) -> const std::string& { return key.name; },
      scope);
  check_unique(
      provider.keys, "id", [](const KeySettings& key) -> const std::string& { return key.id; },
      scope);
}

void check_provider(std::string_view name, const ProviderSettings& provider,
                    const ProviderNames& names, const Path& providers, Problems& problems) {
  Path path = providers;
  const auto step = path.enter(name);
  if (!provider.custom) {
    if (!contains(names.known, name)) {
      problems.add(path.text(), "unknown provider" + suggestion(name, names) +
                                    " (a provider of your own needs custom_provider_config)");
      return;
    }
    if (provider.keys.empty() && !contains(names.keyless, name)) {
      problems.add_unless_reported(path.member("keys"), "at least one key is required");
    }
    return;
  }
  const auto custom = path.enter("custom_provider_config");
  const std::string& base = provider.custom->base_provider_type;
  if (contains(names.known, name)) {
    problems.add_unless_reported(path.text(),
                                 "not for a provider that the gateway knows; choose another name");
  } else if (!contains(names.known, base)) {
    problems.add_unless_reported(
        path.member("base_provider_type"),
        "unknown provider " + json::quoted(base) + suggestion(base, names));
  } else if (provider.keys.empty() && !provider.custom->is_key_less &&
             !contains(names.keyless, base)) {
    problems.add_unless_reported(providers.member(name) + ".keys",
                                 "at least one key is required, unless is_key_less is set");
  }
}

}  // namespace bifrost::config
