// Streams of providers: decoded in any pieces, tapped, and written in all dialects.
#include "dialect/openai_responses/dialect.h"
#include "fuzz/checks/checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bifrost::fuzz::check_stream(bifrost::dialect::openai_responses::dialect(),
                              bifrost::fuzz::text_of(data, size));
  return 0;
}
