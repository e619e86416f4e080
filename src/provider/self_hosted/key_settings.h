// What only the keys of servers that people run themselves have: where the server of the key is.
#pragma once

#include "config/facts.h"
#include "provider/settings/key_parts.h"

#include <string>
#include <string_view>

namespace bifrost::provider {

inline constexpr config::Facts kOwnServerUrl{.text = "Address of the server behind this key.",
                                             .form = config::Form::kUrl,
                                             .required = true,
                                             .env = true};

struct OllamaKeySettings {
  static constexpr std::string_view kSection = "ollama_key_config";
  static constexpr std::string_view kText = "Provider ollama: the server of the key.";

  std::string url;

  [[nodiscard]] OwnServer server() const { return {.url = url}; }
  void describe(this auto& self, auto& visit) { visit.field("url", self.url, kOwnServerUrl); }

  friend bool operator==(const OllamaKeySettings&, const OllamaKeySettings&) = default;
};

struct SglKeySettings {
  static constexpr std::string_view kSection = "sgl_key_config";
  static constexpr std::string_view kText = "Provider sgl: the server of the key.";

  std::string url;

  [[nodiscard]] OwnServer server() const { return {.url = url}; }
  void describe(this auto& self, auto& visit) { visit.field("url", self.url, kOwnServerUrl); }

  friend bool operator==(const SglKeySettings&, const SglKeySettings&) = default;
};

struct VllmKeySettings {
  static constexpr std::string_view kSection = "vllm_key_config";
  static constexpr std::string_view kText = "Provider vllm: the server of the key and its model.";

  std::string url;
  std::string model_name;

  [[nodiscard]] OwnServer server() const { return {.url = url, .only_model = model_name}; }
  void describe(this auto& self, auto& visit) {
    visit.field("url", self.url, kOwnServerUrl);
    visit.field("model_name", self.model_name,
                {.text = "The model that this server serves.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
  }

  friend bool operator==(const VllmKeySettings&, const VllmKeySettings&) = default;
};

}  // namespace bifrost::provider
