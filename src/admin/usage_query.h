// What a report of usage is asked for by a call.
#pragma once

#include "admin/route.h"
#include "base/result.h"
#include "store/usage_report.h"

#include <cstdint>
#include <string_view>

namespace bifrost::admin {

struct UsageQuery {
  store::UsageQuestion question;
  bool csv = false;
};

// As parameters and columns have it: "virtual_key".
[[nodiscard]] std::string_view name_of(store::UsageKey key);

// Fails with kInvalidRequest. A parameter that is not known is refused: who mistypes a filter must
// not get a sum of everything.
[[nodiscard]] Result<UsageQuery> read_usage_query(const Call& call);

}  // namespace bifrost::admin
