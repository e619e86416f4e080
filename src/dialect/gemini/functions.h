// The functions of the dialect's table, one source file each. See dialect/dialect.h for what each
// of them promises.
#pragma once

#include "dialect/chat_codec.h"
#include "dialect/dialect.h"

namespace bifrost::dialect::gemini {

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
std::string chat_path(std::string_view model, bool stream);
Result<llm::Response> decode_response(std::string_view body);
TapState tap_response(std::string_view body);
std::unique_ptr<StreamDecoder> make_stream_decoder();
std::unique_ptr<StreamTap> make_stream_tap();
Error decode_error(const ErrorInput& input);
std::string models_path(std::string_view page_token);
Result<ModelPage> decode_models(std::string_view body);

// A chunk with an empty text, as Google itself sends them. Not a comment line: the Python and Go
// SDKs try to parse every line that is not `data:` as JSON and fail.
inline constexpr std::string_view kKeepAlive =
    "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}],\"role\":\"model\"},"
    "\"index\":0}]}\n\n";

// The name of this dialect in raw parts, tools and extras.
inline constexpr std::string_view kName = "gemini";

}  // namespace bifrost::dialect::gemini
