#include "app/setup_token.h"

namespace bifrost::app {

std::string setup_token_of(const Config& config, const config::Environment& environment) {
  if (!config.setup_token.empty()) return config.setup_token.reveal();
  return environment.get("BIFROST_SETUP_TOKEN").value_or(std::string());
}

std::string setup_token_problem(const Config& config, const config::Environment& environment) {
  constexpr std::size_t kBytesMin = 16;
  const std::string token = setup_token_of(config, environment);
  if (token.empty() || token.size() >= kBytesMin) return {};
  return "has " + std::to_string(token.size()) + " characters; give at least " +
         std::to_string(kBytesMin) + " of chance, such as what `openssl rand -hex 16` prints" +
         (config.setup_token.empty() ? " (BIFROST_SETUP_TOKEN)" : "");
}

}  // namespace bifrost::app
