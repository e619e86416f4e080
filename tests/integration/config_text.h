// Configurations for tests, as short as what a test is about.
//
//   config_text({.providers = {{.network = R"("max_retries": 2)", .keys = {"a", "b"}}}})
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::test {

struct ProviderText {
  std::string name = "openai";
  std::string url = "${provider_url}";
  std::vector<std::string> keys = {"main"};  // names; the value of "main" is "sk-main"
  std::string network = {};                  // more members of network_config
  std::string more = {};                     // more members of the provider
};

struct ConfigText {
  std::vector<ProviderText> providers = {ProviderText{}};
  std::string client = {};      // members of the section
  std::string server = {};      // members of the section
  std::string governance = {};  // members of the section
  std::string sections = {};    // more members of the file
  int drain_delay_s = 0;
};

std::string config_text(const ConfigText& config);

}  // namespace bifrost::test
