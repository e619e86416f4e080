// Blocks of an answer, whole or as the start of a stream block.
#pragma once

#include "json/writer.h"
#include "llm/content.h"

#include <string_view>

namespace bifrost::dialect::anthropic {

// A text without citations, as it opens a block.
void write_text_start(json::Writer& writer);
void write_thinking(json::Writer& writer, std::string_view text, std::string_view signature);
void write_redacted_thinking(json::Writer& writer, std::string_view data);

// A picture in an answer. The API itself has none; the block is the one of its requests, so that a
// client which knows it can show it and hand it back.
void write_image(json::Writer& writer, const llm::Media& media);

// The refusal and its text, as the API reports it beside the content.
void write_refusal_details(json::Writer& writer, std::string_view explanation);

}  // namespace bifrost::dialect::anthropic
