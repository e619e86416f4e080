// Who may use the management API.
//
//   the administrator   by name and password (HTTP Basic, RFC 7617), or by a session that he began
//                       with them
//   programs            by API keys ("Authorization: Bearer bfst-…")
//   this machine        without an administrator: where nobody else can connect the API is open,
//                       and elsewhere, and to what a proxy passes on, it is closed
//
// What needs no database and no work is found here, from the head of a request; the rest is
// admin/admit.h's.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "governance/credential_digest.h"
#include "governance/settings/governance_settings.h"
#include "http/headers.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::governance {

// Somebody who may.
struct Operator {
  enum class Kind : std::uint8_t {
    kThisMachine,
    kAdministrator,
    kApiKey,
    kNewcomer,  // nobody yet, who may only show the setup token
  };
  Kind kind = Kind::kThisMachine;
  Role role = Role::kAdmin;
  std::string name = {};  // of the administrator or the key
};

// What a request shows of who sends it. The text is a secret.
struct OperatorCredential {
  enum class Kind : std::uint8_t { kNone, kPassword, kApiKey, kSession };
  Kind kind = Kind::kNone;
  std::string text = {};   // "name:password", the key, or the session's token
  bool by_cookie = false;  // a browser sends it by itself, whoever's page asks
};
[[nodiscard]] OperatorCredential operator_credential(const http::Headers& headers);

// Of the key that it stands for; nothing: it has no value, or no hash that is one.
[[nodiscard]] std::optional<CredentialDigest> digest_of(const ApiKeySettings& key);

inline constexpr std::string_view kSessionPrefix = "bfss-";  // of tokens
inline constexpr std::string_view kSessionCookie = "bifrost_session";

// Immutable, and part of a snapshot.
class Operators {
 public:
  Operators() = default;
  // `setup_token`: by which the first administrator is made; empty: none is.
  Operators(const GovernanceSettings& governance, std::string_view setup_token);

  [[nodiscard]] const AuthSettings& administrator() const { return administrator_; }
  [[nodiscard]] bool is_setup_token(std::string_view text) const;

  // Must somebody who sends this show who he is?
  [[nodiscard]] bool asks(const http::Headers& headers, bool on_loopback) const;
  // For who has to and does not.
  [[nodiscard]] Error refusal(bool on_loopback) const;

  // Fails with kUnauthenticated where nobody has this key, and with kPermissionDenied where it is
  // not valid any more.
  [[nodiscard]] Result<Operator> find_key(std::string_view key, WallTime now) const;

  // Is he, whom these have let in, still what he was by the settings in force? A body may come long
  // after the head. Fails with kUnauthenticated.
  [[nodiscard]] Result<void> check_still(const Operator& who,
                                         const GovernanceSettings& governance) const;

 private:
  struct Key {
    Operator who;
    bool active = true;
    std::optional<WallTime> expires_at;
  };

  AuthSettings administrator_;
  std::optional<CredentialDigest> setup_token_;
  std::map<CredentialDigest, Key> keys_;
};

// Whether a name and password are the administrator's. What was right is known again without the
// work that a hash costs. Thread-safe.
class PasswordCheck {
 public:
  // Of "name:password". Nothing: it takes work, see `verify`. Where a hash is kept, it is never
  // known that one is wrong.
  [[nodiscard]] std::optional<bool> known(const AuthSettings& administrator,
                                          std::string_view shown) const;
  // Not for a loop.
  [[nodiscard]] bool verify(const AuthSettings& administrator, std::string_view shown);

 private:
  mutable std::mutex mutex_;
  std::optional<CredentialDigest> right_;  // of who was right last, and of the hash then
};

}  // namespace bifrost::governance
