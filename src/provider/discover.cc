#include "provider/discover.h"

#include "base/strings.h"
#include "config/forms.h"
#include "provider/provider.h"

#include <string>
#include <utility>

namespace bifrost::provider {

Providers discover(const config::Environment& environment) {
  Providers found;
  for (const ProviderSpec& spec : all()) {
    if (spec.built_in) {
      found.append(std::string(spec.name));
      continue;
    }
    if (spec.key_env.empty()) continue;
    const auto value = environment.get(spec.key_env);
    if (!value || trim(*value).empty()) continue;
    if (config::form_problem(config::Form::kHeaderValue, trim(*value))) continue;
    KeySettings key;
    key.name = spec.key_env;
    key.value = config::Secret(std::string(trim(*value)), "env." + std::string(spec.key_env));
    key.models = {std::string(kEverything)};
    found.append(std::string(spec.name)).keys.push_back(std::move(key));
  }
  return found;
}

}  // namespace bifrost::provider
