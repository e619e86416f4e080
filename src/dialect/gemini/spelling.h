// Proto JSON as Google reads it: a field is `maxOutputTokens` or `max_output_tokens`, a number may
// stand in quotes, and a list of one may be written without its brackets.
#pragma once

#include "base/result.h"
#include "json/document.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::gemini {

// Is `key` the field `camel` in one of its two spellings?
[[nodiscard]] bool is_field(std::string_view key, std::string_view camel);

// The member in either spelling, when it is set; else a missing Value.
[[nodiscard]] json::Value field(json::Value object, std::string_view camel);

// Into `found`, one for each name; see `fields`.
void find_fields(json::Value object, std::span<const std::string_view> camel,
                 std::span<json::Value> found);

// Members as `field` would find them, in one pass for all.
//   const auto [content, reason] = fields<2>(candidate, {"content", "finishReason"});
template <std::size_t N>
[[nodiscard]] std::array<json::Value, N> fields(json::Value object,
                                                const std::array<std::string_view, N>& camel) {
  std::array<json::Value, N> found;
  find_fields(object, camel, found);
  return found;
}

// The elements of a list, or the lone object that stands for a list of one.
[[nodiscard]] std::vector<json::Value> elements(json::Value list);

// A whole number, with or without quotes.
[[nodiscard]] std::optional<std::int64_t> whole_number(json::Value value);

// Optional members of a request. A wrong type is the caller's fault; `path` names the object that
// holds the member, with its dot: "generationConfig.".
Result<std::optional<std::int64_t>> integer_field(json::Value object, std::string_view camel,
                                                  std::string_view path);
Result<std::optional<double>> number_field(json::Value object, std::string_view camel,
                                           std::string_view path);
Result<std::optional<bool>> boolean_field(json::Value object, std::string_view camel,
                                          std::string_view path);
Result<std::vector<std::string>> strings_field(json::Value object, std::string_view camel,
                                               std::string_view path);

}  // namespace bifrost::dialect::gemini
