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

// Where a value stands: as the API itself writes it in errors, "messages.2.content.0", and what
// it belongs to.
struct Place {
  std::string field;
  llm::Place at;

  [[nodiscard]] std::string member(std::string_view name) const {
    return field.empty() ? std::string(name) : field + "." + std::string(name);
  }
};

// What is wrong with the field at `param`.
[[nodiscard]] Error invalid(std::string param, std::string_view what);

// Notes the set members of `object` that are not in `known`.
void note_extras(json::Value object, std::span<const std::string_view> known, llm::Place place,
                 llm::Request& request);

// The marker of an object's `cache_control`. What a marker cannot hold is noted.
Result<std::optional<llm::CacheMarker>> read_cache(json::Value object, const Place& place,
                                                   llm::Request& request);

// Reads the blocks of one request in order: a tool result takes its name from the call before it.
class BlockDecoder {
 public:
  // `request` outlives this. It gets the extras and the places.
  explicit BlockDecoder(llm::Request& request) : request_(request) {}

  Result<llm::Part> decode(json::Value block, const Place& place);
  // A string or blocks, which are the member `key` of what stands at `place`.
  Result<std::vector<llm::Part>> decode_content(json::Value content, const Place& place,
                                                std::string_view key);

 private:
  Result<llm::Part> decode_known(json::Value block, const std::string& type, const Place& place);
  Result<llm::Part> decode_text(json::Value block, const Place& place);
  Result<llm::Part> decode_image(json::Value block, const Place& place);
  Result<llm::Part> decode_document(json::Value block, const Place& place);
  Result<llm::Part> decode_tool_use(json::Value block, const Place& place);
  Result<llm::Part> decode_tool_result(json::Value block, const Place& place);
  Result<llm::Part> decode_thinking(json::Value block, const Place& place);

  llm::Request& request_;
  std::unordered_map<std::string, std::string> tool_names_;  // by call id
};

}  // namespace bifrost::dialect::anthropic
