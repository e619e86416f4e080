// Token counts: the sums of Responses <-> our disjoint classes.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/usage.h"

namespace bifrost::dialect::openai_responses {

// `usage` may be anything; numbers that contradict each other are cut so that the classes add up.
[[nodiscard]] llm::Usage decode_usage(json::Value usage);

// Appends the usage object. `decode_usage` reads the same classes from it.
void encode_usage(json::Writer& writer, const llm::Usage& usage);

}  // namespace bifrost::dialect::openai_responses
