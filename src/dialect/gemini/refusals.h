// What a Gemini model refuses, read from its name.
#pragma once

#include "dialect/refusals.h"
#include "dialect/refused_member.h"
#include "dialect/request.h"

#include <string_view>
#include <vector>

namespace bifrost::dialect::gemini {

[[nodiscard]] Refusals refusals(std::string_view model);

// The members of a passing request that the model refuses; all stand inside of generationConfig.
[[nodiscard]] std::vector<RefusedMember> refused_members(const RequestFacts& facts,
                                                         const EncodeOptions& options);

}  // namespace bifrost::dialect::gemini
