// The pieces of an answer that a whole message and the delta of a stream write alike.
#pragma once

#include "json/writer.h"
#include "llm/content.h"

#include <cstdint>
#include <string_view>

namespace bifrost::dialect::openai_chat {

// One entry of `images`.
void encode_image(json::Writer& writer, const llm::ImagePart& image, std::int64_t index);

// The value of `audio`.
void encode_audio(json::Writer& writer, const llm::AudioPart& audio);

// The members `id`, `type` and `function` or `custom` of a tool call, signature included.
void encode_tool_call(json::Writer& writer, const llm::ToolCallPart& call);

}  // namespace bifrost::dialect::openai_chat
