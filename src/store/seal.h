// Secrets that are stored: sealed with AES-256-GCM, each with a nonce of its own, so that a stolen
// database or backup gives none away.
//
// A sealed text is "sealed:1:" and base64 of nonce (12 bytes), ciphertext and tag (16). The place
// that it was sealed for, a row, is authenticated with it: moved to another row it does not open.
//
// The key is made from what the operator gives, a passphrase of any length, by Argon2id with the
// database's own salt. Who gives none has one made by chance, in a file beside the database, which
// needs no stretching. The database keeps a sealed text that everybody knows: by it a wrong key is
// found at the start, and not when the first secret is needed.
//
// Sources: NIST SP 800-38D (GCM), RFC 9106 (Argon2; its second recommended setting).
#pragma once

#include "base/result.h"
#include "config/secret_keeper.h"
#include "store/sql.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::store {

struct Passphrase {
  std::string text;       // empty: the file is not there
  std::string file = {};  // where the gateway keeps it; empty: it was given
};

class Sealer {
 public:
  // `salt` is at least 8 bytes, different for each database. Takes 64 MiB and a moment. Fails with
  // kStoreUnavailable when there is no memory.
  static Result<Sealer> from_passphrase(std::string_view passphrase, std::string_view salt);
  // From one that nobody can guess.
  static Sealer from_random(std::string_view passphrase, std::string_view salt);

  // By it one can tell whether a secret is another one, and not what it is without the key.
  [[nodiscard]] std::string digest(std::string_view text) const;

  // `place` says what it belongs to: "config_entity/virtual_key/vk-1".
  [[nodiscard]] std::string seal(std::string_view text, std::string_view place) const;
  [[nodiscard]] static bool is_sealed(std::string_view stored);
  // Fails with kConfigInvalid.
  [[nodiscard]] Result<std::string> open(std::string_view sealed, std::string_view place) const;

 private:
  using Key = std::array<std::uint8_t, 32>;
  explicit Sealer(const Key& key) : key_(key) {}

  Key key_;
};

// For the secrets of one place. Both outlive it.
class PlaceKeeper final : public config::SecretKeeper {
 public:
  PlaceKeeper(const Sealer& sealer, std::string_view place) : sealer_(sealer), place_(place) {}

  [[nodiscard]] std::string seal(std::string_view text) const override {
    return sealer_.seal(text, place_);
  }
  [[nodiscard]] bool is_sealed(std::string_view stored) const override {
    return Sealer::is_sealed(stored);
  }
  [[nodiscard]] Result<std::string> open(std::string_view sealed) const override {
    return sealer_.open(sealed, place_);
  }

 private:
  const Sealer& sealer_;
  std::string_view place_;
};

// The key that this passphrase gives with this salt.
[[nodiscard]] Result<Sealer> sealer_of(const Passphrase& passphrase, std::string_view salt);
[[nodiscard]] std::string new_salt();
// The text by which a wrong key is found.
[[nodiscard]] std::string sealed_check(const Sealer& sealer);
// Is it the sealer's own? One that is empty is nobody's, and so everybody's.
[[nodiscard]] bool opens_check(const Sealer& sealer, std::string_view sealed);

// Where the secrets of an entry (config_store.h) are sealed for.
[[nodiscard]] std::string entity_place(std::string_view kind, std::string_view id);

// The sealer of this database. The first passphrase that comes is the one that it has from then on;
// one of the gateway's own is made then, by chance, in its file, which only its owner may read.
// Fails with kConfigInvalid when it is another one, or is gone.
Result<Sealer> unlock(sql::Connection& connection, const Passphrase& passphrase);
// The same, and nothing is made or written: in a database without secrets any sealer will do.
Result<Sealer> unlock_to_look(sql::Connection& connection, const Passphrase& passphrase);

// The passphrase that stands in this file. Fails with kStoreUnavailable when it holds none.
Result<Passphrase> own_passphrase(const std::string& path);

}  // namespace bifrost::store
