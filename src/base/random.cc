#include "base/random.h"

#include "base/assert.h"

#include <bit>
#include <cstring>
#include <random>
#include <string_view>
#include <unistd.h>

namespace bifrost {

namespace {

// Version 4, out of words of 64 random bits.
template <class Next>
std::string uuid_of(Next next) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";  // RFC 9562
  std::string out(kShape);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 16 == 0) bits = next();  // at most 16 digits stand before the next one
    const std::uint64_t digit = bits & 0xFU;
    bits >>= 4U;
    if (out[i] == 'x') out[i] = kHex[digit];
    if (out[i] == 'y') out[i] = kHex[8U | (digit & 3U)];  // the variant
  }
  return out;
}

}  // namespace

std::string secret_bytes(std::size_t count) {
  std::string out(count, '\0');
  const int result = ::getentropy(out.data(), out.size());
  BF_ASSERT(result == 0);  // better no process than a secret that can be guessed
  return out;
}

std::string secret_uuid() {
  return uuid_of([] {
    std::uint64_t bits = 0;
    std::memcpy(&bits, secret_bytes(sizeof(bits)).data(), sizeof(bits));
    return bits;
  });
}

Random::Random(std::uint64_t seed) {
  // splitmix64 spreads a small seed over the whole state.
  for (std::uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    word = mixed ^ (mixed >> 31U);
  }
}

Random Random::from_entropy() {
  std::random_device device;
  return Random((static_cast<std::uint64_t>(device()) << 32U) | device());
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const std::uint64_t shifted = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

std::string Random::uuid() {
  return uuid_of([this] { return next(); });
}

std::string Random::alphanumeric(std::size_t length) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  out.reserve(length);
  while (out.size() < length) out += kLetters[next() % kLetters.size()];
  return out;
}

}  // namespace bifrost
