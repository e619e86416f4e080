// Addresses: what is accepted is safe to send, and means the same when it is put together again.
#include "http/url.h"

#include "base/assert.h"
#include "fuzz/checks/checks.h"
#include "http/h1/head.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bifrost;
  const auto url = http::parse_url(fuzz::text_of(data, size));
  if (!url) {
    BF_ASSERT(!url.error().message.empty());
    return 0;
  }
  BF_ASSERT(!url->host.empty());
  BF_ASSERT(http::is_request_target(url->target()));
  BF_ASSERT(http::h1::valid_value(url->authority()));
  const auto again = http::parse_url(url->origin() + url->target());
  BF_ASSERT(again.has_value());
  BF_ASSERT(again->origin() == url->origin());
  BF_ASSERT(again->authority() == url->authority());
  BF_ASSERT(again->target() == url->target());
  return 0;
}
