// What the whole configuration says about itself, printed: for editors, for people, and for logs.
#pragma once

#include "app/config.h"
#include "provider/settings/providers.h"

#include <cstdint>
#include <string>

namespace bifrost::app {

// JSON Schema of the file: see config/schema_writer.h.
[[nodiscard]] std::string config_schema(const provider::ProviderNames& names);

// The reference page, in Markdown.
[[nodiscard]] std::string config_reference();

// The configuration as a file without its secrets: see config/dump.h.
[[nodiscard]] std::string redacted_dump(const Config& config);

// What is set, as a file that loads to the same, where the secrets are in it.
enum class Secrets : std::uint8_t { kRedacted, kClear };
[[nodiscard]] std::string exported(const Config& config, Secrets secrets);

}  // namespace bifrost::app
