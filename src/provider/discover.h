// Running without a configuration: the providers whose keys lie in the environment, and the demo.
#pragma once

#include "config/environment.h"
#include "config/ordered_map.h"
#include "provider/settings/provider_settings.h"

namespace bifrost::provider {

// One entry for each provider whose variable (OPENAI_API_KEY, ...) holds what a header may carry,
// with a key for all models, and always `demo`.
[[nodiscard]] Providers discover(const config::Environment& environment);

}  // namespace bifrost::provider
