#include "store/seal.h"

#include "base/assert.h"
#include "base/random.h"
#include "base/read_file.h"
#include "base/strings.h"
#include "base/try.h"
#include "store/private_file.h"

#include <argon2.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <filesystem>
#include <memory>
#include <system_error>

namespace bifrost::store {
namespace {

constexpr std::string_view kPrefix = "sealed:1:";
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kPassphraseBytes = 32;  // of one that is made

struct Freed {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Freed>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Error does_not_open() {
  return gateway_error(ErrorCode::kConfigInvalid,
                       "a stored secret does not open: it was sealed with another key, or for "
                       "another entry, or was changed");
}

constexpr std::string_view kCheckPlace = "config_seal/check";
constexpr std::string_view kCheckText = "bifrost";

// With one of the gateway's own in it afterwards, whoever was quicker to make it.
Result<Passphrase> made_passphrase(const std::string& path) {
  BF_TRY_VOID(write_private_file(path, base64_encode(secret_bytes(kPassphraseBytes)) + "\n"));
  return own_passphrase(path);
}

Result<Sealer> first_sealer(sql::Connection& connection, Passphrase passphrase) {
  if (passphrase.text.empty()) {
    BF_TRY(passphrase, made_passphrase(passphrase.file));
  }
  const std::string salt = new_salt();
  BF_TRY(Sealer sealer, sealer_of(passphrase, salt));
  BF_TRY_VOID(
      connection.execute("INSERT INTO config_seal (one, salt, made, sealed) VALUES (1, $1, $2, $3)",
                         {std::string_view(salt), std::int64_t{passphrase.file.empty() ? 0 : 1},
                          std::string_view(sealed_check(sealer))}));
  return sealer;
}

std::string wrong_key(const Passphrase& given, bool made) {
  if (!given.file.empty() && !made) {
    return "the database's secrets were sealed with an encryption_key, and none is given; set "
           "BIFROST_ENCRYPTION_KEY, or encryption_key";
  }
  if (given.file.empty() && made) {
    return "the database's secrets were sealed with a key that the gateway had made for itself, "
           "since it was given none; start without encryption_key, or with another database";
  }
  const std::string which = given.file.empty() ? "encryption_key" : "the key in " + given.file;
  return which +
         " is not the one that the database's secrets were sealed with; give that one, or "
         "another database";
}

constexpr std::string_view kSealStatement = "SELECT salt, made, sealed FROM config_seal";

// `row` is what the database says of its seal.
Result<Sealer> sealer_of_row(const sql::Row& row, Passphrase passphrase) {
  const bool made = row.integer(1) != 0;
  if (made == !passphrase.file.empty()) {
    // Another program may have made it since it was looked for.
    if (passphrase.text.empty()) {
      BF_TRY(passphrase, own_passphrase(passphrase.file));
    }
    if (passphrase.text.empty()) {
      return gateway_error(ErrorCode::kConfigInvalid,
                           passphrase.file +
                               " is gone, and the database's secrets are sealed with the key that "
                               "stood in it; put it back, or start with another database");
    }
    BF_TRY(Sealer sealer, sealer_of(passphrase, row.text(0)));
    if (sealer.open(row.text(2), kCheckPlace)) return sealer;
  }
  return gateway_error(ErrorCode::kConfigInvalid, wrong_key(passphrase, made));
}

Result<Sealer> try_to_unlock(sql::Connection& connection, const Passphrase& passphrase) {
  return sql::in_transaction(connection, [&]() -> Result<Sealer> {
    BF_TRY(const sql::Rows rows, connection.execute(kSealStatement));
    if (rows.empty()) return first_sealer(connection, passphrase);
    return sealer_of_row(rows.front(), passphrase);
  });
}

}  // namespace

Result<Sealer> Sealer::from_passphrase(std::string_view passphrase, std::string_view salt) {
  constexpr std::uint32_t kPasses = 3;
  constexpr std::uint32_t kKilobytes = 64 * 1024;
  constexpr std::uint32_t kLanes = 4;
  Key key{};
  const int result =
      argon2id_hash_raw(kPasses, kKilobytes, kLanes, passphrase.data(), passphrase.size(),
                        salt.data(), salt.size(), key.data(), key.size());
  if (result == ARGON2_OK) return Sealer(key);
  return gateway_error(
      ErrorCode::kStoreUnavailable,
      std::string("cannot make a key from encryption_key: ") + argon2_error_message(result));
}

Sealer Sealer::from_random(std::string_view passphrase, std::string_view salt) {
  Key key{};
  unsigned int size = 0;
  const std::string text = std::string(salt) + "/" + std::string(passphrase);
  const int done = EVP_Digest(text.data(), text.size(), key.data(), &size, EVP_sha256(), nullptr);
  BF_ASSERT(done == 1 && size == key.size());
  return Sealer(key);
}

std::string Sealer::digest(std::string_view text) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  const unsigned char* done = HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
                                   bytes(text), text.size(), mac.data(), &size);
  BF_ASSERT(done != nullptr);
  return base64_encode({reinterpret_cast<const char*>(mac.data()), size});
}

std::string Sealer::seal(std::string_view text, std::string_view place) const {
  std::string raw = secret_bytes(kNonceBytes);
  raw.resize(kNonceBytes + text.size() + kTagBytes);
  const Cipher cipher(EVP_CIPHER_CTX_new());
  unsigned char* out = bytes(raw) + kNonceBytes;
  int size = 0;
  const bool done =
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes(raw)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes(place),
                        static_cast<int>(place.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), out, &size, bytes(text), static_cast<int>(text.size())) ==
          1 &&
      EVP_EncryptFinal_ex(cipher.get(), out + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out + text.size()) == 1;
  BF_ASSERT(done);
  return std::string(kPrefix) + base64_encode(raw);
}

bool Sealer::is_sealed(std::string_view stored) { return stored.starts_with(kPrefix); }

Result<std::string> Sealer::open(std::string_view sealed, std::string_view place) const {
  if (!is_sealed(sealed)) return does_not_open();
  auto raw = base64_decode(sealed.substr(kPrefix.size()));
  if (!raw || raw->size() < kNonceBytes + kTagBytes) return does_not_open();
  const std::size_t length = raw->size() - kNonceBytes - kTagBytes;
  unsigned char* in = bytes(*raw) + kNonceBytes;
  std::string text(length, '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes(*raw)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes(place),
                        static_cast<int>(place.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), bytes(text), &size, in, static_cast<int>(length)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, in + length) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), bytes(text) + size, &size) == 1;
  if (!done) return does_not_open();
  return text;
}

Result<Sealer> sealer_of(const Passphrase& passphrase, std::string_view salt) {
  if (passphrase.file.empty()) return Sealer::from_passphrase(passphrase.text, salt);
  return Sealer::from_random(passphrase.text, salt);
}

std::string new_salt() { return base64_encode(secret_bytes(kSaltBytes)); }

std::string sealed_check(const Sealer& sealer) { return sealer.seal(kCheckText, kCheckPlace); }

bool opens_check(const Sealer& sealer, std::string_view sealed) {
  return sealed.empty() || sealer.open(sealed, kCheckPlace).has_value();
}

std::string entity_place(std::string_view kind, std::string_view id) {
  return std::string("config_entity/").append(kind).append("/").append(id);
}

Result<Sealer> unlock(sql::Connection& connection, const Passphrase& passphrase) {
  auto sealer = try_to_unlock(connection, passphrase);
  // Two programs have come to an empty database: now the other one's is there.
  if (!sealer && sealer.error().code == ErrorCode::kConflict) {
    return try_to_unlock(connection, passphrase);
  }
  return sealer;
}

Result<Sealer> unlock_to_look(sql::Connection& connection, const Passphrase& passphrase) {
  BF_TRY(const sql::Rows rows, connection.execute(kSealStatement));
  if (rows.empty()) return Sealer::from_random(secret_bytes(kPassphraseBytes), new_salt());
  return sealer_of_row(rows.front(), passphrase);
}

Result<Passphrase> own_passphrase(const std::string& path) {
  constexpr std::size_t kBytesMax = 4096;
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown)) return Passphrase{.text = {}, .file = path};
  const std::string kept = read_file(path, kBytesMax);
  const std::string_view text = trim(kept);
  if (!text.empty()) return Passphrase{.text = std::string(text), .file = path};
  return gateway_error(ErrorCode::kStoreUnavailable,
                       quoted(path, 256) +
                           " is empty or cannot be read; it holds the key of the "
                           "secrets in the database: put it back");
}

}  // namespace bifrost::store
