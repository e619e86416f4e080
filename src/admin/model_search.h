// Which models the configured keys may be used for, by their lists, aliases and the price sheet in
// force; and which of them a call asks for.
#pragma once

#include "admin/route.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::admin {

struct FoundModel {
  std::string_view provider;
  std::string_view name;
  const std::vector<std::string>& keys;  // ids of those that may be used for it
};

// Each that goes with `provider`, `query`, `keys` and `vks` of the call's query, in order. With
// `unfiltered` also those that the providers have and no key may be used for. Fails as read_flag.
Result<void> search_models(const Call& call, const std::function<void(const FoundModel&)>& visit);

}  // namespace bifrost::admin
