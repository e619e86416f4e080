#include "governance/price_overrides.h"

#include "base/strings.h"
#include "catalog/price_fields.h"
#include "json/document.h"
#include "llm/operation.h"

#include <string>
#include <utility>

namespace bifrost::governance {
namespace {

// What is wrong with the member, or nothing.
Result<void> put(catalog::PricePatch& patch, std::string_view name, json::Value value) {
  if (!catalog::is_price_field(name)) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "is no price that is served; there are " + catalog::price_field_names());
  }
  if (value.type() == json::Type::kNull) return {};
  if (value.type() != json::Type::kNumber) {
    return gateway_error(ErrorCode::kConfigInvalid, "is " + std::string(value.raw().substr(0, 40)) +
                                                        "; it must be a number: dollars for one");
  }
  return catalog::set_price(patch, name, value.raw(), catalog::Rounding::kNone);
}

llm::RequestTypes types_of(const PricingOverrideSettings& entry) {
  llm::RequestTypes types;
  for (const PricedRequest each : entry.request_types) {
    if (const auto type = llm::find_request_type(config::enum_text(each)))
      types = types.with(*type);
  }
  return types;
}

catalog::PriceScope scope_of(const PricingOverrideSettings& entry) {
  return {.virtual_key = entry.virtual_key_id,
          .provider = entry.provider_id,
          .provider_key =
              entry.provider_key_id.empty() ? entry.provider_key_name : entry.provider_key_id};
}

}  // namespace

Result<catalog::PricePatch> parse_price_patch(std::string_view json) {
  const auto document = json::Document::parse(json);
  if (!document || document->root().type() != json::Type::kObject) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "it is no JSON of an object, such as {\"input_cost_per_token\": 2.5e-06}");
  }
  catalog::PricePatch patch;
  std::string problems;
  for (const json::Value member : document->root().children()) {
    const std::string name = member.key();
    if (auto done = put(patch, name, member); !done) {
      if (!problems.empty()) problems += "; ";
      problems += quoted(name) + " " + done.error().message;
    }
  }
  if (problems.empty()) return patch;
  return gateway_error(ErrorCode::kConfigInvalid, problems);
}

catalog::PriceOverrides build_price_overrides(const GovernanceSettings& settings) {
  catalog::PriceOverrides out;
  for (const PricingOverrideSettings& entry : settings.pricing_overrides) {
    auto patch = parse_price_patch(entry.pricing_patch);
    if (!patch) continue;  // checked before
    catalog::PriceRule rule{.pattern = entry.pattern,
                            .prefix = entry.match_type == PriceMatch::kWildcard,
                            .types = types_of(entry),
                            .patch = *patch};
    if (rule.prefix) rule.pattern.pop_back();  // the star
    out.add(scope_of(entry), std::move(rule));
  }
  return out;
}

}  // namespace bifrost::governance
