// The items of an answer's `output`, as parts: what a whole response and the events of a stream
// share.
#pragma once

#include "dialect/openai_responses/sealed.h"
#include "json/document.h"
#include "llm/content.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_responses {

enum class ItemKind : std::uint8_t {
  kMessage,
  kReasoning,
  kCall,    // function_call, custom_tool_call
  kImage,   // image_generation_call
  kForeign  // all that the hub has no part for
};

[[nodiscard]] ItemKind kind_of_item(std::string_view type);

// Of kCall. Nothing is made up: id and name may be empty.
[[nodiscard]] llm::ToolCallPart decode_call(json::Value item);
// Of kImage; nothing when there is no result (yet).
[[nodiscard]] std::optional<llm::ImagePart> decode_image(json::Value item);
[[nodiscard]] llm::RawPart decode_foreign(json::Value item);

// What `encrypted_content` of a reasoning item holds: a part of its own, or what we have sealed
// there (sealed.h).
struct Encrypted {
  std::optional<llm::ReasoningPart> part;  // encrypted or redacted
  std::optional<Seal> seal;                // a signature, of this item or of what follows
};
[[nodiscard]] Encrypted decode_encrypted(json::Value item);

// `logprobs` of a text as JSON text in the shape of chat completions; empty when there are none.
[[nodiscard]] std::string decode_logprobs(json::Value logprobs);

// All items of a whole answer. At most kItemsMax are looked at.
struct Answer {
  std::vector<llm::Part> parts;
  std::string logprobs;
};
[[nodiscard]] Answer decode_items(json::Value output, std::string_view answer_id);

}  // namespace bifrost::dialect::openai_responses
