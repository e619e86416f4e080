#include "exchange/compat.h"

#include "base/strings.h"
#include "json/document.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::exchange {
namespace {

constexpr std::string_view kHeader = "x-bf-compat";
constexpr std::string_view kDropParams = "should_drop_params";

// Those of the section, served or not, and the word for all.
constexpr std::array<std::string_view, 7> kNames = {"*",
                                                    "convert_text_to_chat",
                                                    "convert_chat_to_responses",
                                                    kDropParams,
                                                    "should_convert_params",
                                                    "azure_deepseek",
                                                    "force_reasoning_only_models_to_responses"};

std::optional<CompatSettings> read(std::string_view value) {
  if (value == "true") return CompatSettings{.should_drop_params = true};
  if (value == "false") return CompatSettings{};
  const auto list = json::Document::parse(value);
  if (!list || !list->root().is_array()) return std::nullopt;
  CompatSettings settings;
  for (const json::Value item : list->root().children()) {
    const auto is_item = [&](std::string_view name) { return item.equals(name); };
    if (std::ranges::none_of(kNames, is_item)) return std::nullopt;
    if (is_item("*") || is_item(kDropParams)) settings.should_drop_params = true;
  }
  return settings;
}

}  // namespace

Result<CompatSettings> compat_of(const CompatSettings& configured, const http::Headers& headers) {
  const auto value = headers.find(kHeader);
  if (!value) return configured;
  if (const auto settings = read(trim(*value))) return *settings;
  return client_error(ErrorCode::kInvalidRequest,
                      std::string(kHeader) + " is \"" + std::string(utf8_prefix(*value, 128)) +
                          "\"; write true, false, [\"*\"] or a list of settings of "
                          "client.compat: [\"should_drop_params\"]",
                      std::string(kHeader));
}

}  // namespace bifrost::exchange
