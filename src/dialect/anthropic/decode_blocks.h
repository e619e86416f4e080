// Content blocks of a request into parts.
#pragma once

#include "base/result.h"
#include "json/document.h"
#include "llm/content.h"
#include "llm/request.h"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrost::dialect::anthropic {

// Where a value stands, in the two spellings that are needed.
struct Place {
  std::string field;  // "messages.2.content.0", as the API itself writes it in errors
  std::string extra;  // "messages[2].content[0]", see extras.h

  [[nodiscard]] Place member(std::string_view name) const;
  [[nodiscard]] Place element(std::size_t index) const;
};

// What is wrong with the field at `param`.
[[nodiscard]] Error invalid(std::string param, std::string_view what);

// Notes the set members of `object` that are not in `known`.
void note_extras(json::Value object, std::span<const std::string_view> known, const Place& place,
                 std::vector<llm::Extra>& extras);

// The marker of an object's `cache_control`. What a marker cannot hold is noted.
Result<std::optional<llm::CacheMarker>> read_cache(json::Value object, const Place& place,
                                                   std::vector<llm::Extra>& extras);

// Reads the blocks of one request in order: a tool result takes its name from the call before it.
class BlockDecoder {
 public:
  // `extras` outlives this.
  explicit BlockDecoder(std::vector<llm::Extra>& extras) : extras_(extras) {}

  Result<llm::Part> decode(json::Value block, const Place& place);
  // The content of a tool result: a string or blocks.
  Result<std::vector<llm::Part>> decode_content(json::Value content, const Place& place);

 private:
  Result<llm::Part> decode_text(json::Value block, const Place& place);
  Result<llm::Part> decode_image(json::Value block, const Place& place);
  Result<llm::Part> decode_document(json::Value block, const Place& place);
  Result<llm::Part> decode_tool_use(json::Value block, const Place& place);
  Result<llm::Part> decode_tool_result(json::Value block, const Place& place);
  Result<llm::Part> decode_thinking(json::Value block, const Place& place);

  std::vector<llm::Extra>& extras_;
  std::unordered_map<std::string, std::string> tool_names_;  // by call id
};

}  // namespace bifrost::dialect::anthropic
