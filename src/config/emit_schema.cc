#include "config/bounds.h"
#include "config/emit.h"
#include "config/indent.h"
#include "config/value_writer.h"

#include <utility>

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

// Visits a default-constructed struct and writes what may stand in its place.
class SchemaWriter {
 public:
  SchemaWriter(json::Writer& writer, const SchemaNames& names) : writer_(writer), names_(names) {}

  template <class T>
  void field(std::string_view name, const T& member, const Facts& facts) {
    writer_.key(name).begin_object();
    type(member, facts);
    annotate(facts);
    if (const std::string value = default_json(member, facts); !value.empty()) {
      writer_.key("default").raw(value);
    }
    writer_.end_object();
    for (const std::string_view former : facts.formerly) {
      if (former.empty()) continue;
      writer_.key(former).begin_object();
      type(member, facts);
      writer_.member("deprecated", true).end_object();
    }
    if (facts.required) required_.push_back(name);
  }

  void unserved(std::string_view name, Shape shape, std::string_view text) {
    writer_.key(name).begin_object();
    if (shape != Shape::kAny) writer_.member("type", type_of(shape));
    writer_.member("description", "Not served yet, without effect. " + std::string(text));
    writer_.end_object();
  }

  // The keywords of an object schema, without the braces around them.
  template <Described Settings>
  void object(const Settings& sample) {
    writer_.member("type", "object");
    writer_.key("properties").begin_object();
    SchemaWriter members(writer_, names_);
    sample.describe(members);
    writer_.end_object();
    members.write_required();
    writer_.member("additionalProperties", false);
  }

 private:
  void type(const bool& /*sample*/, const Facts& /*facts*/) { writer_.member("type", "boolean"); }
  void type(const std::int64_t& /*sample*/, const Facts& facts) {
    writer_.member("type", "integer");
    bounds(facts);
  }
  void type(const double& /*sample*/, const Facts& facts) {
    writer_.member("type", "number");
    bounds(facts);
  }
  void type(const std::chrono::milliseconds& /*sample*/, const Facts& facts) {
    writer_.key("anyOf").begin_array().begin_object();
    writer_.member("type", "integer");
    bounds(facts);
    writer_.end_object().begin_object();
    writer_.member("type", "string").member("pattern", kDurationPattern);
    writer_.end_object().end_array();
  }
  void type(const std::string& /*sample*/, const Facts& facts) {
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
  void type(const Secret& /*sample*/, const Facts& /*facts*/) {
    writer_.key("anyOf").raw(R"([{"type": "string"}, {"$ref": "#/$defs/secret_object"}])");
    writer_.member("writeOnly", true);
  }
  void type(const RawJson& /*sample*/, const Facts& /*facts*/) {}
  template <NamedEnum E>
  void type(const E& /*sample*/, const Facts& /*facts*/) {
    writer_.member("type", "string");
    choices("enum", EnumTexts<E>::kTexts);
  }
  template <class T>
  void type(const std::optional<T>& /*sample*/, const Facts& facts) {
    type(T{}, facts);
  }
  template <class T>
  void type(const std::vector<T>& /*sample*/, const Facts& facts) {
    writer_.member("type", "array").key("items").begin_object();
    type(T{}, element_facts(facts));
    writer_.end_object();
  }
  template <class T>
  void type(const OrderedMap<T>& /*sample*/, const Facts& facts) {
    writer_.member("type", "object");
    if (!facts.one_of.empty()) {
      writer_.key("propertyNames").begin_object();
      choices("enum", facts.one_of);
      writer_.end_object();
    } else if (const auto pattern = form_pattern(facts.key_form); !pattern.empty()) {
      writer_.key("propertyNames").begin_object().member("pattern", pattern).end_object();
    }
    writer_.key("additionalProperties").begin_object();
    type(T{}, element_facts(facts));
    writer_.end_object();
  }
  // Under a name that is not a provider's own stands a custom one.
  void type(const OrderedMap<ProviderSettings>& /*sample*/, const Facts& facts) {
    writer_.member("type", "object");
    writer_.key("propertyNames").begin_object().member("pattern", form_pattern(facts.key_form));
    writer_.end_object().key("properties").begin_object();
    for (const std::string_view name : names_.providers) {
      writer_.key(name).raw(R"({"$ref": "#/$defs/provider"})");
    }
    for (const std::string_view name : names_.unserved_providers) {
      writer_.key(name).begin_object().member("type", "object");
      writer_.member("description", "Not served yet, without effect.").end_object();
    }
    writer_.end_object().key("additionalProperties").begin_object();
    writer_.member("$ref", "#/$defs/provider");
    writer_.key("required").raw(R"(["custom_provider_config"])").end_object();
  }
  template <Described Settings>
  void type(const Settings& sample, const Facts& /*facts*/) {
    object(sample);
  }
  template <FromText Settings>
  void type(const Settings& sample, const Facts& /*facts*/) {
    writer_.key("anyOf").begin_array().raw(R"({"type": "string", "minLength": 1})").begin_object();
    object(sample);
    writer_.end_object().end_array();
  }

  void text(const Facts& facts) {
    writer_.member("type", "string");
    if (!facts.one_of.empty()) choices("enum", facts.one_of);
    const std::string pattern(form_pattern(facts.form));
    if (pattern.empty()) return;
    // An empty text is taken for an absent one where there need not be one.
    const bool may_be_empty = !facts.required && facts.form != Form::kNonEmpty;
    writer_.member("pattern", may_be_empty ? "^$|" + pattern : pattern);
  }

  // A bound may lie between whole numbers for the sake of durations as text.
  void bounds(const Facts& facts) {
    if (facts.minimum) writer_.key("minimum").raw(show_number(*facts.minimum));
    if (facts.maximum) writer_.key("maximum").raw(show_number(*facts.maximum));
  }

  void choices(std::string_view name, std::span<const std::string_view> texts) {
    writer_.key(name).begin_array();
    for (const std::string_view choice : texts) writer_.string(choice);
    writer_.end_array();
  }

  void annotate(const Facts& facts) {
    const std::string_view prefix = facts.served ? "" : "Not served yet, without effect. ";
    writer_.member("description", std::string(prefix).append(facts.text));
    if (facts.restart) writer_.member("x-needs-restart", true);
    if (facts.ours) writer_.member("x-extension", true);
  }

  void write_required() {
    if (!required_.empty()) choices("required", required_);
  }

  json::Writer& writer_;
  const SchemaNames& names_;
  std::vector<std::string_view> required_;
};

}  // namespace

std::string json_schema(const SchemaNames& names) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.member("$schema", "https://json-schema.org/draft/2020-12/schema");
  writer.member("title", "Configuration of the gateway: config.json");
  SchemaWriter(writer, names).object(Config{});
  writer.key("$defs").begin_object();
  writer.key("provider").begin_object();
  SchemaWriter(writer, names).object(ProviderSettings{});
  writer.end_object();
  writer.key("secret_object").raw(kSecretObject).end_object();
  writer.end_object();
  return indented(out);
}

}  // namespace bifrost::config
