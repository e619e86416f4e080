// What one event of a stream is: judged here for the decoder and for the tap.
#pragma once

#include "http/sse/parser.h"
#include "json/document.h"

#include <cstdint>

namespace bifrost::dialect::openai_chat {

enum class EventKind : std::uint8_t {
  kChunk,     // has choices or usage
  kSideband,  // a sign of life, or what some providers send between the chunks
  kForeign,   // nothing that is known: as the first event, an answer in another format
};

[[nodiscard]] EventKind kind_of(const http::sse::Event& event, json::Value root);

}  // namespace bifrost::dialect::openai_chat
