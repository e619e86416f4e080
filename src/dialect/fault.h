// What is wrong with a caller's request: the place, the wish and the fix, in the same words in each
// dialect that names places as we do. Anthropic's SDKs expect its own.
#pragma once

#include "base/error.h"
#include "json/document.h"

#include <string>
#include <string_view>

namespace bifrost::dialect {

// kInvalidRequest. "'messages[2]' is required"; of no place: "the request body is …".
[[nodiscard]] Error fault_at(std::string path, std::string_view what);

// `wanted` completes "must be …", `fix` says what to do about it.
[[nodiscard]] Error wrong_type(std::string path, json::Value value, std::string_view wanted,
                               std::string_view fix = {});

}  // namespace bifrost::dialect
