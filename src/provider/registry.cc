#include "provider/registry.h"

#include "base/strings.h"
#include "base/try.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace bifrost::provider {
namespace {

Error bad_provider(std::string_view name, std::string_view field, std::string_view why) {
  std::string param = "providers." + std::string(name) + std::string(field);
  Error error = gateway_error(ErrorCode::kConfigInvalid, param + ": " + std::string(why));
  error.param = std::move(param);
  return error;
}

bool is_unserved(std::string_view name) {
  return std::ranges::find(unserved(), name) != unserved().end();
}

std::string did_you_mean(std::string_view name) {
  std::vector<std::string_view> names;
  for (const ProviderSpec& spec : all()) names.push_back(spec.name);
  const auto near = nearest(name, names);
  return near ? "; did you mean \"" + std::string(*near) + "\"?" : std::string();
}

// The row that an entry is made of; null: it is known but not served.
Result<const ProviderSpec*> spec_of(std::span<const ProviderSpec> rows, std::string_view name,
                                    const ProviderSettings& settings) {
  if (name.empty() || name.find('/') != std::string_view::npos) {
    return bad_provider(name, "", "a provider's name may not be empty or hold a slash");
  }
  const ProviderSpec* own = find(name, rows);
  if (!settings.custom) {
    if (own != nullptr || is_unserved(name)) return own;
    return bad_provider(
        name, "",
        "no provider has this name, and there is no custom_provider_config" + did_you_mean(name));
  }
  const std::string& base_type = settings.custom->base_provider_type;
  const ProviderSpec* base = find(base_type, rows);
  if (own != nullptr && own != base) {
    return bad_provider(
        name, ".custom_provider_config.base_provider_type",
        "the name belongs to a provider of another type; choose a name of your own");
  }
  if (base != nullptr || is_unserved(base_type)) return base;
  return bad_provider(name, ".custom_provider_config.base_provider_type",
                      "no provider has this name" + did_you_mean(base_type));
}

}  // namespace

Result<Registry> Registry::build(const Providers& providers, std::span<const ProviderSpec> rows) {
  Registry registry;
  if (providers.empty()) {
    registry.warnings_.emplace_back("providers: there are none, so every chat is refused.");
  }
  for (const auto& [name, settings] : providers) {
    BF_TRY(const ProviderSpec* spec, spec_of(rows, name, settings));
    if (spec == nullptr) {
      registry.warnings_.push_back("providers." + name + ": not served yet, the entry is ignored.");
      continue;
    }
    BF_TRY(auto built, build_endpoint(name, *spec, settings));
    registry.endpoints_.push_back(std::move(built.endpoint));
    std::ranges::move(built.warnings, std::back_inserter(registry.warnings_));
  }
  return registry;
}

const Endpoint* Registry::find(std::string_view name) const {
  const auto found = std::ranges::find(endpoints_, name, &Endpoint::name);
  return found == endpoints_.end() ? nullptr : &*found;
}

std::string Registry::names() const {
  std::string out;
  for (const Endpoint& endpoint : endpoints_) {
    if (!out.empty()) out += ", ";
    out += endpoint.name;
  }
  return out;
}

}  // namespace bifrost::provider
