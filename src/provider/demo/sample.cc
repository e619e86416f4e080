#include "provider/demo/sample.h"

#include "base/strings.h"
#include "json/writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace bifrost::provider::demo {
namespace {

constexpr int kDepthMax = 12;
constexpr std::size_t kBytesMax = 16 * 1024;
constexpr std::size_t kItemsMax = 8;
constexpr std::size_t kPropertiesMax = 64;
constexpr int kGatheredMax = 1000;        // parts of allOf in all: they may refer to themselves
constexpr std::int64_t kLengthMax = 256;  // of a string that is filled up to its minLength

struct Property {
  std::string name;
  json::Value schema;
};

class Sampler {
 public:
  explicit Sampler(json::Value root) : root_(root), writer_(out_) {}

  std::string run() {
    value(root_, 0);
    return std::move(out_);
  }

 private:
  void value(json::Value schema, int depth);
  void object(json::Value schema, int depth);
  void array(json::Value schema, int depth);
  void string(json::Value schema);
  void number(json::Value schema, bool integral);

  [[nodiscard]] json::Value resolve(json::Value schema) const;
  void gather(json::Value schema, int depth, std::vector<Property>& properties,
              std::vector<std::string>& required);
  [[nodiscard]] bool exhausted(int depth) const {
    return depth >= kDepthMax || out_.size() >= kBytesMax;
  }

  json::Value root_;
  std::string out_;
  json::Writer writer_;
  int gathered_ = 0;
};

// "#/$defs/Name" and the like, from the root of the schema.
json::Value follow(json::Value root, std::string_view reference) {
  if (!reference.starts_with('#')) return {};
  reference.remove_prefix(1);
  if (reference.starts_with('/')) reference.remove_prefix(1);
  if (reference.empty()) return root;
  json::Value at = root;
  for (const std::string_view step : split(reference, '/')) at = at[step];
  return at;
}

json::Value Sampler::resolve(json::Value schema) const {
  constexpr int kHopsMax = 16;
  for (int hop = 0; hop < kHopsMax; ++hop) {
    if (const json::Value reference = schema["$ref"]; reference.is_string()) {
      schema = follow(root_, reference.string_or(""));
    } else if (const json::Value any = schema["anyOf"]; any.size() > 0) {
      schema = any.at(0);
    } else if (const json::Value one = schema["oneOf"]; one.size() > 0) {
      schema = one.at(0);
    } else {
      break;
    }
  }
  return schema;
}

std::string_view first_type(json::Value type) {
  constexpr std::array<std::string_view, 7> kTypes = {"string",  "object", "array", "integer",
                                                      "boolean", "number", "null"};
  for (const std::string_view known : kTypes) {
    if (type.equals(known)) return known;
  }
  // Of several types, a null is the least telling.
  std::string_view found;
  for (const json::Value each : type.children()) {
    const std::string_view name = each.is_string() ? first_type(each) : std::string_view{};
    if (found.empty() || found == "null") found = name;
  }
  return found;
}

std::string_view type_of(json::Value schema) {
  if (const std::string_view type = first_type(schema["type"]); !type.empty()) return type;
  if (schema["items"] || schema["prefixItems"]) return "array";
  if (schema["properties"] || schema["allOf"] || schema["required"]) return "object";
  if (schema["minimum"] || schema["maximum"]) return "number";
  return schema["format"] || schema["minLength"] ? "string" : "object";
}

// Values that the schema spells out.
json::Value given(json::Value schema) {
  if (schema["const"]) return schema["const"];
  if (schema["enum"].size() > 0) return schema["enum"].at(0);
  if (schema["default"].is_set()) return schema["default"];
  return schema["examples"].at(0);
}

void Sampler::value(json::Value schema, int depth) {
  const json::Value known = given(schema);
  schema = resolve(schema);
  if (known || given(schema)) {
    writer_.raw(known ? known.raw() : given(schema).raw());
    return;
  }
  const std::string_view type = type_of(schema);
  if (type == "object") return object(schema, depth);
  if (type == "array") return array(schema, depth);
  if (type == "string") return string(schema);
  if (type == "integer") return number(schema, true);
  if (type == "number") return number(schema, false);
  if (type == "boolean") {
    writer_.boolean(true);
  } else {
    writer_.null();
  }
}

void Sampler::gather(json::Value schema, int depth, std::vector<Property>& properties,
                     std::vector<std::string>& required) {
  if (depth >= kDepthMax || ++gathered_ > kGatheredMax) return;
  schema = resolve(schema);
  for (const json::Value property : schema["properties"].children()) {
    if (properties.size() >= kPropertiesMax) break;
    properties.push_back({property.key(), property});
  }
  for (const json::Value name : schema["required"].children()) {
    if (required.size() >= kPropertiesMax) break;
    required.push_back(name.string_or(""));
  }
  for (const json::Value part : schema["allOf"].children()) {
    gather(part, depth + 1, properties, required);
  }
}

void Sampler::object(json::Value schema, int depth) {
  std::vector<Property> properties;
  std::vector<std::string> required;
  gather(schema, depth, properties, required);
  writer_.begin_object();
  for (const Property& property : properties) {
    // Where nothing is required, everything is shown: an empty object would be a dull example.
    const bool wanted =
        required.empty() || std::ranges::find(required, property.name) != required.end();
    if (!wanted || exhausted(depth)) continue;
    writer_.key(property.name);
    value(property.schema, depth + 1);
  }
  for (const std::string& name : required) {
    const bool described = std::ranges::find(properties, name, &Property::name) != properties.end();
    if (described || exhausted(depth)) continue;
    writer_.member(name, "example");
  }
  writer_.end_object();
}

void Sampler::array(json::Value schema, int depth) {
  const json::Value tuple = schema["prefixItems"];
  const json::Value items = schema["items"];
  const auto least = static_cast<std::size_t>(
      std::clamp<std::int64_t>(schema["minItems"].integer().value_or(1), 0, kItemsMax));
  const auto most = static_cast<std::size_t>(
      std::clamp<std::int64_t>(schema["maxItems"].integer().value_or(kItemsMax), 0, kItemsMax));
  const std::size_t count = std::min(std::max({least, tuple.size(), std::size_t{1}}), most);
  writer_.begin_array();
  for (std::size_t i = 0; i < count && !exhausted(depth); ++i) {
    value(i < tuple.size() ? tuple.at(i) : items, depth + 1);
  }
  writer_.end_array();
}

std::string_view formatted(json::Value format) {
  struct Row {
    std::string_view format;
    std::string_view text;
  };
  constexpr Row kRows[] = {
      {"date-time", "2026-01-31T12:00:00Z"},
      {"date", "2026-01-31"},
      {"time", "12:00:00Z"},
      {"duration", "PT1H"},
      {"email", "demo@example.com"},
      {"hostname", "example.com"},
      {"ipv4", "192.0.2.1"},
      {"ipv6", "2001:db8::1"},
      {"uri", "https://example.com/"},
      {"uuid", "00000000-0000-4000-8000-000000000000"},
  };
  for (const Row& row : kRows) {
    if (format.equals(row.format)) return row.text;
  }
  return "example";
}

void Sampler::string(json::Value schema) {
  std::string text(formatted(schema["format"]));
  const std::int64_t least =
      std::clamp<std::int64_t>(schema["minLength"].integer().value_or(0), 0, kLengthMax);
  if (text.size() < static_cast<std::size_t>(least))
    text.resize(static_cast<std::size_t>(least), 'x');
  const std::int64_t most =
      std::clamp<std::int64_t>(schema["maxLength"].integer().value_or(kLengthMax), 0, kLengthMax);
  if (text.size() > static_cast<std::size_t>(most)) text.resize(static_cast<std::size_t>(most));
  writer_.string(text);
}

void Sampler::number(json::Value schema, bool integral) {
  double chosen = 1;
  const double step = integral ? 1 : 0.5;
  if (const auto most = schema["maximum"].number()) chosen = std::min(chosen, *most);
  if (const auto below = schema["exclusiveMaximum"].number()) {
    chosen = std::min(chosen, *below - step);
  }
  if (const auto least = schema["minimum"].number()) chosen = std::max(chosen, *least);
  if (const auto above = schema["exclusiveMinimum"].number()) {
    chosen = std::max(chosen, *above + step);
  }
  if (const auto multiple = schema["multipleOf"].number(); multiple && *multiple > 0) {
    chosen = std::ceil(chosen / *multiple) * *multiple;
  }
  if (integral) chosen = std::ceil(chosen);
  constexpr double kExactMax = 9007199254740992.0;  // beyond it a double skips integers
  if (integral && std::abs(chosen) <= kExactMax) {
    writer_.integer(static_cast<std::int64_t>(chosen));
  } else {
    writer_.number(chosen);
  }
}

}  // namespace

std::string sample(json::Value schema) {
  if (!schema.is_object()) return "{}";
  return Sampler(schema).run();
}

}  // namespace bifrost::provider::demo
