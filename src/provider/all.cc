#include "provider/provider.h"
#include "provider/rows.h"

#include <algorithm>
#include <array>
#include <vector>

namespace bifrost::provider {
namespace {

std::vector<ProviderSpec> table() {
  std::vector<ProviderSpec> rows = {
      openai(),
      anthropic(),
      gemini(),
  };
  std::ranges::move(openai_compatible(), std::back_inserter(rows));
  rows.push_back(demo_row());
  return rows;
}

constexpr std::array<std::string_view, 17> kUnserved = {
    "azure",   "bedrock", "bedrock_mantle", "cohere",      "databricks",   "elevenlabs",
    "vertex",  "wafer",   "github-copilot", "opencode-go", "opencode-zen", "replicate",
    "runware", "runway",  "sarvam",         "typesafe",    "zro",
};

}  // namespace

std::span<const ProviderSpec> all() {
  static const std::vector<ProviderSpec> kAll = table();
  return kAll;
}

const ProviderSpec* find(std::string_view name, std::span<const ProviderSpec> rows) {
  const auto found = std::ranges::find(rows, name, &ProviderSpec::name);
  return found == rows.end() ? nullptr : &*found;
}

const SideSpec* ProviderSpec::on_request() const {
  const auto found = std::ranges::find(sides, true, &SideSpec::on_request);
  return found == sides.end() ? nullptr : &*found;
}

std::string_view ProviderSpec::canonical_model(std::string_view model) const {
  const std::string_view prefix = usual().dialect->family.model_prefix;
  if (prefix.empty()) return model;
  while (model.size() > prefix.size() && model.starts_with(prefix)) {
    model.remove_prefix(prefix.size());
  }
  return model;
}

std::span<const std::string_view> unserved() { return kUnserved; }

}  // namespace bifrost::provider
