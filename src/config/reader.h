// Reads settings from JSON: the visitor that turns a file into structs.
//
// It is strict, refusing unknown keys, wrong types and values out of bounds, and it does not stop
// at the first problem. A setting with a problem keeps its default. `null` means "not given".
// A template for each struct: instantiated by the one file that reads the whole configuration.
#pragma once

#include "config/check_scope.h"
#include "config/environment.h"
#include "config/facts.h"
#include "config/ordered_map.h"
#include "config/problem.h"
#include "config/secret.h"
#include "config/secret_keeper.h"
#include "config/shared_list.h"
#include "json/document.h"

#include <concepts>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::config {

template <class T>
concept Checked = requires(const T& settings, CheckScope& scope) { settings.check(scope); };

class Reader {
 public:
  // All outlive the reader.
  Reader(const Environment& environment, Problems& problems, std::vector<std::string>& warnings)
      : environment_(environment), problems_(problems), warnings_(warnings) {}

  // What is read was stored by this program, or by another version of it: its secrets are sealed,
  // and what this one does not know is left out, with a warning. `keeper` outlives the reader.
  void read_stored(const SecretKeeper& keeper) { keeper_ = &keeper; }

  // What is read changes settings that are complete without it, so at its root nothing is required.
  void read_change() { is_change_ = true; }

  // What is read was shown without its secrets: they are restored afterwards (config/restore.h).
  void read_shown() { is_shown_ = true; }

  // Leaves out what stands at this path, an entry of a map, and says why.
  void skip(const std::string& path, std::string_view why) {
    warnings_.push_back(path + ": " + std::string(why));
    skipped_.insert(path);
  }

  void read(json::Value value, bool& member, const Facts& facts);
  void read(json::Value value, std::int64_t& member, const Facts& facts);
  void read(json::Value value, double& member, const Facts& facts);
  void read(json::Value value, std::string& member, const Facts& facts);
  void read(json::Value value, std::chrono::milliseconds& member, const Facts& facts);
  void read(json::Value value, Secret& member, const Facts& facts);
  void read(json::Value value, RawJson& member, const Facts& facts);
  template <NamedEnum E>
  void read(json::Value value, E& member, const Facts& facts);
  template <class T>
  void read(json::Value value, std::optional<T>& member, const Facts& facts);
  template <List L>
  void read(json::Value value, L& member, const Facts& facts);
  template <class T>
  void read(json::Value value, OrderedMap<T>& member, const Facts& facts);
  template <Described Settings>
  void read(json::Value value, Settings& member, const Facts& facts);

  // Has a secret been read that stands in the file itself?
  [[nodiscard]] bool holds_secrets() const { return holds_secrets_; }

 private:
  friend class ObjectReader;

  // A text, and the reference that it was found by.
  struct Resolved {
    std::string text;
    std::string reference;
  };

  // Whether the settings may be written as a text, and were.
  template <Described Settings>
  bool read_short_form(json::Value value, Settings& member);

  void problem(std::string message) { problems_.add(path_.text(), std::move(message)); }
  void warn(std::string message) { warnings_.push_back(path_.text() + ": " + std::move(message)); }
  // Reports another type than the wanted one.
  bool expect(json::Value value, json::Type type);
  bool expect(json::Value value, Shape shape);
  void wrong_type(std::string_view wanted, json::Value value);
  // Reports a text that is none of the choices.
  std::optional<std::size_t> choose(const std::string& text,
                                    std::span<const std::string_view> choices);
  bool in_bounds(double number, std::string_view shown, const Facts& facts);
  bool well_formed(Form form, std::string_view text);
  bool key_is_allowed(const std::string& key, const Facts& facts);

  // A plain text, a reference such as "env.NAME", or an object that holds either.
  std::optional<Resolved> resolve(json::Value value);
  std::optional<Resolved> resolve_text(std::string text);
  std::optional<Resolved> resolve_sealed(std::string_view sealed);
  std::optional<Resolved> resolve_object(json::Value value);
  std::optional<Resolved> resolve_variable(std::string_view name);

  const Environment& environment_;
  Problems& problems_;
  std::vector<std::string>& warnings_;
  std::set<std::string, std::less<>> skipped_;
  const SecretKeeper* keeper_ = nullptr;
  bool is_change_ = false;
  bool is_shown_ = false;
  bool holds_secrets_ = false;
  bool is_off_ = false;  // what is read now, by a switch before it
  Path path_;
};

// Reads the members of one object; what settings structs are visited by.
class ObjectReader {
 public:
  ObjectReader(Reader& reader, json::Value object)
      : reader_(reader), object_(object), was_off_(reader.is_off_) {}

  template <class T>
  void field(std::string_view name, T& member, const Facts& facts) {
    const Found found = find(name, facts);
    if (found.value.is_set()) {
      const auto step = reader_.path_.enter(found.name);
      reader_.read(found.value, member, facts);
    }
    if constexpr (std::same_as<T, bool>) reader_.is_off_ |= facts.is_switch && !member;
  }
  void unserved(std::string_view name, Shape shape, std::string_view text);

  // After the last field: reports unknown keys, and what has no effect yet.
  void finish();

 private:
  struct Found {
    std::string_view name;
    json::Value value;
  };

  // Under its name or a former one; reports a required field that is absent.
  Found find(std::string_view name, const Facts& facts);

  Reader& reader_;
  json::Value object_;
  bool was_off_;
  std::vector<std::string_view> names_;
  std::vector<std::string_view> without_effect_;
};

template <NamedEnum E>
void Reader::read(json::Value value, E& member, const Facts& /*facts*/) {
  if (!expect(value, json::Type::kString)) return;
  if (const auto index = choose(value.string_or({}), EnumTexts<E>::kTexts)) {
    member = static_cast<E>(*index);
  }
}

template <class T>
void Reader::read(json::Value value, std::optional<T>& member, const Facts& facts) {
  // What a change does not say of it stays.
  if (!is_change_ || !member) member.emplace();
  read(value, *member, facts);
}

template <List L>
void Reader::read(json::Value value, L& member, const Facts& facts) {
  if (!expect(value, json::Type::kArray)) return;
  member.clear();
  const Facts in_list = element_facts(facts);
  for (const json::Value element : value.children()) {
    const auto step = path_.enter(member.size());
    read(element, member.emplace_back(), in_list);
  }
}

template <class T>
void Reader::read(json::Value value, OrderedMap<T>& member, const Facts& facts) {
  if (!expect(value, json::Type::kObject)) return;
  member.clear();
  const Facts in_map = element_facts(facts);
  for (const json::Value element : value.children()) {
    std::string key = element.key();
    const auto step = path_.enter(key);
    if (skipped_.contains(path_.text())) continue;
    if (key_is_allowed(key, facts)) read(element, member.append(std::move(key)), in_map);
  }
}

template <Described Settings>
void Reader::read(json::Value value, Settings& member, const Facts& /*facts*/) {
  if (!read_short_form(value, member)) {
    if (!expect(value, json::Type::kObject)) return;
    ObjectReader object(*this, value);
    member.describe(object);
    object.finish();
  }
  if constexpr (Checked<Settings>) {
    CheckScope scope(path_, problems_);
    std::as_const(member).check(scope);
  }
}

template <Described Settings>
bool Reader::read_short_form(json::Value value, Settings& member) {
  if constexpr (FromText<Settings>) {
    if (!value.is_string()) return false;
    member = Settings::from_text(value.string_or({}));
    return true;
  }
  return false;
}

}  // namespace bifrost::config
