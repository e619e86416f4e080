// Settings as a reference page, in Markdown: the visitor of a default-constructed struct.
//
// A template for each struct: instantiated by the one file that prints the page.
#pragma once

#include "config/facts.h"
#include "config/ordered_map.h"
#include "config/secret.h"
#include "config/shared_list.h"
#include "config/value_writer.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::config {

// What the names of types mean on the page; stands before the first section.
extern const std::string_view kTypesLegend;

// Writes the table of one struct, and the sections of the structs in it below.
class MarkdownWriter {
 public:
  explicit MarkdownWriter(std::string path) : path_(std::move(path)) {}

  template <Described Settings>
  static std::string section(const std::string& path, std::string_view text,
                             const Settings& sample) {
    MarkdownWriter writer(path);
    sample.describe(writer);
    return writer.finish(text);
  }

  template <class T>
  void field(std::string_view name, const T& member, const Facts& facts) {
    row(name, type_text(member, facts), default_json(member, facts), facts);
    below_ += nested(member_path(name), facts, member);
  }
  void unserved(std::string_view name, Shape shape, std::string_view text);

 private:
  static std::string type_text(const bool& sample, const Facts& facts);
  static std::string type_text(const std::int64_t& sample, const Facts& facts);
  static std::string type_text(const double& sample, const Facts& facts);
  static std::string type_text(const std::string& sample, const Facts& facts);
  static std::string type_text(const std::chrono::milliseconds& sample, const Facts& facts);
  static std::string type_text(const Secret& sample, const Facts& facts);
  static std::string type_text(const RawJson& sample, const Facts& facts);
  template <NamedEnum E>
  static std::string type_text(const E& /*sample*/, const Facts& /*facts*/) {
    return choices(EnumTexts<E>::kTexts);
  }
  template <Described Settings>
  static std::string type_text(const Settings& /*sample*/, const Facts& /*facts*/) {
    return FromText<Settings> ? "text or object" : "object";
  }
  template <List L>
  static std::string type_text(const L& /*sample*/, const Facts& facts) {
    return "list of " + type_text(typename L::value_type{}, facts);
  }
  template <class T>
  static std::string type_text(const OrderedMap<T>& /*sample*/, const Facts& facts) {
    return "map of " + type_text(T{}, facts);
  }
  template <class T>
  static std::string type_text(const std::optional<T>& /*sample*/, const Facts& facts) {
    return type_text(T{}, facts);
  }

  template <class T>
  static std::string nested(const std::string& /*path*/, const Facts& /*facts*/,
                            const T& /*sample*/) {
    return {};
  }
  template <Described Settings>
  static std::string nested(const std::string& path, const Facts& facts, const Settings& sample) {
    return section(path, facts.text, sample);
  }
  template <class T>
  static std::string nested(const std::string& path, const Facts& facts,
                            const std::optional<T>& /*sample*/) {
    return nested(path, facts, T{});
  }
  template <List L>
  static std::string nested(const std::string& path, const Facts& facts, const L& /*sample*/) {
    return nested(path + "[]", facts, typename L::value_type{});
  }
  template <class T>
  static std::string nested(const std::string& path, const Facts& facts,
                            const OrderedMap<T>& /*sample*/) {
    return nested(path + ".<name>", facts, T{});
  }

  static std::string choices(std::span<const std::string_view> texts);
  [[nodiscard]] std::string member_path(std::string_view name) const;
  void row(std::string_view name, const std::string& type, const std::string& value,
           const Facts& facts);
  [[nodiscard]] std::string finish(std::string_view text) const;

  std::string path_;
  std::string table_;
  std::string unserved_;
  std::string below_;
};

// The sections of a whole file, one after the other.
template <Described Settings>
[[nodiscard]] std::string markdown_sections(const Settings& sample) {
  return MarkdownWriter::section({}, {}, sample);
}

}  // namespace bifrost::config
