// What one setting of a provider says about another.
#include "config/check_scope.h"
#include "http/url.h"
#include "json/writer.h"
#include "provider/settings/global_proxy.h"
#include "provider/settings/provider_settings.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace bifrost::provider {
namespace {

// Reports each key after the first whose `field` has a text that another key has.
void check_unique(const std::vector<KeySettings>& keys, std::string_view field,
                  const std::string& (*text_of)(const KeySettings& key),
                  config::CheckScope& scope) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string& text = text_of(keys[i]);
    if (text.empty() || seen.insert(text).second) continue;
    scope.problem("keys", i, field,
                  "another key of the provider is called " + json::quoted(text) + " too");
  }
}

// They stand in paths, logs and metrics.
void check_lengths(const std::vector<KeySettings>& keys, config::CheckScope& scope) {
  constexpr std::size_t kBytesMax = 256;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string message = "is longer than " + std::to_string(kBytesMax) + " bytes";
    if (keys[i].name.size() > kBytesMax) scope.problem("keys", i, "name", message);
    if (keys[i].id.size() > kBytesMax) scope.problem("keys", i, "id", message);
  }
}

// Reports each key whose id another one has as its name: keys are called by either.
void check_apart(const std::vector<KeySettings>& keys, config::CheckScope& scope) {
  std::unordered_set<std::string_view> names;
  for (const KeySettings& key : keys) names.insert(key.name);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].id.empty() || keys[i].id == keys[i].name) continue;
    if (!names.contains(keys[i].id)) continue;
    scope.problem("keys", i, "id",
                  "another key of the provider has " + json::quoted(keys[i].id) + " as its name");
  }
}

// Whose reference was read while the key was not enabled, or its variable set.
void check_values(const std::vector<KeySettings>& keys, config::CheckScope& scope) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const config::Secret& value = keys[i].value;
    if (!keys[i].enabled || !value.empty() || value.variable().empty()) continue;
    scope.problem("keys", i, "value",
                  "environment variable " + std::string(value.variable()) +
                      " is not set, and a key that is enabled needs it");
  }
}

}  // namespace

void AliasSettings::check(config::CheckScope& scope) const {
  // The short form of an alias has no field that could have been checked.
  if (model_id.empty()) scope.problem("model_id", "must not be empty");
}

void NetworkSettings::check(config::CheckScope& scope) const {
  if (insecure_skip_verify && !ca_cert_pem.empty()) {
    scope.problem("ca_cert_pem", "cannot go together with insecure_skip_verify");
  }
  if (ca_cert_pem.contains("PRIVATE KEY")) {
    scope.problem("ca_cert_pem", "holds a private key; only certificates belong here");
  }
}

void ProxySettings::check(config::CheckScope& scope) const {
  if (type == ProxyType::kSocks5) {
    scope.problem("type", "socks5 proxies are not served yet");
  } else if (type == ProxyType::kHttp && url.empty()) {
    scope.problem("url", "required when type is \"http\"");
  }
}

void GlobalProxySettings::check(config::CheckScope& scope) const {
  constexpr std::size_t kNameBytesMax = 256;
  constexpr std::size_t kExceptionsBytesMax = 8192;
  const auto bound = [&](std::string_view member, const std::string& text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return;
    scope.problem(member, "is longer than " + std::to_string(bytes_max) + " bytes");
  };
  bound("username", username, kNameBytesMax);
  bound("no_proxy", no_proxy, kExceptionsBytesMax);
  if (username.contains(':')) scope.problem("username", "it may have no colon");
  if (const auto parsed = http::parse_url(url); !url.empty() && !parsed) {
    scope.problem("url", parsed.error().message + "; username and password stand beside it");
  }
  if (ca_cert_pem.contains("PRIVATE KEY")) {
    scope.problem("ca_cert_pem", "holds a private key; only certificates belong here");
  }
  if (!enabled) return;
  if (type.value_or(GlobalProxyType::kHttp) != GlobalProxyType::kHttp)
    scope.problem("type", R"(not served yet; "http" is)");
  if (url.empty()) scope.problem("url", "required, since enabled is on");
  if (url.starts_with("https")) {
    scope.problem("url", "a proxy is spoken to in http, not https");
  }
}

void ConcurrencySettings::check(config::CheckScope& scope) const {
  if (concurrency > buffer_size) {
    scope.problem("concurrency", std::to_string(concurrency) + " is more than the buffer_size of " +
                                     std::to_string(buffer_size));
  }
}

void ProviderSettings::check(config::CheckScope& scope) const {
  check_lengths(keys, scope);
  check_unique(
      keys, "name", [](const KeySettings& key) -> const std::string& { return key.name; }, scope);
  check_unique(
      keys, "id", [](const KeySettings& key) -> const std::string& { return key.id; }, scope);
  check_apart(keys, scope);
  check_values(keys, scope);
}

}  // namespace bifrost::provider
