// A wire format of conversations, as a table of plain functions without state and without I/O.
#pragma once

#include "base/result.h"
#include "dialect/refusals.h"
#include "dialect/request.h"
#include "dialect/stream.h"
#include "dialect/tap.h"
#include "llm/operation.h"
#include "llm/request.h"
#include "llm/response.h"

#include <memory>
#include <string>
#include <string_view>

namespace bifrost::dialect {

struct ChatCodec {
  llm::Operation operation = llm::Operation::kChat;  // what a request in it is called
  StreamForm stream;

  // inbound
  Result<RequestFacts> (*peek)(const RequestInput& input, json::Scanner& scanner);
  Result<llm::Request> (*decode_request)(const RequestInput& input);
  // What an answer repeats of its request (AnswerContext::echo). Null: nothing.
  std::string (*echo)(const RequestFacts& facts) = nullptr;
  std::string (*encode_response)(const llm::Response& response, const AnswerContext& context);
  std::unique_ptr<StreamEncoder> (*make_stream_encoder)(AnswerContext context);

  // outbound
  Result<EncodedRequest> (*encode_request)(const llm::Request& request,
                                           const EncodeOptions& options);
  // The same-dialect way: the body with only the needed edits.
  Result<EditedRequest> (*edit_request)(const RequestInput& input, const RequestFacts& facts,
                                        const EncodeOptions& options);
  // What the model refuses and encode_request would write all the same. Null: nothing, it fits each
  // request to the model anyway.
  Refusals (*refusals)(std::string_view model) = nullptr;
  // The path behind the base URL: "/v1/chat/completions".
  std::string (*path)(std::string_view model, bool stream);
  Result<llm::Response> (*decode_response)(std::string_view body);
  // Usage and finish reason of a whole answer without decoding the rest.
  TapState (*tap_response)(std::string_view body);
  std::unique_ptr<StreamDecoder> (*make_stream_decoder)();
  std::unique_ptr<StreamTap> (*make_stream_tap)();
};

}  // namespace bifrost::dialect
