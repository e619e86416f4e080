#include "dialect/openai_chat/errors.h"

#include "base/limits.h"
#include "base/strings.h"
#include "dialect/classify.h"
#include "dialect/openai_chat/functions.h"
#include "http/sse/parser.h"
#include "json/writer.h"

#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

constexpr std::size_t kQuotedBytesMax = 2000;  // of a text that is quoted in a message

// A number or a string as text.
std::string word(json::Value value) {
  if (value.is_number()) return std::string(value.raw());
  return value.string_or("");
}

int http_status(json::Value value) {
  auto number = value.integer();
  if (!number && value.is_string()) number = parse_int(value.string_or(""));
  return number && *number >= 400 && *number <= 599 ? static_cast<int>(*number) : 0;
}

// FastAPI and Mistral: a sentence, or a list of {loc, msg}.
std::string detail_message(json::Value detail) {
  if (detail.is_string()) return detail.string_or("");
  std::string message;
  for (const json::Value item : detail.children()) {
    std::string place;
    for (const json::Value step : item["loc"].children()) {
      if (!place.empty()) place += '.';
      place += word(step);
    }
    if (!message.empty()) message += "; ";
    if (!place.empty()) message += place + ": ";
    message += item["msg"].string_or("");
  }
  return message;
}

std::string message_of(json::Value error, json::Value root) {
  std::string message = error.is_string() ? error.string_or("") : error["message"].string_or("");
  if (message.empty() && error["message"].is_object()) {
    message = detail_message(error["message"]["detail"]);
  }
  if (message.empty()) message = detail_message(error["detail"]);
  if (message.empty()) message = detail_message(root["detail"]);
  if (message.empty()) message = root["message"].string_or("");
  if (message.empty() && error["errors"].is_array()) {
    message = error["errors"].at(0)["message"].string_or(error["errors"].at(0).string_or(""));
  }
  // OpenRouter says only "Provider returned error" and hides the cause below.
  const std::string cause = error["metadata"]["raw"].string_or("");
  if (!cause.empty()) {
    message += ": ";
    message += utf8_prefix(cause, kQuotedBytesMax);
  }
  return message;
}

// The object that describes the error, in the shapes that are about:
//   {"error": {…}}  {"error": "…"}  {"type": "error", "error": {…}}  [{"error": {…}}]
//   {"object": "error", "message": …}  {"message": …, "code": …}  {"detail": …}  {"errors": […]}
json::Value error_value(json::Value root) {
  if (root.is_array() && root.size() > 0) return error_value(root.at(0));
  const json::Value error = root["error"];
  if ((error.is_object() && error.size() > 0) || (error.is_string() && !error.equals(""))) {
    return error;
  }
  const bool named = root["object"].equals("error") || root["type"].equals("error");
  const bool answer = root["choices"].exists() || root["data"].exists();
  if (named || (!answer && (root["message"].is_set() || root["detail"].is_set() ||
                            root["errors"].is_array()))) {
    return root;
  }
  return {};
}

Error described_error(json::Value root, json::Value error, int status, std::string_view body) {
  const std::string type =
      word(error["type"]).empty() ? word(error["status"]) : word(error["type"]);
  const std::string code = word(error["code"]);
  std::string message = message_of(error, root);
  if (message.empty()) message = utf8_prefix(error.raw(), kQuotedBytesMax);
  for (const json::Value said :
       {error["status_code"], error["code"], error["status"], root["status_code"], root["code"]}) {
    if (status == 0) status = http_status(said);
  }
  Error out = provider_error({status, type, code, message}, body);
  out.param = error["param"].string_or("");
  return out;
}

void nullable(json::Writer& writer, std::string_view key, std::string_view text) {
  writer.key(key);
  text.empty() ? writer.null() : writer.string(text);
}

std::string_view code_of(const Error& error) {
  return error.upstream_code.empty() ? error.name() : std::string_view(error.upstream_code);
}

// Is the provider's own body what a client of OpenAI understands?
bool openai_shaped(std::string_view body) {
  if (body.empty() || body.size() >= limits::kErrorBodyBytesMax) return false;
  const auto document = json::Document::parse(body);
  if (!document) return false;
  const json::Value root = document->root();
  const json::Value error = root["error"];
  if (!error["message"].is_string() || root["type"].exists() || root["choices"].exists()) {
    return false;
  }
  // Google writes {"error": {"code", "message", "status"}}.
  return !error["status"].exists() && (error["type"].exists() || error["code"].exists());
}

}  // namespace

std::string encode_error(const Error& error) {
  if (openai_shaped(error.upstream_body)) return error.upstream_body;
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("error").begin_object();
  writer.member("message", error.message);
  writer.member("type", error_info(error.code).openai_type);
  nullable(writer, "param", error.param);
  writer.member("code", code_of(error));
  writer.end_object().end_object();
  return out;
}

// The official clients raise on a chunk with `error`. No end marker follows: it would tell a
// client that looks at nothing else that the answer is complete.
std::string encode_stream_error(const Error& error) {
  std::string out;
  http::sse::append_event(out, {}, encode_error(error));
  return out;
}

std::string encode_unified_error(const Error& error, const UnifiedErrorContext& context) {
  const ErrorInfo& info = error_info(error.code);
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.member("event_id", context.event_id);
  // What the gateway itself refuses has a type of its own where the code alone does not say it all.
  const bool own_type = error.origin != Origin::kUpstream && !error.upstream_type.empty();
  writer.member("type", own_type ? std::string_view(error.upstream_type) : info.name);
  writer.member("is_bifrost_error", error.origin != Origin::kUpstream);
  writer.member("status_code", error.status());
  writer.key("error").begin_object();
  writer.member("type", error.upstream_type.empty() ? info.openai_type
                                                    : std::string_view(error.upstream_type));
  writer.member("code", code_of(error));
  writer.member("message", error.message);
  nullable(writer, "param", error.param);
  writer.member("event_id", context.event_id);
  writer.end_object();
  writer.key("extra_fields").begin_object();
  writer.member("provider", context.provider);
  writer.member("model_requested", context.model_requested);
  writer.member("request_type", context.request_type);
  writer.member("error_type", info.error_type);
  writer.end_object().end_object();
  return out;
}

std::optional<Error> find_error(json::Value root, int status) {
  const json::Value error = error_value(root);
  if (!error.exists()) return std::nullopt;
  return described_error(root, error, status, root.raw());
}

Error unreadable_answer(std::string_view body, std::string_view what) {
  const std::string_view text = trim(body);
  std::string message = "the provider's answer is ";
  if (text.empty()) {
    message += "empty";
  } else if (text.front() == '<') {
    message += "HTML, not JSON";
  } else {
    message += what;
  }
  Error error = upstream_error(ErrorCode::kUpstreamProtocol, Retry::kOtherTarget, message);
  error.upstream_body = body.substr(0, limits::kErrorBodyBytesMax);
  return error;
}

Error foreign_answer(std::string_view event) {
  return unreadable_answer(event, "a stream with an event that is no chat completion chunk");
}

Error decode_error(const ErrorInput& input) {
  if (const auto document = json::Document::parse(input.body)) {
    const json::Value root = document->root();
    json::Value error = error_value(root);
    if (!error.exists() && root.is_object()) error = root;
    if (error.exists()) {
      Error out = described_error(root, error, input.status, input.body);
      return out;
    }
  }
  const std::string_view text = trim(input.body);
  std::string message = "the provider answered with status " + std::to_string(input.status);
  if (text.empty()) {
    message += " and an empty body";
  } else if (text.front() == '<') {
    message += " and a page of HTML";
  } else {
    message += ": ";
    message += utf8_prefix(text, kQuotedBytesMax);
  }
  return provider_error({input.status, {}, {}, message}, input.body);
}

}  // namespace bifrost::dialect::openai_chat
