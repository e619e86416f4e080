// The gateway's own field of a request: models to try when the first one fails. The same in every
// dialect, but that a list of objects is the API's own at Anthropic and does not get here.
#pragma once

#include "base/result.h"
#include "json/document.h"

#include <string>
#include <vector>

namespace bifrost::dialect {

// "provider/model" each, or {"provider":…,"model":…}; at most limits::kFallbacksMax. Missing and
// null are an empty list.
Result<std::vector<std::string>> read_fallbacks(json::Value list);

}  // namespace bifrost::dialect
