// Randomness as something that is handed in; for secrets the system's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace bifrost {

// At most 256 bytes that nobody can guess, from the system: keys, nonces, salts. They are the
// exception to what stands below, since nothing may repeat them.
std::string secret_bytes(std::size_t count);
// A version 4 UUID (RFC 9562) in lower case, of the same kind.
std::string secret_uuid();

// Not for secrets. xoshiro256++ (Blackman and Vigna, public domain algorithm). One per worker, not
// thread-safe.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  // Seeded from the operating system.
  static Random from_entropy();

  std::uint64_t next();
  // Uniform in [0, 1).
  double unit();
  // A version 4 UUID (RFC 9562) in lower case.
  std::string uuid();
  // `length` characters out of [A-Za-z0-9].
  std::string alphanumeric(std::size_t length);

 private:
  std::uint64_t state_[4];
};

}  // namespace bifrost
