// Which members of a passing request the model refuses.
#pragma once

#include "dialect/refused_member.h"
#include "dialect/request.h"

#include <vector>

namespace bifrost::dialect::openai_responses {

// Takes them out of `facts`, for an edit to cut out.
[[nodiscard]] std::vector<RefusedMember> take_refused(RequestFacts& facts,
                                                      const EncodeOptions& options);

}  // namespace bifrost::dialect::openai_responses
