// Google's OpenAPI subset ("type": "OBJECT", "nullable": true) into JSON Schema, which is what
// every other dialect takes.
#pragma once

#include "json/document.h"

#include <string>

namespace bifrost::dialect::gemini {

// JSON text. What is JSON Schema already comes out with the same meaning.
[[nodiscard]] std::string json_schema(json::Value schema);

}  // namespace bifrost::dialect::gemini
