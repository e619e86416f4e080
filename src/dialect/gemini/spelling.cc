#include "dialect/gemini/spelling.h"

#include "base/strings.h"
#include "dialect/fault.h"

#include <utility>

namespace bifrost::dialect::gemini {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Is `key` the name `camel` in the other spelling?
bool is_snake_case(std::string_view key, std::string_view camel) {
  if (key.size() <= camel.size() || !key.starts_with(camel.substr(0, 1))) return false;
  std::size_t at = 0;
  for (const char c : camel) {
    if (is_upper(c) && (at >= key.size() || key[at++] != '_')) return false;
    if (at >= key.size() || key[at++] != ascii_lower(c)) return false;
  }
  return at == key.size();
}

}  // namespace

bool is_field(std::string_view key, std::string_view camel) {
  return key == camel || is_snake_case(key, camel);
}

json::Value field(json::Value object, std::string_view camel) {
  return fields<1>(object, {camel})[0];
}

// Of both spellings at once the camel case one counts, and of one spelling the first.
void find_fields(json::Value object, std::span<const std::string_view> camel,
                 std::span<json::Value> found) {
  if (!object.is_object()) return;
  for (const json::Value member : object.children()) {
    const std::string_view key = member.raw_key();
    for (std::size_t i = 0; i < camel.size(); ++i) {
      const bool exact = key == camel[i];
      if (!exact && !is_snake_case(key, camel[i])) continue;
      if (!found[i].exists() || (exact && found[i].raw_key() != camel[i])) found[i] = member;
    }
  }
  for (json::Value& value : found) {
    if (!value.is_set()) value = {};
  }
}

std::vector<json::Value> elements(json::Value list) {
  if (list.is_object()) return {list};
  std::vector<json::Value> all;
  all.reserve(list.is_array() ? list.size() : 0);
  for (const json::Value item : list.children()) all.push_back(item);
  return all;
}

std::optional<std::int64_t> whole_number(json::Value value) {
  if (value.is_string()) return parse_int(value.string_or(""));
  return value.integer();
}

Result<std::optional<std::int64_t>> integer_field(json::Value object, std::string_view camel,
                                                  std::string_view path) {
  const json::Value value = field(object, camel);
  if (!value) return std::optional<std::int64_t>{};
  const auto number = whole_number(value);
  if (!number) return wrong_type(std::string(path).append(camel), value, "a whole number");
  return number;
}

Result<std::optional<double>> number_field(json::Value object, std::string_view camel,
                                           std::string_view path) {
  const json::Value value = field(object, camel);
  if (!value) return std::optional<double>{};
  const auto number = value.is_string() ? parse_double(value.string_or("")) : value.number();
  if (!number) return wrong_type(std::string(path).append(camel), value, "a number");
  return number;
}

Result<std::optional<bool>> boolean_field(json::Value object, std::string_view camel,
                                          std::string_view path) {
  const json::Value value = field(object, camel);
  if (!value) return std::optional<bool>{};
  const auto flag = value.boolean();
  if (!flag) return wrong_type(std::string(path).append(camel), value, "a boolean");
  return flag;
}

Result<std::vector<std::string>> strings_field(json::Value object, std::string_view camel,
                                               std::string_view path) {
  std::vector<std::string> all;
  const json::Value value = field(object, camel);
  if (!value) return all;
  if (auto lone = value.string()) {
    all.push_back(*std::move(lone));
    return all;
  }
  if (!value.is_array()) {
    return wrong_type(std::string(path).append(camel), value, "an array of strings");
  }
  for (const json::Value item : value.children()) {
    auto text = item.string();
    if (!text) return wrong_type(std::string(path).append(camel), item, "an array of strings");
    all.push_back(*std::move(text));
  }
  return all;
}

}  // namespace bifrost::dialect::gemini
