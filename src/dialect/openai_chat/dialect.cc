#include "dialect/openai_chat/dialect.h"

#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/model_traits.h"

namespace bifrost::dialect::openai_chat {
namespace {

std::string chat_path(std::string_view /*model*/, bool /*stream*/) {
  return "/v1/chat/completions";
}

}  // namespace

const Dialect& dialect() {
  static constexpr ChatCodec kChat{
      .stream = {.content_type = "text/event-stream",
                 .keep_alive = ": keep-alive\n\n",
                 .comments = true,
                 .encode_error = encode_stream_error},
      .peek = peek,
      .decode_request = decode_request,
      .encode_response = encode_response,
      .make_stream_encoder = make_stream_encoder,
      .encode_request = encode_request,
      .edit_request = edit_request,
      .refusals = refusals,
      .path = chat_path,
      .decode_response = decode_response,
      .tap_response = tap_response,
      .make_stream_decoder = make_stream_decoder,
      .make_stream_tap = make_stream_tap,
  };
  static constexpr Dialect kDialect{
      .name = kName,
      .family = {.encode_error = encode_error,
                 .decode_error = decode_error,
                 .write_rate_limits = write_x_ratelimit,
                 .decode_model_query = decode_model_query,
                 .encode_models = encode_models,
                 .write_model = write_model,
                 .models_path = models_path,
                 .decode_models = decode_models},
      .chat = &kChat,
  };
  return kDialect;
}

}  // namespace bifrost::dialect::openai_chat
