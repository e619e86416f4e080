#include "tests/integration/config_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bifrost::test {
namespace {

std::string comma_before(std::string_view members) {
  return members.empty() ? std::string() : fmt::format(", {}", members);
}

std::string provider_text(const ProviderText& provider) {
  std::vector<std::string> keys;
  keys.reserve(provider.keys.size());
  for (const std::string& name : provider.keys) {
    keys.push_back(fmt::format(R"({{"name": "{0}", "value": "sk-{0}", "models": ["*"]}})", name));
  }
  return fmt::format(R"("{}": {{"keys": [{}], "network_config": {{"base_url": "{}"{}}}{}}})",
                     provider.name, fmt::join(keys, ", "), provider.url,
                     comma_before(provider.network), comma_before(provider.more));
}

}  // namespace

std::string config_text(const ConfigText& config) {
  std::vector<std::string> providers;
  providers.reserve(config.providers.size());
  for (const ProviderText& provider : config.providers)
    providers.push_back(provider_text(provider));
  return fmt::format(
      R"({{"client": {{{}}}, "server": {{"drain_delay_in_seconds": {}{}}}, "providers": {{{}}}, )"
      R"("governance": {{{}}}{}}})",
      config.client, config.drain_delay_s, comma_before(config.server), fmt::join(providers, ", "),
      config.governance, comma_before(config.sections));
}

}  // namespace bifrost::test
