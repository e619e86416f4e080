// The functions behind the table of `dialect()`, one file each. Only this folder includes it.
#pragma once

#include "dialect/chat_codec.h"
#include "dialect/dialect.h"

#include <memory>
#include <string>
#include <string_view>

namespace bifrost::dialect::openai_responses {

// In `Request::dialect`, `RawPart::dialect` and the like.
inline constexpr std::string_view kName = "openai_responses";

// Items of one answer that we follow; more is not an honest answer.
inline constexpr std::size_t kItemsMax = 1024;

Result<RequestFacts> peek(const RequestInput& input, json::Scanner& scanner);
Result<llm::Request> decode_request(const RequestInput& input);
std::string echo(const RequestFacts& facts);
std::string encode_response(const llm::Response& response, const AnswerContext& context);
std::unique_ptr<StreamEncoder> make_stream_encoder(AnswerContext context);
std::string encode_stream_error(const Error& error);

Result<EncodedRequest> encode_request(const llm::Request& request, const EncodeOptions& options);
Result<EditedRequest> edit_request(const RequestInput& input, const RequestFacts& facts,
                                   const EncodeOptions& options);
// What the model refuses, whichever of OpenAI's formats it is asked in.
Refusals refusals(std::string_view model);
Result<llm::Response> decode_response(std::string_view body);
TapState tap_response(std::string_view body);
std::unique_ptr<StreamDecoder> make_stream_decoder();
std::unique_ptr<StreamTap> make_stream_tap();

}  // namespace bifrost::dialect::openai_responses
