#include "governance/password.h"

#include "base/random.h"
#include "base/strings.h"

#include <argon2.h>

#include <array>
#include <cstdint>
#include <optional>

namespace bifrost::governance {
namespace {

constexpr std::uint32_t kMemoryKib = 19 * 1024;
constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;

// Of hashes that others have made: what is more holds up everybody else.
constexpr std::int64_t kMemoryKibMax = 128 * 1024;
constexpr std::int64_t kPassesMax = 10;
constexpr std::int64_t kLanesMax = 8;

// "m=19456" as 19456.
std::optional<std::int64_t> number(std::string_view part, std::string_view name) {
  const auto both = split_once(part, '=');
  if (!both || both->first != name) return std::nullopt;
  return parse_int(both->second);
}

}  // namespace

bool is_password_hash(std::string_view text) { return text.starts_with(kPasswordHashPrefix); }

std::string_view password_hash_problem(std::string_view hash) {
  constexpr std::string_view kForm =
      "is no hash of Argon2id, which looks like $argon2id$v=19$m=19456,t=2,p=1$salt$hash";
  const auto parts = split(hash, '$');  // "", argon2id, v, parameters, salt, hash
  if (parts.size() != 6 || number(parts[2], "v") != ARGON2_VERSION_NUMBER) return kForm;
  const auto parameters = split(parts[3], ',');
  if (parameters.size() != 3 || parts[4].empty() || parts[5].empty()) return kForm;
  const auto memory = number(parameters[0], "m");
  const auto passes = number(parameters[1], "t");
  const auto lanes = number(parameters[2], "p");
  if (!memory || !passes || !lanes) return kForm;
  if (*memory > kMemoryKibMax || *passes > kPassesMax || *lanes > kLanesMax) {
    return "asks for too much: at most m=131072 (128 MiB), t=10 and p=8";
  }
  return {};
}

std::string_view kept_password_problem(std::string_view text) {
  if (is_password_hash(text)) return password_hash_problem(text);
  for (const std::string_view other :
       {"$2a$", "$2b$", "$2y$", "$argon2", "$scrypt$", "$5$", "$6$"}) {
    if (text.starts_with(other)) return "is a hash of another kind than $argon2id$, the one known";
  }
  return {};
}

Result<std::string> hash_password(std::string_view password) {
  const std::string salt = secret_bytes(kSaltBytes);
  std::array<char, 128> text{};  // the longest one of these parameters has 97 characters
  const int done =
      argon2id_hash_encoded(kPasses, kMemoryKib, kLanes, password.data(), password.size(),
                            salt.data(), salt.size(), kHashBytes, text.data(), text.size());
  if (done == ARGON2_OK) return std::string(text.data());
  return gateway_error(ErrorCode::kBusy,
                       std::string("the password cannot be hashed: ") + argon2_error_message(done));
}

bool opens_password_hash(std::string_view password, const std::string& hash) {
  if (!password_hash_problem(hash).empty()) return false;
  return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

}  // namespace bifrost::governance
