// What both ways through a request read alike: which model is asked for, and which may stand in.
#pragma once

#include "base/result.h"
#include "json/document.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::gemini {

// The path's model wins; "models/" in front is Google's resource prefix and no provider. Fails
// when neither names one.
Result<std::string> requested_model(std::string_view in_path, std::string_view in_body);

// "provider/model" each, at most limits::kFallbacksMax. A missing list is an empty one.
Result<std::vector<std::string>> fallbacks_of(json::Value list);

}  // namespace bifrost::dialect::gemini
