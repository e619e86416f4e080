// Entries of `api_keys`: keys of programs that use the management API.
#pragma once

#include "config/facts.h"
#include "config/secret.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::config {
class CheckScope;
}

namespace bifrost::governance {

// What an operator may do.
enum class Role : std::uint8_t { kAdmin, kViewer };

}  // namespace bifrost::governance

template <>
struct bifrost::config::EnumTexts<bifrost::governance::Role> {
  static constexpr std::array<std::string_view, 2> kTexts = {"admin", "viewer"};
};

namespace bifrost::governance {

// Every key begins so; it is what tells one from other credentials.
inline constexpr std::string_view kApiKeyPrefix = "bfst-";

struct ApiKeySettings {
  std::string id;
  std::string name;
  std::string description;
  config::Secret value;
  std::string value_hash;
  Role role = Role::kAdmin;
  bool is_active = true;
  std::string expires_at;

  void describe(this auto& self, auto& visit) {
    visit.field("id", self.id,
                {.text = "Name by which the API refers to it.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("name", self.name,
                {.text = "For people, unique; the audit log shows it.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("description", self.description, {.text = "For people; it is not read."});
    visit.field("value", self.value,
                {.text = "What the program shows: `bfst-` and a random rest. This or `value_hash`.",
                 .form = config::Form::kHeaderValue});
    visit.field("value_hash", self.value_hash,
                {.text = "SHA-256 of it in hexadecimal, so that it stands nowhere in clear."});
    visit.field("role", self.role,
                {.text = "`admin` may do everything, `viewer` may read what is no secret."});
    visit.field("is_active", self.is_active, {.text = "A key that is not active is refused."});
    visit.field("expires_at", self.expires_at,
                {.text = "From when on it is refused.", .form = config::Form::kTimestamp});
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const ApiKeySettings&, const ApiKeySettings&) = default;
};

}  // namespace bifrost::governance
