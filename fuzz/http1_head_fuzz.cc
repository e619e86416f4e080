// Heads of HTTP/1: what is accepted can be written and read again as the same.
#include "base/assert.h"
#include "fuzz/checks/checks.h"
#include "http/h1/head.h"

#include <algorithm>
#include <string>

namespace bifrost::fuzz {
namespace {

// A head is found at one place, however much of it was there when it was looked for first.
void check_end(std::string_view bytes, std::size_t end) {
  BF_ASSERT(end <= bytes.size());
  BF_ASSERT(!http::h1::find_head_end(bytes.substr(0, end - 1)).has_value());
  for (std::size_t seen = 0; seen < std::min<std::size_t>(end, 64); ++seen) {
    BF_ASSERT(http::h1::find_head_end(bytes, seen < 3 ? 0 : seen - 3).value_or(end) >= end);
  }
}

void check_request_head(std::string_view head) {
  const auto parsed = http::h1::parse_request_head(head);
  if (!parsed) return;
  ignore(http::h1::request_framing(*parsed), "only that it does not crash");
  if (parsed->minor_version == 0) return;  // heads are written as HTTP/1.1, which needs a Host
  std::string again;
  http::h1::append_request_line(again, parsed->method, parsed->target);
  http::h1::append_fields(again, parsed->headers);
  again += http::h1::kLineEnd;
  const auto twice = http::h1::parse_request_head(again);
  BF_ASSERT(twice.has_value());
  BF_ASSERT(twice->method == parsed->method && twice->target == parsed->target);
  BF_ASSERT(twice->headers == parsed->headers);
}

void check_response_head(std::string_view head) {
  const auto parsed = http::h1::parse_response_head(head);
  if (!parsed) return;
  BF_ASSERT(parsed->status >= 100 && parsed->status <= 999);
  for (const std::string_view method : {"GET", "HEAD"}) {
    ignore(http::h1::response_framing(*parsed, method), "only that it does not crash");
  }
  std::string again;
  http::h1::append_status_line(again, parsed->status);
  http::h1::append_fields(again, parsed->headers);
  again += http::h1::kLineEnd;
  const auto twice = http::h1::parse_response_head(again);
  BF_ASSERT(twice.has_value());
  BF_ASSERT(twice->status == parsed->status && twice->headers == parsed->headers);
}

}  // namespace
}  // namespace bifrost::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bifrost;
  const std::string_view bytes = fuzz::text_of(data, size);
  const auto end = http::h1::find_head_end(bytes);
  if (!end) return 0;
  fuzz::check_end(bytes, *end);
  fuzz::check_request_head(bytes.substr(0, *end));
  fuzz::check_response_head(bytes.substr(0, *end));
  return 0;
}
