// Reading the fields of a caller's request: each has one type, and an error names the place.
#pragma once

#include "base/result.h"
#include "base/try.h"
#include "json/document.h"
#include "llm/content.h"
#include "llm/request.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_chat {

// Where a value stands, as a chain of frames on the stack: nothing is written down until an error
// or an unknown field needs the text. A frame outlives the ones below it, and so must its key.
class Path {
 public:
  Path() = default;  // the request itself
  Path(const Path& parent, std::string_view key) : parent_(&parent), key_(key) {}
  Path(const Path& parent, std::size_t index) : parent_(&parent), index_(index), indexed_(true) {}

  // "messages[2].content[0].text"; a key with a dot or bracket is written ["a.b"].
  [[nodiscard]] std::string text() const;

 private:
  const Path* parent_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
  bool indexed_ = false;
};

// kInvalidRequest at a place. `wanted` completes "must be …", `fix` says what to do about it.
[[nodiscard]] Error wrong_type(const Path& path, json::Value value, std::string_view wanted,
                               std::string_view fix = {});
[[nodiscard]] Error missing(const Path& path, std::string_view fix = {});
[[nodiscard]] Error invalid(const Path& path, std::string_view message);

Result<std::string> read_string(json::Value value, const Path& path);
Result<bool> read_bool(json::Value value, const Path& path);
Result<std::int64_t> read_integer(json::Value value, const Path& path);
Result<double> read_number(json::Value value, const Path& path);
Result<std::string> read_object_text(json::Value value,
                                     const Path& path);  // the bytes of an object
Result<std::vector<std::string>> read_strings(json::Value value, const Path& path);
// Empty when the member is absent or null.
Result<std::string> read_optional_string(json::Value object, std::string_view key,
                                         const Path& path);
Result<std::optional<bool>> read_optional_bool(json::Value object, std::string_view key,
                                               const Path& path);

// {"type":"ephemeral","ttl":"5m"}; nothing when absent or null.
Result<std::optional<llm::CacheMarker>> read_cache_control(json::Value object, const Path& path);

// Appends every member of `object` whose key is not in `known`.
void note_unknown(json::Value object, std::span<const std::string_view> known, const Path& path,
                  std::vector<llm::Extra>& extras);

}  // namespace bifrost::dialect::openai_chat
