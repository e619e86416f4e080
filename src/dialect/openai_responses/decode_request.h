// The pieces of decoding a request that have a file of their own.
#pragma once

#include "dialect/openai_chat/fields.h"
#include "dialect/openai_responses/sealed.h"
#include "llm/request.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::dialect::openai_responses {

using openai_chat::Path;

// Reads the items of `input` one after the other and remembers what later ones refer to. Items that
// belong to one turn of the model (thoughts, text, calls) become one message, for other formats
// know no other turns.
class InputDecoder {
 public:
  explicit InputDecoder(llm::Request& request) : request_(request) {}  // outlives this

  // A string or a list of items.
  Result<void> decode(json::Value input, const Path& path);

 private:
  using Item = Result<void> (InputDecoder::*)(json::Value item, const Path& path, llm::Place place);
  struct ItemType {
    std::string_view name;
    Item read;
  };
  static const ItemType* find_type(std::string_view name);

  Result<void> item(json::Value value, const Path& path, llm::Place place);
  Result<void> message(json::Value item, const Path& path, llm::Place place);
  Result<void> reasoning(json::Value item, const Path& path, llm::Place place);
  Result<void> function_call(json::Value item, const Path& path, llm::Place place);
  Result<void> custom_call(json::Value item, const Path& path, llm::Place place);
  Result<void> call_output(json::Value item, const Path& path, llm::Place place);
  Result<void> item_reference(json::Value item, const Path& path, llm::Place place);
  Result<void> call(llm::ToolCallPart call, json::Value item, const Path& path, llm::Place place);

  // The message that what comes now belongs to: the last one, if it is of this role.
  llm::Message& turn(llm::Role role, llm::Place place);
  void add(llm::Role role, llm::Part part);

  // What stands in `content` of a message or in `output` of a result.
  Result<std::vector<llm::Part>> content(json::Value value, const Path& path, llm::Place owner,
                                         std::string_view key);
  Result<llm::Part> part(json::Value value, const Path& path);
  Result<llm::Part> image(json::Value value, const Path& path);
  Result<llm::Part> file(json::Value value, const Path& path);
  Result<llm::Part> audio(json::Value value, const Path& path);
  void summary(json::Value item, const std::string& id, llm::Place place);

  llm::Request& request_;
  std::map<std::string, std::string, std::less<>> call_names_;  // id -> name
  std::optional<Seal> seal_;  // for the call or text that comes next
};

// Appends to request.tools and request.raw_tools.
Result<void> decode_tools(json::Value tools, const Path& path, llm::Request& request);
Result<void> decode_tool_choice(json::Value value, const Path& path, llm::Request& request);
// `text`: the form of the answer and how many words it makes.
Result<void> decode_text(json::Value value, const Path& path, llm::Request& request);

// Of what only a provider can do that keeps answers: the next target may.
[[nodiscard]] Error needs_state(const Path& path, std::string_view fix);

}  // namespace bifrost::dialect::openai_responses
