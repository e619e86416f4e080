// usageMetadata and our disjoint classes.
//
// promptTokenCount contains what came from a cache; toolUsePromptTokenCount does not stand in it;
// candidatesTokenCount is without thoughts. The details by modality split the two counts and add
// nothing. Video and documents are priced as text and stay in `input`.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/usage.h"

namespace bifrost::dialect::gemini {

// Not `known` when there is no count in it: early chunks carry the traffic type alone.
[[nodiscard]] llm::Usage decode_usage(json::Value metadata);

// Appends the object. Reading it back gives the same classes, except that cache writes, which
// Google does not report, become input, and that web searches are lost.
void write_usage(json::Writer& out, const llm::Usage& usage);

}  // namespace bifrost::dialect::gemini
