// The elements of `content.parts`, which requests, answers and stream chunks share.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/content.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::gemini {

// ReasoningPart::format of what a Gemini model signed.
inline constexpr std::string_view kSignatureFormat = "google-gemini-v1";

// The signature when a Gemini model may see it: it refuses those of other models.
[[nodiscard]] std::string_view own_signature(std::string_view signature, std::string_view format);

// Appends what one part stands for: mostly one part of ours. A signature on an image, sound or
// file, where we have no place for it, follows as an empty text part. Function calls and results
// keep an empty id where there is none.
void decode_part(json::Value part, std::vector<llm::Part>& out);

// A function call without its arguments' streaming; the id may be empty.
[[nodiscard]] llm::ToolCallPart decode_call(json::Value part);

// The signature that an empty text part behind `parts[at]` carries for it; empty: none. The
// reverse of what `decode_part` does to media.
[[nodiscard]] std::string_view signature_behind(std::span<const llm::Part> parts, std::size_t at);

// `arguments` as a JSON object: what is none is put into one, so that the wire stays legal.
[[nodiscard]] std::string arguments_object(std::string_view arguments);

// Each writes one whole part.
void write_text(json::Writer& out, std::string_view text, std::string_view signature);
void write_thought(json::Writer& out, std::string_view text, std::string_view signature);
void write_call(json::Writer& out, const llm::ToolCallPart& call, std::string_view signature);
// False, and nothing written, when the part is no media or only its provider can read it.
bool write_media_part(json::Writer& out, const llm::Part& part, std::string_view signature);

// Can the part stand in an answer?
[[nodiscard]] bool has_counterpart(const llm::Part& part);

// Writes the parts of an answer; what has no counterpart is left out.
void write_answer_parts(json::Writer& out, std::span<const llm::Part> parts);

}  // namespace bifrost::dialect::gemini
