// The sources of an answer: groundingMetadata and citationMetadata, and our citations.
//
// Google counts offsets in bytes of UTF-8, we count characters.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/content.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::gemini {

// Offsets into a longer text are left out: each citation costs one walk over it.
inline constexpr std::size_t kCitedTextBytesMax = 1024 * 1024;

// A citation and the part of the answer that it belongs to.
struct PlacedCitation {
  std::size_t part = 0;  // index among the wire's parts; 0 when it is not said
  llm::Citation citation;
};

// Offsets are turned into characters of `texts[part]`, the text of each wire part in order.
[[nodiscard]] std::vector<PlacedCitation> decode_citations(json::Value candidate,
                                                           std::span<const std::string> texts);

// The members of a candidate that its citations need; nothing when there are none.
void write_citations(json::Writer& out, std::span<const PlacedCitation> citations,
                     std::span<const std::string> texts);

}  // namespace bifrost::dialect::gemini
