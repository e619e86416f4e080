// For the tests of this folder: names of providers, an environment full of secrets, and short ways
// of loading a text.
#pragma once

#include "app/load_config.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::app {

inline provider::ProviderNames test_providers() {
  return {.known = {"openai", "anthropic", "gemini", "deepseek", "groq", "mistral", "ollama", "sgl",
                    "vllm", "demo"},
          .keyless = {"demo", "ollama", "sgl"},
          .unserved = {"azure", "bedrock", "vertex", "cohere"}};
}
inline constexpr std::string_view kTestPem =
    "-----BEGIN CERTIFICATE-----\nTUlJQmZha2U=\n-----END CERTIFICATE-----\n";

// What every secret in the environment contains, so that a test can look for it.
inline constexpr std::string_view kHush = "hush-hush";

inline config::FakeEnvironment test_environment() {
  config::FakeEnvironment environment;
  for (const char* name :
       {"OPENAI_API_KEY", "OPENAI_API_KEY_A", "OPENAI_API_KEY_B", "ANTHROPIC_API_KEY",
        "DEEPSEEK_API_KEY", "OUR_INFERENCE_KEY", "OUR_GATEWAY_TOKEN", "PROXY_TOKEN",
        "PROXY_PASSWORD", "ALICE_KEY", "ALICE_FORMER_KEY", "BOB_KEY", "ADMIN_PASSWORD",
        "DB_PASSWORD", "BIFROST_ENCRYPTION_KEY", "CI_KEY", "AUDIT_KEY", "BIFROST_SETUP_TOKEN"}) {
    environment.set(name, std::string(kHush) + " of " + name);
  }
  environment.set("CI_KEY", "bfst-" + std::string(kHush) + " of CI_KEY");
  environment.set("AUDIT_KEY", std::string(kHush) + " of AUDIT_KEY, which is a long one");
  environment.set("BIFROST_TLS_KEY_FILE", "/etc/bifrost/tls/tls.key");
  environment.set("PROVIDER_CA_PEM", std::string(kTestPem));
  environment.set("EMPTY", "");
  environment.set("TWO_LINES", std::string(kHush) + "\n");
  environment.set("INNER_URL", "http://10.1.2.3:8080/v1");
  return environment;
}

inline ConfigReport inspect_text(std::string_view text) {
  const provider::ProviderNames names = test_providers();
  const config::FakeEnvironment environment = test_environment();
  return inspect_config(text, {.providers = names, .environment = environment});
}

inline std::vector<std::string> problems_of(std::string_view text) {
  std::vector<std::string> out;
  for (const config::Problem& problem : inspect_text(text).problems) out.push_back(render(problem));
  return out;
}

// A file whose only provider is openai with one good key and these further members.
inline std::string openai_with(std::string_view members) {
  std::string text = R"({"providers":{"openai":{"keys":[{"name":"a","models":["*"]}])";
  if (!members.empty()) text.append(",").append(members);
  return text + "}}}";
}

// A file whose only key has these members.
inline std::string key_with(std::string_view members) {
  return R"({"providers":{"openai":{"keys":[{)" + std::string(members) + "}]}}}";
}

}  // namespace bifrost::app
