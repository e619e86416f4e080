// Token counts: OpenAI's overlapping sums <-> our disjoint classes.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/usage.h"

namespace bifrost::dialect::openai_chat {

// The usage of a response or chunk, wherever the provider put it; missing when it has none.
[[nodiscard]] json::Value find_usage(json::Value root);

// `usage` may be anything; numbers that contradict each other are cut so that the classes add up.
[[nodiscard]] llm::Usage decode_usage(json::Value usage);

// Appends the usage object. `decode_usage` reads the same classes from it.
void encode_usage(json::Writer& writer, const llm::Usage& usage);

}  // namespace bifrost::dialect::openai_chat
