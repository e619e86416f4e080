// Texts that may stand somewhere else: "env.NAME", and the object form of a secret.
#include "base/strings.h"
#include "config/reader.h"
#include "json/writer.h"

#include <algorithm>
#include <array>

namespace bifrost::config {
namespace {

constexpr std::string_view kEnvPrefix = "env.";
constexpr std::string_view kVaultPrefix = "vault.";

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return c == '_' || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
  };
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// What the members of a secret object say together.
struct SecretObject {
  std::string value;
  std::string ref;
  std::string type;
  std::string env_var;
  bool from_env = false;

  void describe(this auto& self, auto& visit) {
    static constexpr std::string_view kTypes[] = {"plain_text", "env", "vault"};
    visit.field("value", self.value, {.text = "The text itself."});
    visit.field("ref", self.ref, {.text = "Where the text stands: `env.NAME`."});
    visit.field("type", self.type, {.text = "What `ref` is.", .one_of = kTypes});
    visit.field("env_var", self.env_var, {.text = "Name of an environment variable."});
    visit.field("from_env", self.from_env, {.text = "Whether `env_var` counts."});
  }

  [[nodiscard]] bool is_vault() const { return type == "vault" || ref.starts_with(kVaultPrefix); }
  [[nodiscard]] bool is_variable() const {
    if (type == "plain_text") return false;
    return type == "env" || from_env || (value.empty() && !(ref.empty() && env_var.empty()));
  }
  [[nodiscard]] std::string_view variable() const {
    std::string_view name = env_var.empty() ? std::string_view(ref) : env_var;
    if (name.starts_with(kEnvPrefix)) name.remove_prefix(kEnvPrefix.size());
    return name;
  }
};

}  // namespace

std::optional<Reader::Resolved> Reader::resolve(json::Value value) {
  if (value.is_string()) return resolve_text(value.string_or({}));
  if (value.is_object()) return resolve_object(value);
  wrong_type("a string, \"env.NAME\" or a secret object", value);
  return std::nullopt;
}

std::optional<Reader::Resolved> Reader::resolve_text(std::string text) {
  if (keeper_ != nullptr && keeper_->is_sealed(text)) return resolve_sealed(text);
  if (text.starts_with(kVaultPrefix)) {
    problem("vaults are not served yet; use \"env.NAME\" or the text itself");
    return std::nullopt;
  }
  if (text.starts_with(kEnvPrefix)) {
    return resolve_variable(std::string_view(text).substr(kEnvPrefix.size()));
  }
  return Resolved{.text = std::move(text), .reference = {}};
}

// It is no reference, whatever it begins with.
std::optional<Reader::Resolved> Reader::resolve_sealed(std::string_view sealed) {
  auto text = keeper_->open(sealed);
  if (text) return Resolved{.text = *std::move(text), .reference = {}};
  problem(text.error().message);
  return std::nullopt;
}

std::optional<Reader::Resolved> Reader::resolve_object(json::Value value) {
  Problems in_object;
  SecretObject secret;
  Reader reader(environment_, in_object, warnings_);
  reader.path_ = path_;
  reader.read(value, secret, {});
  if (!in_object.empty()) {
    for (Problem& found : in_object.take())
      problems_.add(std::move(found.path), std::move(found.message));
    return std::nullopt;
  }
  if (secret.is_vault()) return resolve_text(std::string(kVaultPrefix));
  if (secret.is_variable()) return resolve_variable(secret.variable());
  if (secret.type == "plain_text")
    return Resolved{.text = std::move(secret.value), .reference = {}};
  return resolve_text(std::move(secret.value));
}

std::optional<Reader::Resolved> Reader::resolve_variable(std::string_view name) {
  if (!is_variable_name(name)) {
    problem("not a name of an environment variable behind \"env.\"");
    return std::nullopt;
  }
  auto text = environment_.get(name);
  if (!text || text->empty()) {
    const std::string what =
        "environment variable " + std::string(name) + (text ? " is empty" : " is not set");
    if (!is_off_ || !environment_.may_refer_to(name)) {
      problem(what);
      return std::nullopt;
    }
    warn(what + "; nothing needs it as long as this is switched off");
    text.emplace();
  }
  return Resolved{.text = *std::move(text), .reference = std::string(kEnvPrefix).append(name)};
}

}  // namespace bifrost::config
