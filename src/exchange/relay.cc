#include "exchange/relay.h"

#include "base/try.h"
#include "exchange/headers.h"
#include "json/writer.h"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace bifrost::exchange {
namespace {

std::int64_t milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

bool wants_raw(const Exchange& exchange, bool configured, std::string_view header) {
  if (exchange.snapshot->config.client.allow_per_request_raw_override) {
    const std::string_view value = exchange.request.head.headers.get(header);
    if (!value.empty()) return value == "true";
  }
  return configured;
}

struct RawParts {
  bool request = false;
  bool response = false;
  [[nodiscard]] bool any() const { return request || response; }
};

RawParts raw_parts(const Exchange& exchange) {
  const config::ProviderSettings& settings = exchange.call->served->target->endpoint->settings;
  return {wants_raw(exchange, settings.send_back_raw_request, "x-bf-send-back-raw-request"),
          wants_raw(exchange, settings.send_back_raw_response, "x-bf-send-back-raw-response")};
}

// What the gateway's own routes say about the answer, inside of it.
std::string extra_fields(const Exchange& exchange, RawParts raw) {
  const upstream::Served& served = *exchange.call->served;
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("request_type", exchange.surface().operation->name);
  w.member("provider", served.target->endpoint->name);
  w.member("original_model_requested", exchange.call->facts.model);
  w.member("resolved_model_used", served.model);
  w.member("latency", milliseconds(exchange.call->upstream_time));
  if (!exchange.call->dropped.empty()) {
    w.key("dropped_compat_plugin_params").begin_array();
    for (const std::string& name : exchange.call->dropped) w.string(name);
    w.end_array();
  }
  if (raw.request) w.key("raw_request").raw(served.sent_body);
  if (raw.response && !served.answer->body.empty()) w.key("raw_response").raw(served.answer->body);
  w.end_object();
  return out;
}

// Adds the member to an object that is otherwise passed on as it came.
std::string with_extra_fields(const std::string& body, const std::string& extra) {
  const auto end = body.rfind('}');
  if (end == std::string::npos) return body;
  return body.substr(0, end) + ",\"extra_fields\":" + extra + body.substr(end);
}

dialect::AnswerContext answer_context(const RelayContext& context) {
  const Exchange& exchange = context.exchange;
  return {
      .model = exchange.call->served->model,
      .fallback_id = exchange.request_id,
      .created =
          std::chrono::duration_cast<std::chrono::seconds>(context.now.time_since_epoch()).count(),
      .include_usage = exchange.call->facts.include_usage,
      .extra_fields = exchange.unified() ? extra_fields(exchange, raw_parts(exchange)) : ""};
}

std::string whole_body(const RelayContext& context) {
  Exchange& exchange = context.exchange;
  upstream::Served& served = *exchange.call->served;
  exchange.call->tap = std::move(served.answer->tap);
  if (served.same_dialect) {
    const RawParts raw = raw_parts(exchange);
    if (!exchange.unified() || !raw.any()) return std::move(served.answer->body);
    return with_extra_fields(served.answer->body, extra_fields(exchange, raw));
  }
  return context.call.translated_body(answer_context(context));
}

// Says in the stream why it ends here.
net::Task<Result<void>> write_failure(const RelayContext& context, StreamWriter& writer,
                                      const Error& error) {
  const std::string bytes = context.exchange.call->form->encode_error(error);
  BF_CO_TRY_VOID(co_await writer.write(bytes));
  co_return error;
}

net::Task<Result<void>> pass_through(const RelayContext& context, StreamWriter& writer) {
  Exchange& exchange = context.exchange;
  upstream::AnswerStream& stream = *exchange.call->served->answer->stream;
  while (true) {
    auto bytes = co_await stream.read(exchange.request.scope);
    if (!bytes) {
      exchange.call->tap = stream.tap().state();
      if (exchange.request.scope.cancelled()) co_return std::move(bytes).error();
      // What went wrong first has been told already, in the provider's own words.
      if (exchange.call->tap.error) co_return *exchange.call->tap.error;
      co_return co_await write_failure(context, writer, bytes.error());
    }
    if (bytes->empty()) break;
    writer.count_content(stream.tap().state().content_events);
    BF_CO_TRY_VOID(co_await writer.write(*bytes));
  }
  // The provider's own error event, if there was one, has been passed on.
  const bool told = stream.tap().state().error.has_value();
  const std::string missing = stream.tap().finish();
  exchange.call->tap = stream.tap().state();
  if (told) co_return *exchange.call->tap.error;
  if (exchange.call->tap.error)
    co_return co_await write_failure(context, writer, *exchange.call->tap.error);
  if (!missing.empty()) {
    BF_CO_TRY_VOID(co_await writer.write(missing));
  }
  co_return Result<void>();
}

net::Task<Result<void>> translate(const RelayContext& context, StreamWriter& writer) {
  Exchange& exchange = context.exchange;
  upstream::AnswerStream& stream = *exchange.call->served->answer->stream;
  const auto translator =
      context.call.make_translator(*exchange.call->served->side, answer_context(context));
  bool open = true;
  while (open && !translator->state().error) {
    auto bytes = co_await stream.read(exchange.request.scope);
    if (!bytes && exchange.request.scope.cancelled()) {
      exchange.call->tap = translator->state();
      co_return std::move(bytes).error();
    }
    open = bytes.has_value() && !bytes->empty();
    const std::string_view piece = !bytes ? translator->fail(bytes.error())
                                   : open ? translator->feed(*bytes)
                                          : translator->finish();
    exchange.call->tap.usage = translator->state().usage;  // counts also when the caller leaves
    writer.count_content(translator->state().content_events);
    if (!piece.empty()) {
      BF_CO_TRY_VOID(co_await writer.write(piece));
    }
  }
  exchange.call->tap = translator->state();
  if (exchange.call->tap.error) co_return *exchange.call->tap.error;
  co_return Result<void>();
}

}  // namespace

net::Task<Result<void>> relay_whole(RelayContext context) {
  Exchange& exchange = context.exchange;
  const std::string body = whole_body(context);
  http::Headers headers = served_headers(exchange);
  headers.add("content-type", "application/json");
  co_return co_await exchange.request.out.send(exchange.request.scope, 200, headers, body);
}

net::Task<Result<void>> relay_stream(RelayContext context, StreamWriter& writer) {
  const Exchange& exchange = context.exchange;
  writer.begin();
  auto relayed = exchange.call->served->same_dialect ? co_await pass_through(context, writer)
                                                     : co_await translate(context, writer);
  exchange.call->served->answer->stream->close();
  if (!relayed && exchange.request.scope.cancelled()) co_return relayed;
  auto ended = co_await writer.end();
  if (!ended && relayed) co_return ended;
  co_return relayed;
}

}  // namespace bifrost::exchange
