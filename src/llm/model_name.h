// "provider/model", or a bare model.
#pragma once

#include <string>
#include <string_view>

namespace bifrost::llm {

// Split at the first slash. Whether the first half names a provider is for the caller to say:
// "meta-llama/Llama-3" is a bare model.
struct ModelName {
  std::string provider;  // empty: bare
  std::string model;

  [[nodiscard]] std::string full() const {
    return provider.empty() ? model : provider + "/" + model;
  }
  bool operator==(const ModelName&) const = default;
};

// `is_provider(name)` decides whether the text before the first slash is a provider.
template <class IsProvider>
ModelName parse_model_name(std::string_view text, IsProvider is_provider) {
  const auto slash = text.find('/');
  if (slash != std::string_view::npos && slash + 1 < text.size() &&
      is_provider(text.substr(0, slash))) {
    return {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
  }
  return {{}, std::string(text)};
}

}  // namespace bifrost::llm
