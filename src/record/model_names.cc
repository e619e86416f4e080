#include "record/model_names.h"

#include "base/limits.h"

#include <algorithm>

namespace bifrost::record {

using telemetry::kOther;
using telemetry::LabelValue;
using telemetry::Standing;

// A name of the configuration is one whatever was known of it before.
void ModelNames::Names::configure(std::string_view model) {
  LabelValue* const known = values.find(model);
  if (known == nullptr) {
    values.add(model, Standing::kListed);
    return;
  }
  if (known->standing == Standing::kAccepted) --accepted;
  if (known->standing == Standing::kTried) --tried;
  known->standing = Standing::kListed;
}

ModelNames::Names& ModelNames::of(std::string_view provider) {
  const auto found = providers_.find(provider);
  return found != providers_.end() ? found->second : providers_[std::string(provider)];
}

void ModelNames::configure(std::span<const ConfiguredModels> providers) {
  std::erase_if(providers_, [&](const auto& entry) {
    return std::ranges::find(providers, entry.first, &ConfiguredModels::provider) ==
           providers.end();
  });
  for (const ConfiguredModels& each : providers) {
    Names& names = of(each.provider);
    names.values.remove_if(
        [](const LabelValue& name) { return name.standing == Standing::kListed; });
    for (const std::string& model : each.models) names.configure(model);
  }
}

LabelValue ModelNames::served(std::string_view provider, std::string_view model) {
  Names& names = of(provider);
  LabelValue* const known = names.values.find(model);
  if (known != nullptr && known->standing != Standing::kTried) return *known;
  if (names.accepted == limits::kServedModelsMax)
    return known != nullptr ? *known : LabelValue(kOther);
  if (known == nullptr) {
    const LabelValue added = names.values.add(model, Standing::kAccepted);
    ++names.accepted;
    return added;
  }
  ++names.accepted;
  --names.tried;
  known->standing = Standing::kAccepted;
  return *known;
}

LabelValue ModelNames::tried(std::string_view provider, std::string_view model) {
  Names& names = of(provider);
  if (const LabelValue* known = names.values.find(model)) return *known;
  if (names.tried == limits::kTriedModelsMax) return kOther;
  const LabelValue added = names.values.add(model, Standing::kTried);
  ++names.tried;
  return added;
}

LabelValue ModelNames::unknown(std::string_view provider, std::string_view model) {
  const LabelValue* known = of(provider).values.find(model);
  return known != nullptr ? *known : LabelValue(kOther);
}

}  // namespace bifrost::record
