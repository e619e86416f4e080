// For the tests of this folder: as much of JSON Schema as our own schema uses, apart from
// `pattern`, for which there is no regular expression engine here.
#pragma once

#include "json/document.h"

#include <string>
#include <string_view>

namespace bifrost::app {

class SchemaChecker {
 public:
  explicit SchemaChecker(json::Value root) : root_(root) {}

  bool accepts(json::Value value) const { return accepts(root_, value); }

 private:
  bool accepts(json::Value schema, json::Value value) const {
    if (const json::Value reference = schema["$ref"]) {
      if (!accepts(definition(reference.string_or({})), value)) return false;
    }
    return is_of_type(schema["type"].string_or("any"), value) && is_one_of(schema["enum"], value) &&
           in_bounds(schema, value) && any_of(schema["anyOf"], value) && elements(schema, value) &&
           members(schema, value);
  }

  // "#/$defs/<name>", the only kind of reference that there is.
  json::Value definition(std::string_view reference) const {
    return root_["$defs"][reference.substr(reference.rfind('/') + 1)];
  }

  static bool is_of_type(std::string_view type, json::Value value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "number") return value.is_number();
    if (type == "integer") return value.integer().has_value();
    return type == "any";
  }

  static bool is_one_of(json::Value choices, json::Value value) {
    if (!choices.exists()) return true;
    for (const json::Value choice : choices.children()) {
      if (choice.raw() == value.raw()) return true;
    }
    return false;
  }

  static bool in_bounds(json::Value schema, json::Value value) {
    const double number = value.number().value_or(0);
    if (!value.is_number()) return !value.is_string() || long_enough(schema, value);
    return number >= schema["minimum"].number().value_or(number) &&
           number <= schema["maximum"].number().value_or(number);
  }

  static bool long_enough(json::Value schema, json::Value value) {
    const auto length = static_cast<std::int64_t>(value.string_or({}).size());
    return length >= schema["minLength"].integer().value_or(0);
  }

  bool any_of(json::Value schemas, json::Value value) const {
    if (!schemas.exists()) return true;
    for (const json::Value schema : schemas.children()) {
      if (accepts(schema, value)) return true;
    }
    return false;
  }

  bool elements(json::Value schema, json::Value value) const {
    if (!value.is_array() || !schema["items"].exists()) return true;
    for (const json::Value element : value.children()) {
      if (!accepts(schema["items"], element)) return false;
    }
    return true;
  }

  bool members(json::Value schema, json::Value value) const {
    if (!value.is_object()) return true;
    for (const json::Value name : schema["required"].children()) {
      if (!value[name.string_or({})].exists()) return false;
    }
    for (const json::Value member : value.children()) {
      if (!accepts_member(schema, member)) return false;
    }
    return true;
  }

  bool accepts_member(json::Value schema, json::Value member) const {
    const json::Value names = schema["propertyNames"]["enum"];
    bool name_is_allowed = !names.exists();
    for (const json::Value name : names.children()) name_is_allowed |= name.equals(member.key());
    if (!name_is_allowed) return false;
    if (const json::Value property = schema["properties"][member.key()]) {
      return accepts(property, member);
    }
    const json::Value others = schema["additionalProperties"];
    return others.is_object() ? accepts(others, member) : others.boolean().value_or(true);
  }

  json::Value root_;
};

}  // namespace bifrost::app
