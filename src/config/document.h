// From the text of a configuration to the JSON in it.
#pragma once

#include "base/result.h"
#include "config/problem.h"
#include "json/document.h"

#include <optional>
#include <string>
#include <string_view>

namespace bifrost::config {

// The text of a file, at most limits::kConfigBytesMax.
Result<std::string> read_config_file(const std::string& path);

// An object in which no key stands twice, whatever its members are; nothing when the text is no
// JSON. `problems` then says why.
[[nodiscard]] std::optional<json::Document> parse_document(std::string_view text,
                                                           Problems& problems);

}  // namespace bifrost::config
