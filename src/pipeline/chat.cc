// The chat operation: read, look, plan, execute, relay.

#include "base/strings.h"
#include "base/try.h"
#include "pipeline/answer_headers.h"
#include "pipeline/caller.h"
#include "pipeline/chat_call.h"
#include "pipeline/finish.h"
#include "pipeline/pipeline.h"
#include "pipeline/relay.h"
#include "pipeline/stream_writer.h"
#include "routing/plan.h"

#include <chrono>
#include <optional>
#include <span>
#include <utility>

namespace bifrost::pipeline {
namespace {

// Tells the sinks of each attempt, and the exchange whom it was with.
class Observer final : public upstream::AttemptObserver {
 public:
  Observer(std::span<record::Sink* const> sinks, Exchange& exchange)
      : sinks_(sinks), exchange_(exchange) {}
  void on_attempt(const record::Attempt& attempt) override {
    exchange_.call->attempted_provider = attempt.provider;
    ExchangeRecord so_far(exchange_);
    for (record::Sink* sink : sinks_) sink->attempt_ended(so_far.request(), attempt);
  }

 private:
  std::span<record::Sink* const> sinks_;
  Exchange& exchange_;
};

Result<std::string> decode_path_model(std::string_view encoded) {
  auto model = percent_decode(encoded);
  if (!model) {
    return client_error(ErrorCode::kInvalidRequest,
                        "the model in the path has a broken percent escape", "model");
  }
  return *std::move(model);
}

bool keeps_sent_body(const Exchange& exchange) {
  if (!exchange.unified()) return false;
  if (exchange.snapshot->config.client.allow_per_request_raw_override) return true;
  for (const auto& endpoint : exchange.snapshot->registry) {
    if (endpoint.settings.send_back_raw_request) return true;
  }
  return false;
}

}  // namespace

net::Task<Result<void>> Pipeline::chat(Exchange& exchange) {
  server::Request& request = exchange.request;
  const config::ClientSettings& settings = exchange.snapshot->config.client;
  const dialect::Dialect& dialect = *exchange.surface().dialect;

  const auto body_bytes_max = static_cast<std::size_t>(settings.max_request_body_size_mb) << 20U;
  BF_CO_TRY(exchange.body, co_await request.body.read_all(request.scope, body_bytes_max));
  exchange.body_bytes = exchange.body.size();
  exchange.call.emplace();
  BF_CO_TRY(exchange.call->path_model, decode_path_model(exchange.route.parameters.get("model")));
  const dialect::RequestInput input{.body = exchange.body,
                                    .path_model = exchange.call->path_model,
                                    .path_stream = exchange.surface().path_stream};
  BF_CO_TRY(exchange.call->facts, dialect.chat->peek(input, scanner_));
  BF_CO_TRY(exchange.call->plan, routing::plan(exchange.snapshot->registry,
                                               {.model = exchange.call->facts.model,
                                                .fallbacks = exchange.call->facts.fallbacks,
                                                .default_provider = exchange.surface().provider}));

  BF_CO_TRY(const routing::Session session, session_of(request.head.headers));

  std::optional<StreamWriter> writer;
  if (exchange.call->facts.stream) writer.emplace(exchange, meter_);

  const auto own_key = direct_key(settings, request.head.headers);
  const auto login = anthropic_login(dialect, request.head.headers);
  ChatCall call(dialect, input, exchange.call->facts);
  const upstream::Job job{.network = exchange.snapshot->network,
                          .plan = exchange.call->plan,
                          .call = call,
                          .caller_headers = &request.head.headers,
                          .header_filter = &settings.header_filter,
                          .pin = pinned_key(request.head.headers),
                          .session = session,
                          .session_keys = &state_.session_keys,
                          .direct_key = own_key ? &*own_key : nullptr,
                          .anthropic_login = login ? &*login : nullptr,
                          .keep_sent_body = keeps_sent_body(exchange)};
  Observer observer(sinks_, exchange);
  const SteadyTime asked = clock_.now();
  auto served = co_await upstream::execute(request.scope, client(), job, observer);
  exchange.call->upstream_time = clock_.now() - asked;
  if (!served) co_return std::move(served).error();
  exchange.call->served = *std::move(served);
  exchange.call->dropped = exchange.call->served->dropped;
  // Long streams of long prompts: the prompt has done its work.
  exchange.call->facts.members.clear();
  std::string().swap(exchange.body);

  const RelayContext context{.exchange = exchange, .call = call, .now = clock_.wall()};
  co_return writer ? co_await relay_stream(context, *writer) : co_await relay_whole(context);
}

}  // namespace bifrost::pipeline
