#include "governance/settings/pricing_checks.h"

#include "governance/price_overrides.h"
#include "json/writer.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace bifrost::governance {
namespace {

// What a scope is about is named, and nothing else.
void check_price_scope(const PricingOverrideSettings& entry, config::CheckScope& scope) {
  const std::string_view kind = config::enum_text(entry.scope_kind);
  const auto want = [&](std::string_view member, bool given, bool needed, bool allowed) {
    if (needed && !given) {
      scope.problem(member, "required with scope_kind " + json::quoted(kind));
    } else if (given && !allowed) {
      scope.problem(member, "must not be given with scope_kind " + json::quoted(kind));
    }
  };
  const bool of_caller = kind.starts_with("virtual_key");
  const bool of_key = kind.ends_with("provider_key");
  const bool of_provider = kind.contains("provider");
  // Names of keys repeat at other providers, so a key may be told by its provider too.
  const bool needs_provider = of_provider && entry.scope_kind != PriceScopeKind::kProviderKey;
  const bool by_id = !entry.provider_key_id.empty();
  const bool by_name = !entry.provider_key_name.empty();
  want("virtual_key_id", !entry.virtual_key_id.empty(), of_caller, of_caller);
  want("provider_id", !entry.provider_id.empty(), needs_provider, of_provider);
  want("provider_key_name", by_id || by_name, of_key, of_key);
  if (by_id && by_name) {
    scope.problem("provider_key_name", "cannot go together with provider_key_id");
  }
}

void check_pattern(const PricingOverrideSettings& entry, config::CheckScope& scope) {
  const std::size_t star = entry.pattern.find('*');
  if (entry.match_type == PriceMatch::kExact && star != std::string::npos) {
    scope.problem("pattern", R"(has a "*", which only match_type "wildcard" knows)");
  }
  if (entry.match_type == PriceMatch::kWildcard && star + 1 != entry.pattern.size()) {
    scope.problem("pattern", R"(must end with its only "*" with match_type "wildcard")");
  }
}

}  // namespace

void PricingOverrideSettings::check(config::CheckScope& scope) const {
  check_price_scope(*this, scope);
  check_pattern(*this, scope);
  if (request_types.empty()) {
    scope.problem("request_types", R"(must name at least one, such as "chat_completion")");
  }
  if (const auto patch = parse_price_patch(pricing_patch); !patch) {
    scope.problem("pricing_patch", patch.error().message);
  }
}

// Two entries that say the same of a model would hide each other.
void check_pricing_overrides(const GovernanceSettings& settings, config::CheckScope& scope) {
  constexpr std::string_view kList = "pricing_overrides";
  if (settings.pricing_overrides.empty()) return;  // and no look at a hundred thousand keys
  using Place = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view,
                           PricedRequest>;
  std::set<std::string_view> keys;
  for (const VirtualKeySettings& key : settings.virtual_keys) keys.insert(key.id);
  std::set<std::string_view> ids;
  std::set<Place> places;
  for (std::size_t i = 0; i < settings.pricing_overrides.size(); ++i) {
    const PricingOverrideSettings& entry = settings.pricing_overrides[i];
    if (!entry.id.empty() && !ids.insert(entry.id).second) {
      scope.problem(kList, i, "id", "another entry has " + json::quoted(entry.id) + " too");
    }
    if (!entry.virtual_key_id.empty() && !keys.contains(entry.virtual_key_id)) {
      scope.problem(
          kList, i, "virtual_key_id",
          "there is no " + json::quoted(entry.virtual_key_id) + " in governance.virtual_keys");
    }
    const std::string& provider_key =
        entry.provider_key_id.empty() ? entry.provider_key_name : entry.provider_key_id;
    const std::set types(entry.request_types.begin(), entry.request_types.end());
    const bool all_new = std::ranges::all_of(types, [&](PricedRequest type) {
      return places
          .emplace(entry.virtual_key_id, entry.provider_id, provider_key, entry.pattern, type)
          .second;
    });
    if (all_new) continue;
    scope.problem(kList, i, "pattern",
                  "another entry has the same scope and pattern, and a request type of this one");
  }
}

}  // namespace bifrost::governance
