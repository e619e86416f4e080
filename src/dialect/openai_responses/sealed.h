// What another format's provider signed or encrypted, inside of a reasoning item.
//
// A reasoning item has one place for what the caller hands back unread: `encrypted_content`. OpenAI
// puts its own there. For others it holds an envelope that says what it is, so that the caller's
// next request gives each provider its own bytes again:
//
//   "bf1." base64 of {"k":"signature","f":"anthropic-claude-v1","d":"…"}
//
// The envelope is no secret and is not signed: a caller who changes it harms his own conversation.
#pragma once

#include "llm/content.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::dialect::openai_responses {

// The scheme of what OpenAI itself encrypts, in ReasoningPart::format.
inline constexpr std::string_view kOwnFormat = "openai-responses-v1";
inline constexpr std::string_view kGeminiFormat = "google-gemini-v1";

struct Seal {
  enum class Kind : std::uint8_t {
    kSignature,  // of the thoughts in the same item
    kRedacted,
    kEncrypted,
    kCall,  // of the call behind the item
    kText,  // of the text behind the item
  };
  Kind kind = Kind::kSignature;
  std::string format;
  std::string data;

  bool operator==(const Seal&) const = default;
};

[[nodiscard]] std::string seal(const Seal& content);
// Nothing when it is none of ours.
[[nodiscard]] std::optional<Seal> unseal(std::string_view encrypted_content);

// What has to be sealed of a part of an answer; nothing when it is OpenAI's own, or plain text.
[[nodiscard]] std::optional<Seal> seal_of(const llm::ReasoningPart& part);

}  // namespace bifrost::dialect::openai_responses
