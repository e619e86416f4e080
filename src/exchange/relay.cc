#include "exchange/relay.h"

#include "base/try.h"
#include "dialect/stream_editor.h"
#include "exchange/cost.h"
#include "exchange/extra_fields.h"
#include "exchange/finish.h"
#include "exchange/headers.h"
#include "exchange/limits_left.h"
#include "exchange/stream_watch.h"
#include "exchange/used.h"
#include "governance/amount.h"
#include "http/sse/parser.h"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace bifrost::exchange {
namespace {

using StreamEditor = dialect::StreamEditor;

// Null on native routes.
StreamEditor::ExtraFields chunk_extra_fields(const Exchange& exchange) {
  if (!exchange.unified()) return {};
  const SteadyTime asked = exchange.request.scope.loop().now() - exchange.call->upstream_time;
  return [fields = ExtraFields(exchange), &exchange, asked](dialect::ChunkPlace chunk) {
    return fields.chunk(chunk, exchange.request.scope.loop().now() - asked);
  };
}

dialect::AnswerContext answer_context(const RelayContext& context) {
  const Exchange& exchange = context.exchange;
  return {
      .model = exchange.call->served->model,
      .fallback_id = exchange.request_id,
      .created =
          std::chrono::floor<std::chrono::seconds>(context.clock.wall()).time_since_epoch().count(),
      .include_usage = exchange.call->facts.include_usage,
      .extra_fields = {},
      .echo = context.call.echo(),
      .chunk_extra_fields = {}};
}

std::string whole_body(const RelayContext& context) {
  Exchange& exchange = context.exchange;
  upstream::Served& served = *exchange.call->served;
  if (served.same_dialect) {
    std::string body = std::move(served.answer->body);
    if (exchange.unified()) {
      ExtraFields(exchange).add_to(body, exchange.call->tap.has_extra_fields);
    }
    return body;
  }
  dialect::AnswerContext answer = answer_context(context);
  if (exchange.unified()) answer.extra_fields = ExtraFields(exchange).whole();
  return context.call.translated_body(answer);
}

// What a provider says of a failure may repeat what it was sent. A piece for the caller is searched
// from there on; `room` keeps what is changed.
std::string_view searched(std::string_view piece, const dialect::TapState& seen,
                          const upstream::Served& served, std::string& room) {
  if (piece.empty() || (!seen.error && !seen.stray)) return piece;
  room = served.without_credentials(piece);
  return room;
}

// Says in the stream why it ends here.
net::Task<Result<void>> write_failure(const RelayContext& context, StreamWriter& writer,
                                      Error error) {
  context.exchange.call->served->hide_credentials(error);
  const std::string bytes = context.exchange.call->form->encode_error(error);
  BF_CO_TRY_VOID(co_await writer.write(bytes));
  co_return error;
}

// The last piece with something in it. Whoever has read all of it finds room on his limits again,
// and who does not read it is still running: his place is free when the socket has taken all but a
// byte.
net::Task<Result<void>> write_last(Exchange& exchange, StreamWriter& writer,
                                   std::string_view piece) {
  if (!piece.empty() && exchange.call->reservation.holds_place()) {
    BF_CO_TRY_VOID(co_await writer.write(piece.substr(0, piece.size() - 1)));
    piece = piece.substr(piece.size() - 1);
  }
  settle(exchange);
  if (piece.empty()) co_return Result<void>();
  co_return co_await writer.write(piece);
}

// Ends the answer where its limits have no more: `ending` are the bytes for that, in the caller's
// dialect, behind what came last. The provider is told first, so that it goes on for nobody while a
// slow caller reads.
net::Task<Result<void>> write_stop(const RelayContext& context, StreamWriter& writer,
                                   StreamWatch& watch, std::string last, std::string_view ending) {
  Exchange& exchange = context.exchange;
  exchange.call->served->answer->stream->close();
  watch.stopped();
  if (exchange.call->form->comments) http::sse::append_comment(last, watch.reason());
  last += ending;
  co_return co_await write_last(exchange, writer, last);
}

dialect::StreamStop stop_of(const Exchange& exchange, StreamEditor::ExtraFields extra_fields) {
  dialect::StreamStop stop{.usage = used_by(exchange).usage,
                           .extra_fields = std::move(extra_fields)};
  stop.usage.known = true;
  return stop;
}

net::Task<Result<void>> pass_pieces(const RelayContext& context, StreamWriter& writer,
                                    upstream::AnswerStream& stream) {
  Exchange& exchange = context.exchange;
  const upstream::Served& served = *exchange.call->served;
  const dialect::TapState& seen = stream.tap().state();
  std::string room;
  const StreamEditor::ExtraFields extra_fields = chunk_extra_fields(exchange);
  StreamEditor editor(extra_fields);
  StreamWatch watch(exchange, context.clock, context.meter);
  while (true) {
    auto bytes = co_await stream.read(exchange.request.scope);
    if (!bytes) {
      if (exchange.request.scope.cancelled()) co_return std::move(bytes).error();
      // What went wrong first has been told already, in the provider's own words.
      if (seen.error) co_return *seen.error;
      co_return co_await write_failure(context, writer, bytes.error());
    }
    if (bytes->empty()) break;
    writer.count_content(seen.content_events);
    std::string ending;
    if (!watch.may_go_on()) ending = stream.tap().stop(stop_of(exchange, extra_fields));
    const std::string_view piece = searched(editor.feed(*bytes, stream.tap()), seen, served, room);
    if (!ending.empty()) {
      co_return co_await write_stop(context, writer, watch, std::string(piece), ending);
    }
    if (seen.ended) {
      BF_CO_TRY_VOID(co_await write_last(exchange, writer, piece));
    } else if (!piece.empty()) {
      BF_CO_TRY_VOID(co_await writer.write(piece));
    }
    if (seen.unreadable) co_return co_await write_failure(context, writer, *seen.error);
  }
  // The provider's own error event, if there was one, has been passed on.
  const bool told = seen.error.has_value();
  const std::string missing = stream.tap().finish();
  if (told) co_return *seen.error;
  if (seen.error) co_return co_await write_failure(context, writer, *seen.error);
  const std::string_view left = searched(editor.finish(stream.tap()), seen, served, room);
  const std::string rest = std::string(left) + missing;
  co_return co_await write_last(exchange, writer, rest);
}

net::Task<Result<void>> translate_pieces(const RelayContext& context, StreamWriter& writer,
                                         StreamTranslator& translator) {
  Exchange& exchange = context.exchange;
  upstream::AnswerStream& stream = *exchange.call->served->answer->stream;
  const dialect::TapState& seen = translator.state();
  std::string room;
  std::string last;
  StreamWatch watch(exchange, context.clock, context.meter);
  bool open = true;
  while (open && !seen.error) {
    auto bytes = co_await stream.read(exchange.request.scope);
    if (!bytes && exchange.request.scope.cancelled()) co_return std::move(bytes).error();
    open = bytes.has_value() && !bytes->empty();
    const std::string_view translated = !bytes ? translator.fail(bytes.error())
                                        : open ? translator.feed(*bytes)
                                               : translator.finish();
    std::string_view piece = searched(translated, seen, *exchange.call->served, room);
    writer.count_content(seen.content_events);
    if (!watch.may_go_on() && open) {
      piece = last = piece;  // the translator writes over what it has given
      const std::string_view ending = translator.stop(stop_of(exchange, {}));
      if (!ending.empty()) {
        co_return co_await write_stop(context, writer, watch, std::move(last), ending);
      }
    }
    if (!open && !seen.error) {
      BF_CO_TRY_VOID(co_await write_last(exchange, writer, piece));
    } else if (!piece.empty()) {
      BF_CO_TRY_VOID(co_await writer.write(piece));
    }
  }
  if (seen.error) co_return *seen.error;
  co_return Result<void>();
}

// A stream that is relayed: whatever ends it, what was seen of the answer has been used.
class Running {
 public:
  Running(ModelCall& call, const dialect::TapState& state) : call_(call) { call.running = &state; }
  ~Running() { call_.tap = *std::exchange(call_.running, nullptr); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  ModelCall& call_;
};

net::Task<Result<void>> pass_through(const RelayContext& context, StreamWriter& writer) {
  ModelCall& call = *context.exchange.call;
  upstream::AnswerStream& stream = *call.served->answer->stream;
  const Running running(call, stream.tap().state());
  auto passed = co_await pass_pieces(context, writer, stream);
  if (!passed) call.served->hide_credentials(passed.error());
  co_return passed;
}

net::Task<Result<void>> translate(const RelayContext& context, StreamWriter& writer) {
  ModelCall& call = *context.exchange.call;
  dialect::AnswerContext answer = answer_context(context);
  answer.chunk_extra_fields = chunk_extra_fields(context.exchange);
  const auto translator = context.call.make_translator(*call.served->side, std::move(answer));
  const Running running(call, translator->state());
  auto translated = co_await translate_pieces(context, writer, *translator);
  if (!translated) call.served->hide_credentials(translated.error());
  co_return translated;
}

// What the caller is told of them; what a stream holds is not left.
void look_at_limits(const RelayContext& context, const std::optional<governance::Amount>& used) {
  ModelCall& call = *context.exchange.call;
  call.limits_left = {};
  if (call.reservation.empty()) return;
  call.limits_left = limits_left(call.reservation, used, context.clock.wall());
}

}  // namespace

net::Task<Result<void>> relay_whole(RelayContext context) {
  Exchange& exchange = context.exchange;
  exchange.call->tap = std::move(exchange.call->served->answer->tap);
  const auto write = [&]() -> Result<std::string> { return whole_body(context); };
  BF_CO_TRY(const std::string body,
            context.heavy.takes(exchange.call->served->answer->body.size())
                ? co_await net::run_to_end(exchange.request.scope, *context.heavy.pool, write)
                : write());
  look_at_limits(context, used_by(exchange).amount());
  http::Headers headers = served_headers(exchange);
  headers.add("content-type", "application/json");
  if (const auto cost = cost_of(exchange)) {
    headers.add("x-bifrost-cost", governance::dollars_text(*cost, 1));
  }
  server::Responder& out = exchange.request.out;
  if (exchange.call->reservation.holds_place()) {
    co_return co_await out.send(exchange.request.scope, 200, headers, body,
                                [&exchange] { settle(exchange); });
  }
  settle(exchange);
  co_return co_await out.send(exchange.request.scope, 200, headers, body);
}

net::Task<Result<void>> relay_stream(RelayContext context, StreamWriter& writer) {
  const Exchange& exchange = context.exchange;
  look_at_limits(context, std::nullopt);
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
