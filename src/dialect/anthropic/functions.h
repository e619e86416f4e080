// The functions behind the table in dialect.cc, one file each, and what two of them share.
#pragma once

#include "dialect/chat_codec.h"
#include "dialect/dialect.h"
#include "json/document.h"

#include <string>
#include <vector>

namespace bifrost::dialect::anthropic {

inline constexpr std::string_view kName = "anthropic";
// Of signatures and sealed thoughts, as OpenRouter names it: no other provider takes them.
inline constexpr std::string_view kSignatureFormat = "anthropic-claude-v1";

// decode_request.cc
Result<llm::Request> decode_request(const RequestInput& input);
// Is it the gateway's own field, a list of model names or null? The API's of the same name, a list
// of objects or the word "default", passes.
[[nodiscard]] bool is_gateway_fallbacks(json::Value fallbacks);

// encode_request.cc
Result<EncodedRequest> encode_request(const llm::Request& request, const EncodeOptions& options);

// edit_request.cc
Result<RequestFacts> peek(const RequestInput& input, json::Scanner& scanner);
Result<EditedRequest> edit_request(const RequestInput& input, const RequestFacts& facts,
                                   const EncodeOptions& options);

// decode_response.cc, encode_response.cc
Result<llm::Response> decode_response(std::string_view body);
std::string encode_response(const llm::Response& response, const AnswerContext& context);

// decode_stream.cc, encode_stream.cc, tap.cc
std::unique_ptr<StreamDecoder> make_stream_decoder();
std::unique_ptr<StreamEncoder> make_stream_encoder(AnswerContext context);
std::unique_ptr<StreamTap> make_stream_tap();
TapState tap_response(std::string_view body);

// errors.cc
std::string encode_error(const Error& error);
void write_rate_limits(const RateLimits& limits, http::Headers& headers);
std::string encode_stream_error(const Error& error);
Error decode_error(const ErrorInput& input);
// The error object inside a body or a stream event.
Error read_error(json::Value root, int status, std::string_view body);

// models.cc
Result<ModelQuery> decode_model_query(std::string_view query);
std::string encode_models(const ModelPage& page);
void write_model(json::Writer& writer, const ModelRow& row);
std::string models_path(std::string_view page_token);
Result<ModelPage> decode_models(std::string_view body);

}  // namespace bifrost::dialect::anthropic
