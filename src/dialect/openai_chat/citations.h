// The sources of an answer: OpenAI's annotations, and Perplexity's lists beside the choices.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/content.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_chat {

// One entry of `annotations`; other kinds than url_citation are kept raw.
[[nodiscard]] llm::Citation decode_annotation(json::Value annotation);
[[nodiscard]] std::vector<llm::Citation> decode_annotations(json::Value annotations);

// `search_results` or `citations` of a whole answer or chunk.
[[nodiscard]] std::vector<llm::Citation> decode_search_results(json::Value root);

// Can it be written as an annotation?
[[nodiscard]] bool is_annotation(const llm::Citation& citation);

// Appends one entry. `shift` is where the citation's text begins in the whole message, in
// characters.
void encode_annotation(json::Writer& writer, const llm::Citation& citation, std::int64_t shift);

// Characters (code points) of a UTF-8 text.
[[nodiscard]] std::int64_t character_count(std::string_view text);

}  // namespace bifrost::dialect::openai_chat
