#include "dialect/openai_responses/failure.h"

#include "dialect/classify.h"
#include "dialect/openai_chat/errors.h"
#include "dialect/openai_responses/functions.h"
#include "http/sse/parser.h"

#include <string_view>

namespace bifrost::dialect::openai_responses {
namespace {

// The codes that clients act on; all else is for people.
std::string_view code_of(const Error& error) {
  if (!error.upstream_code.empty()) return error.upstream_code;
  switch (error.code) {
    case ErrorCode::kInvalidRequest:
    case ErrorCode::kUpstreamInvalidRequest:
      return "invalid_prompt";
    case ErrorCode::kContextLengthExceeded:
      return "context_length_exceeded";
    case ErrorCode::kRateLimited:
    case ErrorCode::kUpstreamRateLimited:
      return "rate_limit_exceeded";
    case ErrorCode::kBudgetExceeded:
    case ErrorCode::kUpstreamBilling:
      return "insufficient_quota";
    case ErrorCode::kUpstreamOverloaded:
      return "server_is_overloaded";
    default:
      return "server_error";
  }
}

void write_param(json::Writer& writer, const Error& error) {
  writer.key("param");
  error.param.empty() ? writer.null() : writer.string(error.param);
}

}  // namespace

Error decode_failure(json::Value response) {
  if (response["error"].is_set()) {
    if (auto error = openai_chat::find_error(response, 0)) return *std::move(error);
  }
  return provider_error(
      {0, "server_error", {}, "the provider says that the answer failed, and not why"},
      response.raw());
}

void encode_failure(json::Writer& writer, const Error& error) {
  writer.begin_object();
  writer.member("code", code_of(error));
  writer.member("message", error.message);
  writer.end_object();
}

std::string encode_error_event(const Error& error, std::int64_t sequence_number) {
  std::string data;
  json::Writer writer(data);
  writer.begin_object();
  writer.member("type", "error");
  writer.member("code", code_of(error));
  writer.member("message", error.message);
  write_param(writer, error);
  writer.member("sequence_number", sequence_number);
  writer.key("error").begin_object();
  writer.member("type", error_info(error.code).openai_type);
  writer.member("code", code_of(error));
  writer.member("message", error.message);
  write_param(writer, error);
  writer.end_object().end_object();
  return data;
}

// Behind a stream that has passed: nobody knows its last number.
std::string encode_stream_error(const Error& error) {
  std::string out;
  http::sse::append_event(out, "error", encode_error_event(error, 0));
  return out;
}

}  // namespace bifrost::dialect::openai_responses
