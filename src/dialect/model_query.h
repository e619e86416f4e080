// Reads which page of a list of models is asked for; the dialects differ in the names only.
#pragma once

#include "dialect/family.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace bifrost::dialect {

// Two names for one thing: the first that is there counts.
using QueryNames = std::array<std::string_view, 2>;

struct ModelQueryNames {
  QueryNames limit;
  QueryNames after;
  std::string_view before = {};  // empty: the dialect cannot go backwards
  std::int64_t limit_min = 1;    // 0: zero means no limit
  std::int64_t limit_max = 1'000'000;
};

// Fails with kInvalidRequest for a limit that is not a number or out of bounds.
[[nodiscard]] Result<ModelQuery> read_model_query(std::string_view query,
                                                  const ModelQueryNames& names);

}  // namespace bifrost::dialect
