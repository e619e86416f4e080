#include "provider/demo/demo.h"

#include "base/strings.h"
#include "json/document.h"
#include "json/writer.h"
#include "provider/demo/answer.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace bifrost::provider::demo {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstToken{300};
constexpr milliseconds kEachToken{25};
constexpr double kJitter = 0.3;               // delays vary by this part, both ways
constexpr milliseconds kWholeEachToken{5};    // an answer in one piece is given sooner,
constexpr milliseconds kWholeDelayMax{2000};  // and at this time at the latest

constexpr std::string_view kModels[] = {"chat", "reasoner"};
constexpr std::string_view kErrorPrefix = "error-";

milliseconds jittered(milliseconds delay, Random& random) {
  const double factor = 1 - kJitter + 2 * kJitter * random.unit();
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(delay.count()) * factor));
}

// What every chunk of one answer repeats.
struct Frame {
  std::string id;
  std::int64_t created = 0;
  std::string model;
};

Reply json_reply(int status, std::string body, milliseconds delay = {}) {
  Reply out{.status = status, .headers = {{"content-type", "application/json"}}};
  out.pieces.push_back({delay, std::move(body)});
  return out;
}

// ---------------------------------------------------------------------------------------------
// Errors

struct Fault {
  int status = 400;
  std::string_view type = "invalid_request_error";
  std::string_view code = {};
  std::string_view param = {};
};

Reply error_reply(const Fault& fault, std::string_view message) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("error").begin_object();
  w.member("message", message).member("type", fault.type);
  w.key("param");
  fault.param.empty() ? w.null() : w.string(fault.param);
  w.key("code");
  fault.code.empty() ? w.null() : w.string(fault.code);
  w.end_object().end_object();
  return json_reply(fault.status, std::move(body));
}

std::string_view error_type(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 429:
      return "rate_limit_error";
    default:
      return status >= 500 ? "api_error" : "invalid_request_error";
  }
}

// The status in "error-429"; nothing when the model is not of that kind.
std::optional<int> scripted_status(std::string_view model) {
  if (!model.starts_with(kErrorPrefix)) return std::nullopt;
  const auto status = parse_int(model.substr(kErrorPrefix.size()));
  if (!status || *status < 400 || *status > 599) return std::nullopt;
  return static_cast<int>(*status);
}

Reply scripted_error(int status) {
  Reply out = error_reply({.status = status, .type = error_type(status), .code = "demo_error"},
                          "The demo provider fails with " + std::to_string(status) +
                              ", because the model's name asks for it.");
  if (status == 429) out.headers.add("retry-after", "2");
  return out;
}

Reply unknown_model(std::string_view model) {
  return error_reply({.status = 404, .code = "model_not_found", .param = "model"},
                     "The demo provider has no model " + quoted(model, 100) +
                         ". It has chat, reasoner and error-<status>, as in error-429.");
}

// ---------------------------------------------------------------------------------------------
// Answers

void write_usage(json::Writer& w, const Answer& answer) {
  const auto completion = static_cast<std::int64_t>(answer.token_count());
  w.key("usage").begin_object();
  w.member("prompt_tokens", answer.prompt_tokens).member("completion_tokens", completion);
  w.member("total_tokens", answer.prompt_tokens + completion);
  w.key("completion_tokens_details").begin_object();
  w.member("reasoning_tokens", static_cast<std::int64_t>(answer.reasoning.size()));
  w.end_object().end_object();
}

void write_frame(json::Writer& w, const Frame& frame, std::string_view object) {
  w.member("id", frame.id).member("object", object);
  w.member("created", frame.created).member("model", frame.model);
}

std::string joined(const Tokens& tokens) {
  std::string out;
  for (const std::string& token : tokens) out += token;
  return out;
}

void write_message(json::Writer& w, const Answer& answer) {
  w.key("message").begin_object().member("role", "assistant").key("content");
  answer.tool_name.empty() ? w.string(joined(answer.text)) : w.null();
  if (!answer.reasoning.empty()) w.member("reasoning_content", joined(answer.reasoning));
  if (!answer.tool_name.empty()) {
    w.key("tool_calls").begin_array().begin_object();
    w.member("id", answer.tool_call_id).member("type", "function");
    w.key("function").begin_object().member("name", answer.tool_name);
    w.member("arguments", joined(answer.tool_arguments));
    w.end_object().end_object().end_array();
  }
  w.end_object();
}

Reply whole(const Answer& answer, const Frame& frame, Random& random) {
  std::string body;
  json::Writer w(body);
  w.begin_object();
  write_frame(w, frame, "chat.completion");
  w.key("choices").begin_array().begin_object().member("index", 0);
  write_message(w, answer);
  w.member("finish_reason", answer.finish);
  w.end_object().end_array();
  write_usage(w, answer);
  w.end_object();
  const auto tokens = static_cast<std::int64_t>(answer.token_count());
  const milliseconds delay = std::min(kFirstToken + kWholeEachToken * tokens, kWholeDelayMax);
  return json_reply(200, std::move(body), jittered(delay, random));
}

// One server-sent event with a delta; `write` writes the delta's members.
template <class Write>
std::string chunk(const Frame& frame, Write write, std::string_view finish = {}) {
  std::string out = "data: ";
  json::Writer w(out);
  w.begin_object();
  write_frame(w, frame, "chat.completion.chunk");
  w.key("choices").begin_array().begin_object().member("index", 0);
  w.key("delta").begin_object();
  write(w);
  w.end_object().key("finish_reason");
  finish.empty() ? w.null() : w.string(finish);
  w.end_object().end_array().end_object();
  return out + "\n\n";
}

std::string usage_chunk(const Frame& frame, const Answer& answer) {
  std::string out = "data: ";
  json::Writer w(out);
  w.begin_object();
  write_frame(w, frame, "chat.completion.chunk");
  w.key("choices").begin_array().end_array();
  write_usage(w, answer);
  w.end_object();
  return out + "\n\n";
}

// The deltas of an answer in order, one a token.
std::vector<std::string> deltas(const Answer& answer, const Frame& frame) {
  std::vector<std::string> out;
  for (const std::string& token : answer.reasoning) {
    out.push_back(chunk(frame, [&](json::Writer& w) { w.member("reasoning_content", token); }));
  }
  for (const std::string& token : answer.text) {
    out.push_back(chunk(frame, [&](json::Writer& w) { w.member("content", token); }));
  }
  const auto call = [&](json::Writer& w, bool first, std::string_view arguments) {
    w.key("tool_calls").begin_array().begin_object().member("index", 0);
    if (first) w.member("id", answer.tool_call_id).member("type", "function");
    w.key("function").begin_object();
    if (first) w.member("name", answer.tool_name);
    w.member("arguments", arguments);
    w.end_object().end_object().end_array();
  };
  if (!answer.tool_name.empty()) {
    out.push_back(chunk(frame, [&](json::Writer& w) { call(w, true, ""); }));
  }
  for (const std::string& token : answer.tool_arguments) {
    out.push_back(chunk(frame, [&](json::Writer& w) { call(w, false, token); }));
  }
  return out;
}

Reply streamed(const Answer& answer, const Frame& frame, bool include_usage, Random& random) {
  Reply out{.headers = {{"content-type", "text/event-stream"}}};
  out.pieces.push_back({jittered(kFirstToken, random), chunk(frame, [](json::Writer& w) {
                          w.member("role", "assistant").member("content", "");
                        })});
  for (std::string& bytes : deltas(answer, frame)) {
    out.pieces.push_back({jittered(kEachToken, random), std::move(bytes)});
  }
  std::string end = chunk(frame, [](json::Writer&) {}, answer.finish);
  if (include_usage) end += usage_chunk(frame, answer);
  end += "data: [DONE]\n\n";
  out.pieces.push_back({{}, std::move(end)});
  return out;
}

bool asks_for_reasoning(json::Value request) {
  const json::Value effort = request["reasoning_effort"].is_set() ? request["reasoning_effort"]
                                                                  : request["reasoning"]["effort"];
  if (effort.is_set()) return !effort.equals("none");
  return request["reasoning"].is_object();
}

}  // namespace

Reply reply(std::string_view request_body, Random& random, WallTime now) {
  const auto document = json::Document::parse(request_body);
  if (!document) return error_reply({}, document.error().message);
  const json::Value request = document->root();

  const std::string written = request["model"].string_or("");
  std::string_view model = written;
  if (model.starts_with("demo/")) model.remove_prefix(std::string_view("demo/").size());
  if (const auto status = scripted_status(model)) return scripted_error(*status);
  if (std::ranges::find(kModels, model) == std::end(kModels)) return unknown_model(model);

  const bool reasons = model == "reasoner" || asks_for_reasoning(request);
  const auto decided = answer(request, reasons, random);
  if (!decided) return error_reply({.param = decided.error().param}, decided.error().message);

  const Frame frame{
      .id = "chatcmpl-" + random.alphanumeric(24),
      .created = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count(),
      .model = std::string(model),
  };
  if (!request["stream"].boolean().value_or(false)) return whole(*decided, frame, random);
  const bool include_usage = request["stream_options"]["include_usage"].boolean().value_or(false);
  return streamed(*decided, frame, include_usage, random);
}

Reply models() {
  std::string body;
  json::Writer w(body);
  w.begin_object().member("object", "list").key("data").begin_array();
  for (const std::string_view model : kModels) {
    w.begin_object().member("id", model).member("object", "model");
    w.member("created", 0).member("owned_by", "demo").end_object();
  }
  w.end_array().end_object();
  return json_reply(200, std::move(body));
}

Reply serve(const OutboundRequest& request, Random& random, WallTime now) {
  const std::string_view path = http::path_of(request.target);
  if (path == "/v1/chat/completions") return reply(request.body, random, now);
  if (path == "/v1/models") return models();
  return error_reply({.status = 404, .code = "unknown_url"},
                     "The demo provider has nothing at " + quoted(path, 100) + ".");
}

}  // namespace bifrost::provider::demo
