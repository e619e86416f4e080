#include "exchange/stream_writer.h"

#include "dialect/stream.h"
#include "exchange/finish.h"
#include "exchange/headers.h"

#include <chrono>
#include <utility>

namespace bifrost::exchange {

using State = server::Responder::State;

StreamWriter::StreamWriter(Exchange& exchange, record::Meter& meter)
    : Timer(exchange.request.scope.loop()), exchange_(exchange), meter_(meter) {
  touch();
}

void StreamWriter::touch() {
  const auto interval = exchange_.snapshot->server->keep_alive_interval;
  if (interval.count() <= 0) return;
  arm(exchange_.request.scope.loop().now() + interval);
}

void StreamWriter::fire() {
  touch();  // first: one sign that there is no memory for is not the last one
  server::Responder& out = exchange_.request.out;
  if (out.state() == State::kFresh) begin_answer(base_headers(exchange_));
  if (out.write_now(exchange_.call->form->keep_alive)) meter_.keep_alive_sent();
  if (out.state() != State::kStream) disarm();
}

void StreamWriter::begin_answer(http::Headers headers) {
  headers.add("content-type", exchange_.call->form->content_type);
  headers.add("cache-control", "no-cache");
  headers.add("x-accel-buffering", "no");
  exchange_.request.out.begin(200, headers);
  open_.emplace(meter_.open_streams());
}

void StreamWriter::begin() {
  between_events_ = &meter_.between_events(ExchangeRecord(exchange_).request());
  if (exchange_.request.out.state() != State::kFresh) return;
  begin_answer(served_headers(exchange_));
  exchange_.call->served->answer->head = {};  // it has been passed on; streams are long
}

net::Task<Result<void>> StreamWriter::write(std::string_view piece) {
  touch();
  return exchange_.request.out.write(exchange_.request.scope, piece);
}

net::Task<Result<void>> StreamWriter::end() {
  disarm();
  return exchange_.request.out.end(exchange_.request.scope);
}

void StreamWriter::count_content(std::uint64_t content_events) {
  if (content_events == content_events_) return;
  const SteadyTime now = exchange_.request.scope.loop().now();
  if (content_events_ > 0) {
    between_events_->observe(std::chrono::duration<double>(now - last_content_).count());
  }
  content_events_ = content_events;
  last_content_ = now;
}

}  // namespace bifrost::exchange
