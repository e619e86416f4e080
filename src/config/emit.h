// What the settings say about themselves, printed: for editors, for people, and for logs.
#pragma once

#include "config/settings.h"

#include <span>
#include <string>
#include <string_view>

namespace bifrost::config {

// The providers that the gateway knows, see LoadOptions.
struct SchemaNames {
  std::span<const std::string_view> providers = {};
  std::span<const std::string_view> unserved_providers = {};
};

// JSON Schema (draft 2020-12) of the file. It accepts what the loader accepts, apart from `null`,
// and cannot know what one setting says about another.
[[nodiscard]] std::string json_schema(const SchemaNames& names);

// The reference page, in Markdown.
[[nodiscard]] std::string markdown_reference();

// The configuration as a file, every setting with its value. A secret appears as the reference it
// was found by or as "<redacted>", a URL without user and query.
[[nodiscard]] std::string redacted_dump(const Config& config);

}  // namespace bifrost::config
