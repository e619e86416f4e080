// What a chat is expected to use before it is sent, in any wire format, without decoding it.
#pragma once

#include "dialect/request.h"
#include "llm/usage.h"

#include <cstddef>
#include <cstdint>

namespace bifrost::operation {

// As exchange::Call::expected_usage. Bounded, whatever the caller asks for.
[[nodiscard]] llm::Usage expected_of_chat(const dialect::RequestFacts& facts,
                                          std::size_t body_bytes, std::int64_t output_tokens_max);

// Does the caller allow the model to write so much and no more?
[[nodiscard]] bool says_output_max(const dialect::RequestFacts& facts);

}  // namespace bifrost::operation
