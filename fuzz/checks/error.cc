#include "base/assert.h"
#include "base/limits.h"
#include "dialect/chat_codec.h"
#include "fuzz/checks/checks.h"
#include "http/sse/parser.h"

#include <algorithm>

namespace bifrost::fuzz {
namespace {

void check_encoded(const Error& error, const dialect::Dialect& to) {
  BF_ASSERT(is_json(to.family.encode_error(error)));
  // A reader of the stream learns of it.
  const auto decoder = to.chat->make_stream_decoder();
  std::vector<llm::StreamEvent> events;
  decoder->feed(to.chat->stream.encode_error(error), events);
  decoder->finish(events);
  BF_ASSERT(std::ranges::any_of(events, [](const llm::StreamEvent& event) {
    return std::holds_alternative<llm::StreamFailure>(event);
  }));
}

}  // namespace

void check_error(const dialect::Dialect& dialect, std::string_view text) {
  for (const int status : {200, 400, 401, 404, 429, 500, 529}) {
    const Error error = dialect.family.decode_error({.status = status, .body = text});
    BF_ASSERT(error.status() >= 400 && error.status() < 600);
    BF_ASSERT(error.upstream_body.size() <= limits::kErrorBodyBytesMax);
    BF_ASSERT(!error.message.empty());
    for (const dialect::Dialect* to : dialect::all()) check_encoded(error, *to);
  }
}

}  // namespace bifrost::fuzz
