// Errors as this dialect's body and stream event, and back.
#include "base/strings.h"
#include "dialect/anthropic/functions.h"
#include "dialect/classify.h"
#include "http/sse/parser.h"
#include "json/writer.h"

#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

constexpr std::size_t kPlainMessageBytesMax = 512;

std::string_view type_of_status(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 503:
    case 529:
      return "overloaded_error";
    case 504:
      return "timeout_error";
    default:
      return status >= 400 && status < 500 ? "invalid_request_error" : "api_error";
  }
}

std::string_view type_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUpstreamBilling:
    case ErrorCode::kBudgetExceeded:
      return "billing_error";
    case ErrorCode::kUpstreamRateLimited:
    case ErrorCode::kQueueFull:
      return "rate_limit_error";
    case ErrorCode::kUpstreamOverloaded:
      return "overloaded_error";
    case ErrorCode::kContextLengthExceeded:
      return "invalid_request_error";
    default:
      return type_of_status(error.status());
  }
}

// The API names the field in front of the message.
std::string message_of(const Error& error) {
  if (error.param.empty() || error.message.starts_with(error.param)) return error.message;
  return error.param + ": " + error.message;
}

// Did the provider itself say it in this dialect?
bool is_native(const Error& error) {
  if (error.origin != Origin::kUpstream || error.upstream_body.empty()) return false;
  const auto document = json::Document::parse(error.upstream_body);
  if (!document) return false;
  const json::Value root = document->root();
  return root["type"].equals("error") && root["error"]["type"].is_string() &&
         root["error"]["message"].is_string();
}

std::string first_words(std::string_view body, int status) {
  const std::string_view text = trim(body);
  // A page of some proxy says nothing to a caller.
  if (text.empty() || text.front() == '<') {
    return "the provider answered with status " + std::to_string(status) +
           (text.empty() ? " and no body" : " and a web page");
  }
  return std::string(utf8_prefix(text, kPlainMessageBytesMax));
}

}  // namespace

std::string encode_error(const Error& error) {
  if (is_native(error)) return error.upstream_body;
  std::string body;
  json::Writer writer(body);
  writer.begin_object().member("type", "error").key("error").begin_object();
  writer.member("type", type_of(error)).member("message", message_of(error));
  // Codes of other providers would be taken for Anthropic's own.
  if (error.origin == Origin::kClient && !error.upstream_code.empty()) {
    writer.key("details").begin_object().member("error_code", error.upstream_code).end_object();
  }
  writer.end_object().end_object();
  return body;
}

std::string encode_stream_error(const Error& error) {
  std::string out;
  http::sse::append_event(out, "error", encode_error(error));
  return out;
}

Error read_error(json::Value root, int status, std::string_view body) {
  const json::Value error = root["error"].exists() ? root["error"] : root;
  const std::string type = error["type"].string_or({});
  // Imitators also write {"error": "text"}, {"message": …} and {"detail": …}.
  std::string message = error["message"].string_or({});
  if (message.empty()) message = error.string_or({});
  if (message.empty()) message = root["message"].string_or(root["detail"].string_or({}));
  if (message.empty()) message = first_words(body, status);
  const json::Value number = error["code"];
  const std::string code = number.is_number() ? std::string(number.raw()) : number.string_or({});
  return provider_error({.status = status, .type = type, .code = code, .message = message}, body);
}

Error decode_error(const ErrorInput& input) {
  if (const auto document = json::Document::parse(input.body);
      document && document->root().is_object()) {
    return read_error(document->root(), input.status, input.body);
  }
  const std::string message = first_words(input.body, input.status);
  return provider_error({.status = input.status, .message = message}, input.body);
}

}  // namespace bifrost::dialect::anthropic
