// generationConfig of a request and the fields of our model that it stands for.
#pragma once

#include "base/result.h"
#include "json/document.h"
#include "llm/request.h"

namespace bifrost::dialect::gemini {

// Reads the object into the request; members that we do not model become extras.
Result<void> decode_generation_config(json::Value config, llm::Request& request);

}  // namespace bifrost::dialect::gemini
