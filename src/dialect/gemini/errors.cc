#include "base/limits.h"
#include "base/strings.h"
#include "dialect/classify.h"
#include "dialect/gemini/candidate.h"
#include "dialect/gemini/functions.h"
#include "dialect/gemini/spelling.h"
#include "dialect/sse_stream.h"
#include "http/sse/parser.h"
#include "json/writer.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kTypePrefix = "type.googleapis.com/google.rpc.";

// google.rpc.Code as it goes with an HTTP status.
std::string_view status_name(int status) {
  switch (status) {
    case 401:
      return "UNAUTHENTICATED";
    case 402:
      return "FAILED_PRECONDITION";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 405:
    case 501:
      return "UNIMPLEMENTED";
    case 408:
    case 504:
      return "DEADLINE_EXCEEDED";
    case 409:
      return "ABORTED";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 499:
      return "CANCELLED";
    case 502:
    case 503:
    case 529:
      return "UNAVAILABLE";
    default:
      return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
  }
}

// "4s", "1.5s". Nothing for what is negative or no duration.
std::optional<milliseconds> duration(std::string_view text) {
  if (!text.ends_with('s')) return std::nullopt;
  const auto seconds = parse_double(text.substr(0, text.size() - 1));
  if (!seconds || *seconds < 0) return std::nullopt;
  const double bounded = std::min(*seconds, static_cast<double>(limits::kRetryAfterSecondsMax));
  return milliseconds(static_cast<std::int64_t>(bounded * 1000.0 + 0.5));
}

std::optional<milliseconds> retry_info(json::Value details) {
  for (const json::Value detail : details.children()) {
    const json::Value delay = field(detail, "retryDelay");
    if (delay.is_string()) return duration(delay.string_or(""));
    if (delay.is_object()) return duration(std::string(delay["seconds"].raw()) + "s");
  }
  return std::nullopt;
}

// "Please retry in 40.5s." stands in the message when the details are missing.
std::optional<milliseconds> retry_words(std::string_view message) {
  constexpr std::string_view kWords = "retry in ";
  const auto at = message.find(kWords);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = message.substr(at + kWords.size());
  return duration(rest.substr(0, std::min(rest.find('s'), rest.size() - 1) + 1));
}

// "API_KEY_INVALID" of an ErrorInfo says more than the status beside it.
std::string reason_of(json::Value details) {
  for (const json::Value detail : details.children()) {
    const json::Value reason = field(detail, "reason");
    if (reason.is_string()) return reason.string_or("");
  }
  return {};
}

bool is_error_status(std::optional<std::int64_t> code) {
  return code && *code >= 400 && *code <= 599;
}

// Is it a body that Google's SDKs read as an error, of this status?
bool is_native(json::Value error) {
  return is_error_status(field(error, "code").integer()) && field(error, "status").is_string() &&
         field(error, "message").is_string();
}

void write_retry_info(json::Writer& out, milliseconds delay) {
  const auto count = delay.count();
  std::string text = std::to_string(count / 1000);
  if (count % 1000 != 0) text += "." + std::to_string(1000 + count % 1000).substr(1);  // .050
  text += 's';
  out.begin_object().member("@type", std::string(kTypePrefix) + "RetryInfo");
  out.member("retryDelay", text).end_object();
}

void write_violation(json::Writer& out, const Error& error) {
  out.begin_object().member("@type", std::string(kTypePrefix) + "BadRequest");
  out.key("fieldViolations").begin_array().begin_object();
  out.member("field", error.param).member("description", error.message);
  out.end_object().end_array().end_object();
}

std::string own_body(const Error& error) {
  std::string body;
  json::Writer out(body);
  out.begin_object().key("error").begin_object();
  out.member("code", error.status());
  out.member("message", error.message);
  out.member("status", status_name(error.status()));
  if (error.retry_after || !error.param.empty()) {
    out.key("details").begin_array();
    if (error.retry_after) write_retry_info(out, *error.retry_after);
    if (!error.param.empty()) write_violation(out, error);
    out.end_array();
  }
  out.end_object().end_object();
  return body;
}

// A stream's event is one line; outside of strings a line break means nothing.
std::string one_line(std::string_view json) {
  std::string line(json);
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\r', ' ');
  return line;
}

}  // namespace

json::Value error_of(json::Value root) {
  if (root.is_array()) root = root.at(0);
  const json::Value error = root["error"];
  return error.is_object() ? error : json::Value{};
}

Error error_from(json::Value error, int status, std::string_view body) {
  const auto code = field(error, "code").integer();
  if (status == 0 && is_error_status(code)) status = static_cast<int>(*code);
  const std::string message = field(error, "message").string_or("the provider gave no reason");
  const std::string type = field(error, "status").string_or("");
  const json::Value details = field(error, "details");
  std::string reason = reason_of(details);
  if (reason.empty() && code) reason = std::to_string(*code);
  Error result =
      provider_error({.status = status, .type = type, .code = reason, .message = message}, body);
  result.retry_after = retry_info(details);
  if (!result.retry_after && status == 429) result.retry_after = retry_words(message);
  return result;
}

Error plain_error(std::string_view text) {
  const auto document = json::Document::parse(text);
  const json::Value error = document ? error_of(document->root()) : json::Value{};
  return error ? error_from(error, 0, text) : not_a_stream(text);
}

Error decode_error(const ErrorInput& input) {
  const auto document = json::Document::parse(input.body);
  if (document) {
    if (const json::Value error = error_of(document->root())) {
      return error_from(error, input.status, input.body);
    }
  }
  const std::string message =
      "the provider answered with status " + std::to_string(input.status) + " and no error object";
  return provider_error({.status = input.status, .message = message}, input.body);
}

std::string encode_error(const Error& error) {
  const auto document = json::Document::parse(error.upstream_body);
  if (document && is_native(error_of(document->root()))) return error.upstream_body;
  return own_body(error);
}

std::string encode_stream_error(const Error& error) {
  std::string out;
  const auto document = json::Document::parse(error.upstream_body);
  if (document && is_native(error_of(document->root()))) {
    // The SDKs look for `error` at the top, so an array around it has to go.
    const json::Value root = document->root();
    const json::Value object = root.is_array() ? root.at(0) : root;
    http::sse::append_event(out, {}, one_line(object.raw()));
  } else {
    http::sse::append_event(out, {}, own_body(error));
  }
  return out;
}

}  // namespace bifrost::dialect::gemini
