// What each provider's file gives to the table in all.cc. Nobody else includes this.
#pragma once

#include "provider/provider.h"

#include <vector>

namespace bifrost::provider {

[[nodiscard]] ProviderSpec openai();
[[nodiscard]] ProviderSpec anthropic();
[[nodiscard]] ProviderSpec gemini();
[[nodiscard]] ProviderSpec demo_row();
[[nodiscard]] std::vector<ProviderSpec> openai_compatible();

}  // namespace bifrost::provider
