// Sixteen bytes of a text at once: how the parser, the writer and the skimmer look through strings.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace bifrost::json::internal {

// Compared with a byte it gives a lane for each of its own: `block == '"'`.
using Block = unsigned char __attribute__((vector_size(16)));

// Reads sizeof(Block) bytes, wherever they stand.
inline Block load_block(const char* at) {
  Block block;
  std::memcpy(&block, at, sizeof(block));
  return block;
}

// One bit for each lane that is true, the first byte's lowest.
template <class Lanes>
unsigned lane_bits(Lanes lanes) {
  using Bits = bool __attribute__((ext_vector_type(16)));
  return std::bit_cast<std::uint16_t>(__builtin_convertvector(lanes, Bits));
}

}  // namespace bifrost::json::internal
