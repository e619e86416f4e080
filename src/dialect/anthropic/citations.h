// Citations of a text block, both ways.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/content.h"

#include <vector>

namespace bifrost::dialect::anthropic {

[[nodiscard]] llm::Citation read_citation(json::Value citation);
[[nodiscard]] std::vector<llm::Citation> read_citations(json::Value list);

// As it came when this dialect wrote it; else as a search result, which is what has a URL here.
void write_citation(json::Writer& writer, const llm::Citation& citation);

}  // namespace bifrost::dialect::anthropic
