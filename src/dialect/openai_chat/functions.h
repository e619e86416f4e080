// The functions behind the table of `dialect()`, one file each. Only this folder includes it.
#pragma once

#include "dialect/chat_codec.h"
#include "dialect/dialect.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::dialect::openai_chat {

// In `Request::dialect`, `RawPart::dialect` and the like.
inline constexpr std::string_view kName = "openai_chat";

// Choices of one answer and tool calls of one choice that we follow; more is not an honest answer.
inline constexpr std::size_t kChoicesMax = 128;
inline constexpr std::size_t kToolCallsMax = 1024;

Result<RequestFacts> peek(const RequestInput& input, json::Scanner& scanner);
Result<llm::Request> decode_request(const RequestInput& input);
std::string encode_response(const llm::Response& response, const AnswerContext& context);
std::unique_ptr<StreamEncoder> make_stream_encoder(AnswerContext context);
std::string encode_error(const Error& error);
std::string encode_stream_error(const Error& error);
Result<ModelQuery> decode_model_query(std::string_view query);
std::string encode_models(const ModelPage& page);
void write_model(json::Writer& writer, const ModelRow& row);

Result<EncodedRequest> encode_request(const llm::Request& request, const EncodeOptions& options);
Result<EditedRequest> edit_request(const RequestInput& input, const RequestFacts& facts,
                                   const EncodeOptions& options);
Result<llm::Response> decode_response(std::string_view body);
TapState tap_response(std::string_view body);
std::unique_ptr<StreamDecoder> make_stream_decoder();
std::unique_ptr<StreamTap> make_stream_tap();
Error decode_error(const ErrorInput& input);
std::string models_path(std::string_view page_token);
Result<ModelPage> decode_models(std::string_view body);

}  // namespace bifrost::dialect::openai_chat
