// The pieces of decoding a request that have a file of their own.
#pragma once

#include "dialect/openai_chat/fields.h"
#include "llm/request.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::dialect::openai_chat {

// Decodes the messages one after the other and remembers what later ones refer to.
class MessageDecoder {
 public:
  explicit MessageDecoder(llm::Request& request)  // outlives this
      : extras_(request.extras), source_(request.source) {}

  Result<llm::Message> decode(json::Value value, const Path& path, llm::Place place);

 private:
  Result<llm::Message> user(json::Value value, const Path& path, llm::Role role);
  Result<llm::Message> assistant(json::Value value, const Path& path);
  Result<llm::Message> tool(json::Value value, const Path& path);
  Result<llm::Message> function(json::Value value, const Path& path);
  Result<void> append_tool_calls(json::Value message, const Path& path,
                                 std::vector<llm::Part>& parts);
  Result<void> append_function_call(json::Value message, const Path& path,
                                    std::vector<llm::Part>& parts);

  Result<std::vector<llm::Part>> content(json::Value value, const Path& path);
  Result<llm::Part> part(json::Value value, const Path& path);
  Result<llm::Part> image(json::Value value, const Path& path);
  Result<llm::Part> audio(json::Value value, const Path& path);
  Result<llm::Part> file(json::Value value, const Path& path);

  std::vector<llm::Extra>& extras_;
  llm::Source& source_;
  llm::Place place_;                               // of the message being decoded
  std::map<std::string, std::string> call_names_;  // id -> name
  std::string legacy_call_id_;                     // of the last `function_call`
  std::size_t legacy_calls_ = 0;
};

// Appends to request.tools and request.raw_tools.
Result<void> decode_tools(json::Value tools, const Path& path, llm::Request& request);
// The legacy list `functions`.
Result<void> decode_functions(json::Value functions, const Path& path, llm::Request& request);
Result<void> decode_tool_choice(json::Value value, const Path& path, llm::Request& request);
// The legacy form of `tool_choice`.
Result<void> decode_function_call(json::Value value, const Path& path, llm::Request& request);
Result<void> decode_response_format(json::Value value, const Path& path, llm::Request& request);
// The gateway's own `reasoning` object (OpenRouter's too).
Result<void> decode_reasoning_options(json::Value value, const Path& path, llm::Request& request);

}  // namespace bifrost::dialect::openai_chat
