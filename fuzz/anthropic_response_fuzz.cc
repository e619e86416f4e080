// Whole answers of providers: decoded, tapped, and written in all dialects.
#include "dialect/anthropic/dialect.h"
#include "fuzz/checks/checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bifrost::fuzz::check_response(bifrost::dialect::anthropic::dialect(),
                                bifrost::fuzz::text_of(data, size));
  return 0;
}
