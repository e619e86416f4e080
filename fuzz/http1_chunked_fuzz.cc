// The chunked coding: the same data however the bytes are cut, and what is written is read again.
#include "base/assert.h"
#include "fuzz/checks/checks.h"
#include "http/h1/chunked.h"

#include <string>
#include <vector>

namespace bifrost::fuzz {
namespace {

struct Decoded {
  std::string data;
  std::size_t used = 0;
  bool done = false;
  bool failed = false;

  bool operator==(const Decoded&) const = default;
};

Decoded decode(const std::vector<std::string_view>& pieces) {
  http::h1::ChunkedDecoder decoder;
  Decoded decoded;
  for (const std::string_view piece : pieces) {
    const auto used = decoder.feed(piece, decoded.data);
    if (!used) return {.failed = true};  // what came before is of no use
    BF_ASSERT(*used <= piece.size());
    BF_ASSERT(*used == piece.size() || decoder.done());
    decoded.used += *used;
    if (decoder.done()) break;
  }
  decoded.done = decoder.done();
  return decoded;
}

void check_written(std::string_view text) {
  Random random = decisions_for(text);
  std::string bytes;
  for (const std::string_view piece : cut(text, random)) http::h1::append_chunk(bytes, piece);
  bytes += http::h1::kLastChunk;
  BF_ASSERT(decode({bytes}) == (Decoded{std::string(text), bytes.size(), true, false}));
}

}  // namespace
}  // namespace bifrost::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bifrost;
  const std::string_view bytes = fuzz::text_of(data, size);
  const fuzz::Decoded whole = fuzz::decode({bytes});
  Random random = fuzz::decisions_for(bytes);
  for (int i = 0; i < 3; ++i) BF_ASSERT(fuzz::decode(fuzz::cut(bytes, random)) == whole);
  fuzz::check_written(bytes);
  return 0;
}
