// The pieces of encoding a request that have a file of their own.
#pragma once

#include "dialect/dropped.h"
#include "dialect/flavor.h"
#include "dialect/openai_chat/extras.h"
#include "json/writer.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_chat {

// DeepSeek's switch. https://api-docs.deepseek.com/guides/thinking_mode
inline constexpr std::string_view kThinkingOff = R"({"type":"disabled"})";

// What all pieces write to and read from while one request is encoded.
struct Encoding {
  const llm::Request& request;
  const Flavor& flavor;
  json::Writer writer;
  ExtrasIndex extras;
  Dropped dropped;
  std::string_view model = {};  // as the endpoint knows it
  bool any_turn = false;        // something is left of the conversation

  // Did the caller speak this dialect itself?
  [[nodiscard]] bool same_dialect() const;
  // Is there a use for Gemini's thought signatures? Strict endpoints refuse the field.
  [[nodiscard]] bool writes_signatures() const;
  // Names a field of the request.
  void drop(std::string_view field) { dropped.field(field); }
  // The caller's path of a message, part or tool as the extras have it; only when there are any.
  [[nodiscard]] std::string extras_path(llm::Place place) const {
    return extras.empty() ? std::string() : request.source.path(place);
  }
  // Appends `cache_control` where the endpoint understands it.
  void write_cache(const std::optional<llm::CacheMarker>& cache);
};

// Appends the array of messages.
class MessageEncoder {
 public:
  explicit MessageEncoder(Encoding& encoding);  // outlives this

  void encode_all();

 private:
  void message(const llm::Message& message);
  void user(const llm::Message& message);
  void assistant(const llm::Message& message);
  void tool_results(const llm::Message& message);
  void tool_result(const llm::Part& outer, const llm::ToolResultPart& result);
  // Media of tool results, which tool messages cannot carry, in a user message behind them.
  void flush_media();

  // The parts that go into `content`; blocks of another dialect are named as dropped.
  std::vector<const llm::Part*> content_parts(const std::vector<llm::Part>& parts);
  void content(const std::vector<const llm::Part*>& parts);
  void write_extras(llm::Place place);
  void write_block_extras(std::string_view below);
  void content_part(const llm::Part& part);
  void text_part(std::string_view text);
  void file_part(const llm::FilePart& file, llm::Place place);
  void reasoning(const llm::Message& message);
  void refusal(const llm::Message& message);
  void tool_calls(const llm::Message& message);

  [[nodiscard]] bool says_anything(const llm::Message& message);
  void drop_reasoning(const llm::Message& message);
  void name_seals(const llm::Message& message);
  [[nodiscard]] bool writes_as_content(const llm::Part& part) const;
  [[nodiscard]] bool by_address_only(const llm::Part& part) const;

  Encoding& encoding_;
  json::Writer& writer_;
  std::vector<const llm::Part*> media_;
  std::string block_path_;  // of the content block being written; only kept while there are extras
};

void encode_tools(Encoding& encoding);
void encode_tool_choice(Encoding& encoding);
void encode_response_format(Encoding& encoding);
// Does the tool choice make the endpoint refuse to think?
[[nodiscard]] bool ends_thinking(const Encoding& encoding);

// "low", "medium" or "high" for a number of tokens; empty for 0 (off) and -1 (the model decides).
[[nodiscard]] std::string_view effort_of_budget(std::int64_t budget_tokens);
// The word for `reasoning_effort`; empty: nothing to say.
[[nodiscard]] std::string effort_word(const llm::Reasoning& reasoning, const Flavor& flavor,
                                      bool same_dialect);
// Appends the value of `reasoning`.
void encode_reasoning_options(Encoding& encoding);

}  // namespace bifrost::dialect::openai_chat
