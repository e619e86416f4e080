// JSON Schema (draft 2020-12) of settings: the visitor of a default-constructed struct.
//
// The schema accepts what the reader accepts, apart from `null`, and cannot know what one setting
// says about another. A template for each struct: instantiated by the one file that prints the
// schema of the whole configuration.
#pragma once

#include "config/facts.h"
#include "config/forms.h"
#include "config/indent.h"
#include "config/ordered_map.h"
#include "config/secret.h"
#include "config/shared_list.h"
#include "config/value_writer.h"
#include "json/writer.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::config {

// A map of settings in which the names mean something; `Facts::entries` refers to it.
struct NamedEntries {
  std::string_view name;                       // in Facts::entries and in `$defs`
  std::span<const std::string_view> known;     // names that stand for themselves
  std::span<const std::string_view> unserved;  // names whose entries have no effect yet
  std::string_view required_of_others;         // the member that every other name needs
};

struct SchemaOptions {
  std::string_view title;
  std::span<const NamedEntries> entries = {};
};

class SchemaWriter {
 public:
  // What is defined beside the schema, as JSON by name.
  using Definitions = OrderedMap<std::string>;

  // All outlive the writer.
  SchemaWriter(json::Writer& writer, const SchemaOptions& options, Definitions& definitions)
      : writer_(writer), options_(options), definitions_(definitions) {}

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
  void unserved(std::string_view name, Shape shape, std::string_view text);

  // The keywords of an object schema, without the braces around them.
  template <Described Settings>
  void object(const Settings& sample) {
    writer_.member("type", "object");
    writer_.key("properties").begin_object();
    SchemaWriter members(writer_, options_, definitions_);
    sample.describe(members);
    writer_.end_object();
    members.write_required();
    writer_.member("additionalProperties", false);
  }

 private:
  void type(const bool& sample, const Facts& facts);
  void type(const std::int64_t& sample, const Facts& facts);
  void type(const double& sample, const Facts& facts);
  void type(const std::chrono::milliseconds& sample, const Facts& facts);
  void type(const std::string& sample, const Facts& facts);
  void type(const Secret& sample, const Facts& facts);
  void type(const RawJson& sample, const Facts& facts);
  template <NamedEnum E>
  void type(const E& /*sample*/, const Facts& /*facts*/) {
    writer_.member("type", "string");
    choices("enum", EnumTexts<E>::kTexts);
  }
  template <class T>
  void type(const std::optional<T>& /*sample*/, const Facts& facts) {
    type(T{}, facts);
  }
  template <List L>
  void type(const L& /*sample*/, const Facts& facts) {
    writer_.member("type", "array").key("items").begin_object();
    type(typename L::value_type{}, element_facts(facts));
    writer_.end_object();
  }
  template <class T>
  void type(const OrderedMap<T>& /*sample*/, const Facts& facts) {
    writer_.member("type", "object");
    map_keys(facts);
    if constexpr (Described<T>) {
      if (const NamedEntries* entries = named_entries(facts)) {
        define(entries->name, T{});
        by_name(*entries);
        return;
      }
    }
    writer_.key("additionalProperties").begin_object();
    type(T{}, element_facts(facts));
    writer_.end_object();
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

  template <Described Settings>
  void define(std::string_view name, const Settings& sample) {
    if (definitions_.contains(name)) return;
    std::string out;
    json::Writer writer(out);
    writer.begin_object();
    SchemaWriter(writer, options_, definitions_).object(sample);
    writer.end_object();
    definitions_.append(std::string(name), std::move(out));
  }

  [[nodiscard]] const NamedEntries* named_entries(const Facts& facts) const;
  void by_name(const NamedEntries& entries);
  void map_keys(const Facts& facts);
  void text(const Facts& facts);
  void bounds(const Facts& facts);
  void choices(std::string_view name, std::span<const std::string_view> texts);
  void annotate(const Facts& facts);
  void write_required();

  json::Writer& writer_;
  const SchemaOptions& options_;
  Definitions& definitions_;
  std::vector<std::string_view> required_;
};

// Begins and ends the schema of a whole file; what is between are the keywords of its object.
void begin_schema(json::Writer& writer, std::string_view title);
void end_schema(json::Writer& writer, const SchemaWriter::Definitions& definitions);

template <Described Settings>
[[nodiscard]] std::string json_schema(const Settings& sample, const SchemaOptions& options) {
  std::string out;
  json::Writer writer(out);
  SchemaWriter::Definitions definitions;
  begin_schema(writer, options.title);
  SchemaWriter(writer, options, definitions).object(sample);
  end_schema(writer, definitions);
  return indented(out);
}

}  // namespace bifrost::config
