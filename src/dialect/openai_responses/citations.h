// The sources of an answer, as annotations of a piece of its text.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/content.h"

#include <vector>

namespace bifrost::dialect::openai_responses {

// One entry of `annotations`: url_citation, file_citation, container_file_citation, file_path.
[[nodiscard]] llm::Citation decode_annotation(json::Value annotation);
[[nodiscard]] std::vector<llm::Citation> decode_annotations(json::Value annotations);

// Can it be written as an annotation?
[[nodiscard]] bool is_annotation(const llm::Citation& citation);

// Appends one entry.
void encode_annotation(json::Writer& writer, const llm::Citation& citation);

}  // namespace bifrost::dialect::openai_responses
