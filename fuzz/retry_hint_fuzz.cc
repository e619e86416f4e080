// Hints how long to wait: out of headers, and out of the words of an error. The input is lines of
// "name: value", an empty line, and the message.
#include "routing/retry_hint.h"

#include "base/assert.h"
#include "base/limits.h"
#include "base/strings.h"
#include "fuzz/checks/checks.h"

namespace bifrost::fuzz {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};

void check_hint(std::optional<std::chrono::milliseconds> hint) {
  if (!hint) return;
  BF_ASSERT(hint->count() >= 0);
  BF_ASSERT(*hint <= std::chrono::seconds(limits::kRetryAfterSecondsMax));
}

void check(std::string_view text) {
  const auto [head, message] =
      text.find("\n\n") == std::string_view::npos
          ? std::pair{text, text}
          : std::pair{text.substr(0, text.find("\n\n")), text.substr(text.find("\n\n") + 2)};
  http::Headers headers;
  for (const std::string_view line : split(head, '\n')) {
    if (const auto field = split_once(line, ':')) headers.add(field->first, trim(field->second));
  }
  for (const ErrorCode code : {ErrorCode::kUpstreamRateLimited, ErrorCode::kUpstreamOverloaded,
                               ErrorCode::kUpstreamServerError}) {
    Error error = upstream_error(code, Retry::kOtherKey, std::string(message));
    error.upstream_status = code == ErrorCode::kUpstreamRateLimited ? 429 : 503;
    error.upstream_body = message;
    check_hint(routing::retry_hint(error, headers, kNow));
  }
  check_hint(routing::parse_reset(message, kNow));
  check_hint(routing::parse_span(message));
}

}  // namespace
}  // namespace bifrost::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bifrost::fuzz::check(bifrost::fuzz::text_of(data, size));
  return 0;
}
