#include "config/schema_writer.h"

#include "config/bounds.h"

namespace bifrost::config {
namespace {

constexpr std::string_view kSecretObject = R"({
  "type": "object",
  "description": "A secret as an object: the text itself, or where it stands.",
  "properties": {
    "value": {"type": "string"},
    "ref": {"type": "string", "description": "env.NAME"},
    "type": {"type": "string", "enum": ["plain_text", "env", "vault"]},
    "env_var": {"type": "string"},
    "from_env": {"type": "boolean"}
  },
  "additionalProperties": false
})";
constexpr std::string_view kDurationPattern = "^(0|([0-9]*\\.?[0-9]*(ns|us|\u00b5s|ms|s|m|h))+)$";

std::string_view type_of(Shape shape) {
  switch (shape) {
    case Shape::kAny:
      return {};
    case Shape::kBool:
      return "boolean";
    case Shape::kInteger:
      return "integer";
    case Shape::kString:
      return "string";
    case Shape::kArray:
      return "array";
    case Shape::kObject:
      return "object";
  }
  return {};
}

std::string reference_to(std::string_view definition) {
  return "#/$defs/" + std::string(definition);
}

}  // namespace

void SchemaWriter::unserved(std::string_view name, Shape shape, std::string_view text) {
  writer_.key(name).begin_object();
  if (shape != Shape::kAny) writer_.member("type", type_of(shape));
  writer_.member("description", "Not served yet, without effect. " + std::string(text));
  writer_.end_object();
}

void SchemaWriter::type(const bool& /*sample*/, const Facts& /*facts*/) {
  writer_.member("type", "boolean");
}

void SchemaWriter::type(const std::int64_t& /*sample*/, const Facts& facts) {
  writer_.member("type", "integer");
  bounds(facts);
}

void SchemaWriter::type(const double& /*sample*/, const Facts& facts) {
  writer_.member("type", "number");
  bounds(facts);
}

void SchemaWriter::type(const std::chrono::milliseconds& /*sample*/, const Facts& facts) {
  writer_.key("anyOf").begin_array().begin_object();
  writer_.member("type", "integer");
  bounds(facts);
  writer_.end_object().begin_object();
  writer_.member("type", "string").member("pattern", kDurationPattern);
  writer_.end_object().end_array();
}

void SchemaWriter::type(const std::string& /*sample*/, const Facts& facts) {
  if (!facts.env) {
    text(facts);
    return;
  }
  writer_.key("anyOf").begin_array().begin_object();
  text(facts);
  writer_.end_object().begin_object();
  writer_.member("type", "string").member("pattern", "^env\\.[A-Za-z_][A-Za-z0-9_]*$");
  writer_.end_object().raw(R"({"$ref": "#/$defs/secret_object"})").end_array();
}

void SchemaWriter::type(const Secret& /*sample*/, const Facts& /*facts*/) {
  writer_.key("anyOf").raw(R"([{"type": "string"}, {"$ref": "#/$defs/secret_object"}])");
  writer_.member("writeOnly", true);
}

void SchemaWriter::type(const RawJson& /*sample*/, const Facts& /*facts*/) {}

const NamedEntries* SchemaWriter::named_entries(const Facts& facts) const {
  const auto found = std::ranges::find(options_.entries, facts.entries, &NamedEntries::name);
  return found == options_.entries.end() ? nullptr : &*found;
}

// An entry under a name of its own choice has to have the member that makes up for the name.
void SchemaWriter::by_name(const NamedEntries& entries) {
  writer_.key("properties").begin_object();
  for (const std::string_view name : entries.known) {
    writer_.key(name).begin_object().member("$ref", reference_to(entries.name)).end_object();
  }
  for (const std::string_view name : entries.unserved) {
    writer_.key(name).begin_object().member("type", "object");
    writer_.member("description", "Not served yet, without effect.").end_object();
  }
  writer_.end_object().key("additionalProperties").begin_object();
  writer_.member("$ref", reference_to(entries.name));
  writer_.key("required").begin_array().string(entries.required_of_others).end_array();
  writer_.end_object();
}

void SchemaWriter::map_keys(const Facts& facts) {
  if (!facts.one_of.empty()) {
    writer_.key("propertyNames").begin_object();
    choices("enum", facts.one_of);
    writer_.end_object();
  } else if (const auto pattern = form_pattern(facts.key_form); !pattern.empty()) {
    writer_.key("propertyNames").begin_object().member("pattern", pattern).end_object();
  }
}

void SchemaWriter::text(const Facts& facts) {
  writer_.member("type", "string");
  if (!facts.one_of.empty()) choices("enum", facts.one_of);
  const std::string pattern(form_pattern(facts.form));
  if (pattern.empty()) return;
  // An empty text is taken for an absent one where there need not be one.
  const bool may_be_empty = !facts.required && facts.form != Form::kNonEmpty;
  writer_.member("pattern", may_be_empty ? "^$|" + pattern : pattern);
}

// A bound may lie between whole numbers for the sake of durations as text.
void SchemaWriter::bounds(const Facts& facts) {
  if (facts.minimum) writer_.key("minimum").raw(show_number(*facts.minimum));
  if (facts.maximum) writer_.key("maximum").raw(show_number(*facts.maximum));
}

void SchemaWriter::choices(std::string_view name, std::span<const std::string_view> texts) {
  writer_.key(name).begin_array();
  for (const std::string_view choice : texts) writer_.string(choice);
  writer_.end_array();
}

void SchemaWriter::annotate(const Facts& facts) {
  const std::string_view prefix = facts.served ? "" : "Not served yet, without effect. ";
  writer_.member("description", std::string(prefix).append(facts.text));
  if (facts.restart) writer_.member("x-needs-restart", true);
  if (facts.ours) writer_.member("x-extension", true);
}

void SchemaWriter::write_required() {
  if (!required_.empty()) choices("required", required_);
}

void begin_schema(json::Writer& writer, std::string_view title) {
  writer.begin_object();
  writer.member("$schema", "https://json-schema.org/draft/2020-12/schema");
  writer.member("title", title);
}

void end_schema(json::Writer& writer, const SchemaWriter::Definitions& definitions) {
  writer.key("$defs").begin_object();
  for (const auto& [name, definition] : definitions) writer.key(name).raw(definition);
  writer.key("secret_object").raw(kSecretObject).end_object();
  writer.end_object();
}

}  // namespace bifrost::config
