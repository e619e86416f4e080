#include "routing/constraints.h"

#include "base/strings.h"
#include "base/try.h"
#include "routing/permit.h"

#include <algorithm>
#include <utility>

namespace bifrost::routing {
namespace {

Error refusal(ErrorCode code, std::string message) {
  Error error = client_error(code, std::move(message), "model");
  error.retry = Retry::kOtherTarget;
  return error;
}

Error blocked(std::string message) {
  Error error = refusal(ErrorCode::kPermissionDenied, std::move(message));
  error.upstream_type = "provider_blocked";
  return error;
}

bool is_pinned(const provider::Key& key, const KeyPin& pin) {
  if (!pin.id.empty()) return key.id() == pin.id;
  return pin.name.empty() || key.settings.name == pin.name;
}

// By the name that was asked for, and by what an alias of any key makes of it.
bool denies(const Grant& grant, const provider::Endpoint& endpoint, std::string_view model) {
  if (grant.blacklisted_models.empty() && grant.blacklisted_patterns.empty()) return false;
  const auto denied = [&](std::string_view name) {
    return lists(endpoint, grant.blacklisted_models, name) ||
           matches(endpoint, grant.blacklisted_patterns, name);
  };
  return denied(model) || std::ranges::any_of(endpoint.keys, [&](const provider::Key& key) {
           return denied(behind_alias(endpoint, key, model));
         });
}

bool permits(const Grant& grant, const provider::Endpoint& endpoint, std::string_view model) {
  return lists(endpoint, grant.models, model) || matches(endpoint, grant.model_patterns, model);
}

}  // namespace

const Grant* Access::find(std::string_view provider) const {
  const auto found = std::ranges::find(grants, provider, &Grant::provider);
  return found == grants.end() ? nullptr : &*found;
}

Result<void> check_provider(const Constraints& constraints, const provider::Endpoint& endpoint) {
  if (constraints.own_key_only && endpoint.keyless) {
    return blocked("provider " + endpoint.name +
                   " takes no key, so that a key of your own (x-bf-direct-key) is no credential "
                   "for it (client.enforce_auth_on_inference)");
  }
  if (constraints.access == nullptr || constraints.access->all_providers ||
      constraints.access->find(endpoint.name) != nullptr) {
    return {};
  }
  return blocked("provider " + endpoint.name + " is not allowed for this credential");
}

Result<void> check_access(const Constraints& constraints, const provider::Endpoint& endpoint,
                          std::string_view model) {
  BF_TRY_VOID(check_provider(constraints, endpoint));
  if (constraints.access == nullptr) return {};
  const Grant* grant = constraints.access->find(endpoint.name);
  if (grant == nullptr) return {};
  if (denies(*grant, endpoint, model) || !permits(*grant, endpoint, model)) {
    return refusal(ErrorCode::kModelBlocked, "model " + quoted(model) + " of provider " +
                                                 endpoint.name +
                                                 " is not allowed for this credential");
  }
  return {};
}

bool may_use(const Constraints& constraints, const provider::Endpoint& endpoint,
             const provider::Key& key) {
  if (!is_pinned(key, constraints.pin)) return false;
  if (constraints.access == nullptr) return true;
  const Grant* grant = constraints.access->find(endpoint.name);
  return grant == nullptr || !grant->key_ids ||
         std::ranges::find(*grant->key_ids, key.id()) != grant->key_ids->end();
}

}  // namespace bifrost::routing
