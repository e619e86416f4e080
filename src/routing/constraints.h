// What a caller may be served with, beyond what the request asks for.
//
// Pure values: the access of a principal lives in the configuration's snapshot, the pin in the
// caller's headers; both outlive the plan and the picker that read them.
#pragma once

#include "base/pattern.h"
#include "base/result.h"
#include "provider/endpoint.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::routing {

// A caller's wish for one key, from x-bf-api-key-id and x-bf-api-key. The id goes before the name.
struct KeyPin {
  std::string_view id = {};
  std::string_view name = {};
  [[nodiscard]] bool any() const { return !id.empty() || !name.empty(); }
};

// What is allowed at one provider. A list of models holds names, or `*` for all, and patterns of
// whole names; denying wins.
struct Grant {
  std::string provider;
  std::vector<std::string> models = {std::string(provider::kEverything)};
  std::vector<std::string> blacklisted_models = {};
  std::vector<Pattern> model_patterns = {};
  std::vector<Pattern> blacklisted_patterns = {};
  std::optional<std::vector<std::string>> key_ids = std::nullopt;  // absent: all keys
  std::optional<double> weight = std::nullopt;  // in the draw for bare models; absent: not in it
};

struct Access {
  bool all_providers = true;  // also those without a grant, with all their models and keys
  std::vector<Grant> grants = {};

  [[nodiscard]] const Grant* find(std::string_view provider) const;
};

struct Constraints {
  const Access* access = nullptr;  // null: everything
  KeyPin pin = {};
  bool own_key_only = false;  // he is known by nothing but a provider's key that he brings
};

// Fails with kPermissionDenied (type "provider_blocked") or kModelBlocked. Another target may be
// allowed. A key that nobody has checked is not taken for leave to use what needs none.
[[nodiscard]] Result<void> check_access(const Constraints& constraints,
                                        const provider::Endpoint& endpoint, std::string_view model);

// The same of the provider alone.
[[nodiscard]] Result<void> check_provider(const Constraints& constraints,
                                          const provider::Endpoint& endpoint);

// May the key be drawn, as far as the grant and the pin go?
[[nodiscard]] bool may_use(const Constraints& constraints, const provider::Endpoint& endpoint,
                           const provider::Key& key);

}  // namespace bifrost::routing
