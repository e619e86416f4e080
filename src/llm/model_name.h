// Names of models: "provider/model", or a bare model, which may have slashes of its own.
#pragma once

#include "base/result.h"

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

// The gate that every name from outside goes through before any rule looks at it. A name is of 1 to
// limits::kModelNameBytesMax bytes and has segments between its slashes. Rules compare names and
// providers get them in paths, so what a server might read as another name is refused: an empty
// segment, "." and "..", a percent escape, a backslash, white space, a control character.
//
// Fails with kInvalidRequest: the message says what is wrong and what to write; `field` is where
// the name stood.
[[nodiscard]] Result<void> check_model_name(std::string_view text,
                                            std::string_view field = "model");

// "." and "..", which make another path of the one that they stand in.
[[nodiscard]] constexpr bool is_dot_segment(std::string_view segment) {
  return segment == "." || segment == "..";
}

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
