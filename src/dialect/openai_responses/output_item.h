// The items of an answer's `output`, as we write them: what a whole response and the events of a
// stream share.
#pragma once

#include "json/writer.h"
#include "llm/content.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_responses {

// Texts of one item, in the order they came: summaries and thoughts of a reasoning item, texts and
// refusals of a message.
struct OutputText {
  enum class Kind : std::uint8_t { kText, kRefusal, kSummary, kReasoning };
  Kind kind = Kind::kText;
  std::string text;
  std::vector<std::string> annotations;  // JSON text of each
  std::string logprobs;                  // the entries as JSON text, with commas between them

  // Appends the part as `content` or `summary` has it.
  void write(json::Writer& writer) const;
  // The piece of `logprobs`, in the shape of chat completions; anything else is left out.
  void add_logprobs(std::string_view chat_logprobs);
};

struct OutputItem {
  enum class Kind : std::uint8_t { kMessage, kReasoning, kCall, kImage, kForeign };
  Kind kind = Kind::kMessage;
  std::string id;
  std::vector<OutputText> texts;
  std::string encrypted;   // of a reasoning item, as it is written
  llm::ToolCallPart call;  // of a call
  std::string json;        // of an image its base64; of a foreign item the item itself
  std::string media_type;  // of an image

  // Is there a text of this kind?
  [[nodiscard]] bool has(OutputText::Kind wanted) const;
  // Appends the item. Thoughts and foreign items have no status.
  void write(json::Writer& writer, std::string_view status) const;
};

// What is put in where a provider says that its model refused, and not in which words.
inline constexpr std::string_view kRefusalText = "The model declined to answer.";

// Entries between the brackets of `content` in logprobs of chat completions; empty: none.
[[nodiscard]] std::string logprob_entries(std::string_view chat_logprobs);

// "msg_…", "rs_…", "fc_…", "ctc_…", "ig_…": made from the answer's id and the item's place, so that
// the same answer written twice has the same ids.
[[nodiscard]] std::string made_up_item_id(OutputItem::Kind kind, bool custom,
                                          std::string_view response_id, std::size_t place);

}  // namespace bifrost::dialect::openai_responses
