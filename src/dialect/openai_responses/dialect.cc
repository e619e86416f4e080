#include "dialect/openai_responses/dialect.h"

#include "dialect/openai_chat/dialect.h"
#include "dialect/openai_responses/functions.h"

namespace bifrost::dialect::openai_responses {
namespace {

std::string responses_path(std::string_view /*model*/, bool /*stream*/) { return "/v1/responses"; }

}  // namespace

const Dialect& dialect() {
  static constexpr ChatCodec kChat{
      .operation = llm::Operation::kResponses,
      .stream = {.content_type = "text/event-stream",
                 .keep_alive = ": keep-alive\n\n",
                 .comments = true,
                 .encode_error = encode_stream_error},
      .peek = peek,
      .decode_request = decode_request,
      .echo = echo,
      .encode_response = encode_response,
      .make_stream_encoder = make_stream_encoder,
      .encode_request = encode_request,
      .edit_request = edit_request,
      .refusals = refusals,
      .path = responses_path,
      .decode_response = decode_response,
      .tap_response = tap_response,
      .make_stream_decoder = make_stream_decoder,
      .make_stream_tap = make_stream_tap,
  };
  static const Dialect kDialect{
      .name = kName, .family = openai_chat::dialect().family, .chat = &kChat};
  return kDialect;
}

}  // namespace bifrost::dialect::openai_responses
