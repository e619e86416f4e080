// data: URLs (RFC 2397), as some dialects take media in place of a link.
#pragma once

#include "llm/content.h"

#include <optional>
#include <string_view>

namespace bifrost::dialect {

// Its bytes as base64 and its media type without parameters. Nothing when it is no data: URL or
// holds no bytes; base64 is not verified.
[[nodiscard]] std::optional<llm::Media> read_data_url(std::string_view url);

}  // namespace bifrost::dialect
