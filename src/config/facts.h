// What is said about a setting, once, beside the struct that holds it.
//
// A settings struct describes itself to any visitor:
//
//   struct TlsSettings {
//     std::string cert_file;
//
//     void describe(this auto& self, auto& visit) {
//       visit.field("cert_file", self.cert_file, {.text = "PEM file with the chain.", ...});
//     }
//   };
//
// The reader, the JSON Schema, the reference page and the redacted dump are visitors. Only the one
// file that composes the sections makes them visit, so a settings header needs no more than this
// one. What one setting says about another is a `check`: see check_scope.h. The type of the member
// says the rest: its default is that of a default-constructed struct, a Secret is
// redacted, an optional may be absent, a list or map of structs nests.
#pragma once

#include "config/forms.h"

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::config {

class CheckScope;

struct Facts {
  std::string_view text;  // for people: what it does, in whole sentences

  // Bounds, both included; of a duration in its unit.
  std::optional<double> minimum = std::nullopt;
  std::optional<double> maximum = std::nullopt;
  std::chrono::milliseconds unit{0};  // of a plain number that is given for a duration

  Form form = Form::kAny;         // of a text, of the elements of a list, of the values of a map
  Form key_form = Form::kAny;     // of the keys of a map
  std::string_view entries = {};  // of a map whose keys mean something: see NamedEntries
  std::span<const std::string_view> one_of = {};  // allowed values of a text or keys of a map
  std::array<std::string_view, 2> formerly = {};  // deprecated names, still accepted

  bool required = false;
  bool env = false;      // a text that may be a reference to an environment variable
  bool served = true;    // false: read and kept, but it has no effect yet
  bool restart = false;  // true: a reload does not apply it
  bool ours = false;     // not in the original
  // Of a bool that stands first: while it is false, nothing needs what is said after it beside it,
  // so a reference there to a variable that is not set is a warning.
  bool is_switch = false;
};

// The facts that hold for each element of a list or map.
[[nodiscard]] constexpr Facts element_facts(const Facts& facts) {
  Facts element = facts;
  element.required = true;  // an empty element is not an absent one
  element.key_form = Form::kAny;
  element.entries = {};
  element.one_of = {};
  return element;
}

// The rough type of a setting that is known but has no member yet.
enum class Shape : std::uint8_t { kAny, kBool, kInteger, kString, kArray, kObject };

// JSON that is kept as it stands.
struct RawJson {
  std::string text;
  friend bool operator==(const RawJson&, const RawJson&) = default;
};

class AnyVisitor;
template <class T>
concept Described = requires(T& settings, AnyVisitor& visitor) { settings.describe(visitor); };

// A struct that may also be written as a plain text.
template <class T>
concept FromText = Described<T> && requires(std::string text) {
  { T::from_text(std::move(text)) } -> std::same_as<T>;
};

// The texts of an enum, in the order of its values, which start at 0 and have no gaps.
template <class E>
struct EnumTexts;
template <class T>
concept NamedEnum = std::is_enum_v<T> && requires { EnumTexts<T>::kTexts; };

template <NamedEnum E>
[[nodiscard]] std::string_view enum_text(E value) {
  return EnumTexts<E>::kTexts[std::to_underlying(value)];
}

}  // namespace bifrost::config
