// The reference page of the providers, written from the table.
#pragma once

#include <string>

namespace bifrost::provider {

// Markdown.
[[nodiscard]] std::string provider_reference();

}  // namespace bifrost::provider
