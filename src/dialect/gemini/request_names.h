// What both ways through a request read alike: which model is asked for.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace bifrost::dialect::gemini {

// Google's names are those of resources: "models/gemini-2.5-pro".
inline constexpr std::string_view kModelPrefix = "models/";

// The path's model wins; "models/" in front is Google's resource prefix and no provider. Fails
// when neither names one.
Result<std::string> requested_model(std::string_view in_path, std::string_view in_body);

}  // namespace bifrost::dialect::gemini
