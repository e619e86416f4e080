#include "dialect/gemini/schema.h"

#include "base/strings.h"
#include "dialect/gemini/spelling.h"
#include "json/writer.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bifrost::dialect::gemini {
namespace {

// Keywords whose value is a schema, a list of schemas or a table of schemas. The depth is bounded
// by the parser (limits::kJsonDepthMax).
constexpr std::array<std::string_view, 4> kSchema = {"items", "additionalProperties", "not",
                                                     "contains"};
constexpr std::array<std::string_view, 4> kSchemaList = {"anyOf", "oneOf", "allOf", "prefixItems"};
constexpr std::array<std::string_view, 3> kSchemaTable = {"properties", "$defs", "definitions"};
// int64 in proto JSON stands in quotes.
constexpr std::array<std::string_view, 6> kCounts = {"minItems",  "maxItems",      "minLength",
                                                     "maxLength", "minProperties", "maxProperties"};

bool names(std::span<const std::string_view> keywords, std::string_view key) {
  return std::ranges::any_of(keywords, [&](std::string_view k) { return is_field(key, k); });
}

std::string_view spelled(std::span<const std::string_view> keywords, std::string_view key) {
  const auto found = std::ranges::find_if(
      keywords, [&](std::string_view keyword) { return is_field(key, keyword); });
  return found == keywords.end() ? key : *found;
}

void write_schema(json::Writer& out, json::Value schema);

void write_type(json::Writer& out, json::Value type, bool nullable) {
  if (!type.is_string()) {
    out.raw(type.raw());
  } else if (nullable) {
    out.begin_array().string(ascii_lower(type.string_or(""))).string("null").end_array();
  } else {
    out.string(ascii_lower(type.string_or("")));
  }
}

void write_keyword(json::Writer& out, std::string_view key, json::Value value) {
  if (names(kSchema, key)) {
    out.key(spelled(kSchema, key));
    write_schema(out, value);
  } else if (names(kSchemaList, key) && value.is_array()) {
    out.key(spelled(kSchemaList, key)).begin_array();
    for (const json::Value item : value.children()) write_schema(out, item);
    out.end_array();
  } else if (names(kSchemaTable, key) && value.is_object()) {
    out.key(spelled(kSchemaTable, key)).begin_object();
    for (const json::Value item : value.children()) {
      out.key(item.key());
      write_schema(out, item);
    }
    out.end_object();
  } else if (names(kCounts, key) && value.is_string() && whole_number(value)) {
    out.key(spelled(kCounts, key)).integer(*whole_number(value));
  } else {
    out.key(key).raw(value.raw());
  }
}

void write_schema(json::Writer& out, json::Value schema) {
  if (!schema.is_object()) {
    out.raw(schema.raw());
    return;
  }
  const bool nullable = schema["nullable"].boolean().value_or(false);
  out.begin_object();
  for (const json::Value member : schema.children()) {
    const std::string key = member.key();
    // The order of the properties is the order they stand in.
    if (key == "nullable" || is_field(key, "propertyOrdering")) continue;
    if (key == "type") {
      out.key(key);
      write_type(out, member, nullable);
    } else {
      write_keyword(out, key, member);
    }
  }
  out.end_object();
}

}  // namespace

std::string json_schema(json::Value schema) {
  std::string text;
  json::Writer out(text);
  write_schema(out, schema);
  return text;
}

}  // namespace bifrost::dialect::gemini
