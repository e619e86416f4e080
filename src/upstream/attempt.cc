#include "upstream/attempt.h"

#include "base/limits.h"
#include "base/strings.h"
#include "base/try.h"
#include "provider/hide_credentials.h"
#include "routing/retry_hint.h"
#include "upstream/demo_source.h"
#include "upstream/read_whole.h"
#include "upstream/told_limit.h"

#include <chrono>
#include <utility>

namespace bifrost::upstream {
namespace {

constexpr net::CallScope::Expiry kQueued{ErrorCode::kQueueTimeout, Origin::kGateway,
                                         Retry::kOtherTarget,
                                         "no place in the provider's queue became free in time"};
constexpr net::CallScope::Expiry kNoHead{
    ErrorCode::kUpstreamHeaderTimeout, Origin::kUpstream, Retry::kSameTarget,
    "request timed out: the provider did not begin to answer in time"};
constexpr net::CallScope::Expiry kNoBody{ErrorCode::kUpstreamIdleTimeout, Origin::kUpstream,
                                         Retry::kSameTarget,
                                         "the provider stopped in the middle of its answer"};
constexpr net::CallScope::Expiry kNoFirstToken{
    ErrorCode::kUpstreamFirstTokenTimeout, Origin::kUpstream, Retry::kSameTarget,
    "the provider opened a stream, but its first token did not come in time"};
constexpr net::CallScope::Expiry kTotal{ErrorCode::kUpstreamTotalTimeout, Origin::kUpstream,
                                        Retry::kOtherTarget, "the answer took too long"};

// One call under way: whose it is, its limits, and since when.
struct Phase {
  const provider::Endpoint& endpoint;
  const provider::Side& side;
  const provider::NetworkSettings& network;
  const Clock& clock;
  SteadyTime sent;
  SteadyTime total_until;

  [[nodiscard]] std::chrono::nanoseconds elapsed() const { return clock.now() - sent; }
};

Phase begin(const provider::Endpoint& endpoint, const provider::Side& side, const Clock& clock,
            SteadyTime now) {
  const provider::NetworkSettings& network = endpoint.settings.network;
  const SteadyTime until =
      network.total_timeout.count() > 0 ? now + network.total_timeout : SteadyTime::max();
  return {endpoint, side, network, clock, now, until};
}

net::Task<Result<client::Response>> send(net::CallScope& scope, Client client,
                                         const Network& network, const Phase& phase,
                                         const provider::OutboundRequest& request) {
  if (phase.endpoint.spec->built_in) {
    co_return demo_response(provider::demo::serve(request, client.random, client.clock.wall()));
  }
  auto origin = network.origin(phase.endpoint, request.url);
  if (!origin) {
    co_return gateway_error(ErrorCode::kInternal, "no connection terms for " + request.url.host);
  }
  const client::Request wire{.method = request.method,
                             .target = request.target,
                             .headers = request.headers,
                             .body = request.body};
  const net::CallScope::Deadline patience(scope, phase.network.request_timeout, kNoHead);
  co_return co_await client.transport.send(scope, std::move(origin), wire);
}

// An answer that says no, as an error with its next step.
net::Task<Result<std::unique_ptr<Answer>>> refused(net::CallScope& scope, const Phase& phase,
                                                   Client client, client::Response response) {
  std::string body;
  {
    const net::CallScope::Deadline patience(scope, phase.network.stream_idle_timeout, kNoBody);
    auto read = co_await read_whole(scope, *response.body,
                                    {.bytes_max = limits::kErrorBodyBytesMax, .cut = true});
    if (scope.cancelled()) co_return *scope.interruption();
    // The status counts even when the body does not come.
    if (read) body = *std::move(read);
  }
  Error error = phase.side.dialect().family.decode_error({response.head.status, body});
  error.upstream_status = response.head.status;
  if (error.message.empty()) {
    error.message = phase.endpoint.name + " answered " + std::to_string(response.head.status);
  }
  error.retry_after = routing::retry_hint(error, response.head.headers, client.clock.wall());
  co_return error;
}

bool is_stream(const http::ResponseHead& head, std::string_view type) {
  return istarts_with(head.headers.get("content-type"), type);
}

// A whole body with status 200: good, or an error in disguise.
Result<std::unique_ptr<Answer>> whole_answer(const Phase& phase, Call& call,
                                             http::ResponseHead head, std::string body) {
  auto answer = std::make_unique<Answer>();
  BF_TRY(answer->tap, call.judge(phase.side, body));
  answer->head = std::move(head);
  answer->body = std::move(body);
  answer->first_content_after = phase.elapsed();
  return answer;
}

net::Task<Result<std::unique_ptr<Answer>>> whole(net::CallScope& scope, HeavyWork heavy,
                                                 const Phase& phase, AttemptOptions options,
                                                 client::Response response) {
  overload::ByteLease memory = overload::lease_on(options.memory);
  const net::CallScope::Deadline patience(scope, phase.network.stream_idle_timeout, kNoBody);
  BF_CO_TRY(std::string body,
            co_await read_whole(scope, *response.body,
                                {.bytes_max = limits::kResponseBodyBytesMax, .memory = &memory}));
  const bool beside = heavy.takes(body.size());
  const auto judge = [&] {
    return whole_answer(phase, options.call, std::move(response.head), std::move(body));
  };
  auto answer = beside ? co_await net::run_to_end(scope, *heavy.pool, judge) : judge();
  if (answer) (*answer)->memory = std::move(memory);
  co_return answer;
}

// Holds a stream back until it has shown something of the answer, or that it failed.
net::Task<Result<std::unique_ptr<Answer>>> stream(net::CallScope& scope, const Phase& phase,
                                                  const Call& call, client::Response response,
                                                  Permit permit) {
  auto tap = call.make_tap(phase.side);
  std::string peeked;
  bool ended = false;
  {
    const auto first_token = phase.network.first_token_timeout.count() > 0
                                 ? phase.network.first_token_timeout
                                 : phase.network.stream_idle_timeout;
    const net::CallScope::Deadline patience(scope, first_token, kNoFirstToken);
    while (!ended && tap->state().opening == dialect::Opening::kUnknown &&
           peeked.size() < limits::kStreamPeekBytesMax) {
      BF_CO_TRY(const std::string_view bytes, co_await response.body->read(scope));
      ended = bytes.empty();
      peeked += bytes;
      tap->feed(bytes);
    }
  }
  if (tap->state().opening == dialect::Opening::kFailed) co_return *tap->state().error;
  if (ended && tap->state().opening == dialect::Opening::kUnknown) {
    co_return upstream_error(ErrorCode::kUpstreamCutShort, Retry::kSameTarget,
                             "the provider's stream ended before its first event");
  }
  auto answer = std::make_unique<Answer>();
  answer->head = std::move(response.head);
  answer->first_content_after = phase.elapsed();
  answer->stream = std::make_unique<AnswerStream>(
      std::move(response.body), std::move(tap), std::move(peeked), ended,
      AnswerStream::Limits{phase.endpoint, phase.total_until}, std::move(permit));
  co_return std::move(answer);
}

net::Task<Result<std::unique_ptr<Answer>>> answer_of(net::CallScope& scope, Client client,
                                                     const Network& network, const Phase& phase,
                                                     AttemptOptions options, Permit permit,
                                                     AttemptCourse& course) {
  const net::CallScope::Deadline total(scope, phase.total_until, kTotal);
  BF_CO_TRY(client::Response response,
            co_await send(scope, client, network, phase, options.request));
  course.answered = true;
  const auto head_after = phase.elapsed();
  if (response.head.status / 100 != 2) {
    co_return co_await refused(scope, phase, client, std::move(response));
  }
  Result<std::unique_ptr<Answer>> answer;
  const bool streaming = options.call.type().stream;
  if (streaming && is_stream(response.head, options.call.stream_type(phase.side))) {
    answer = co_await stream(scope, phase, options.call, std::move(response), std::move(permit));
  } else {
    answer = co_await whole(scope, client.heavy, phase, options, std::move(response));
  }
  if (answer) (*answer)->head_after = head_after;
  if (answer && streaming && !(*answer)->stream) {
    co_return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kOtherTarget,
                             "the provider answered a request for a stream with a whole body");
  }
  co_return answer;
}

net::Task<Result<Permit>> enter_gate(net::CallScope& scope, const Network& network,
                                     const provider::Endpoint& endpoint) {
  const net::CallScope::Deadline patience(scope, endpoint.settings.network.queue_timeout, kQueued);
  co_return co_await network.gate(endpoint)->enter(scope);
}

// Names the limit that has passed, unless it is that of whoever called: his interrupts still.
void tell_own_limit(const net::CallScope& scope, Error& error, const provider::Endpoint& endpoint) {
  if (!scope.interruption()) tell_limit(error, endpoint.name, endpoint.settings.network);
}

net::Task<Result<std::unique_ptr<Answer>>> whole_of(net::CallScope& scope, Client client,
                                                    const Network& network,
                                                    const provider::Addressee& to,
                                                    const provider::OutboundRequest& request) {
  BF_CO_TRY(const Permit place, co_await enter_gate(scope, network, to.endpoint));
  const Phase phase = begin(to.endpoint, to.side, client.clock, client.clock.now());
  const net::CallScope::Deadline total(scope, phase.total_until, kTotal);
  BF_CO_TRY(client::Response response, co_await send(scope, client, network, phase, request));
  if (response.head.status / 100 != 2) {
    auto answer = co_await refused(scope, phase, client, std::move(response));
    provider::hide_credentials(answer.error(), to.endpoint, to.key, to.token);
    co_return answer;
  }
  const net::CallScope::Deadline patience(scope, phase.network.stream_idle_timeout, kNoBody);
  BF_CO_TRY(std::string body,
            co_await read_whole(scope, *response.body, {.bytes_max = limits::kListBodyBytesMax}));
  auto answer = std::make_unique<Answer>();
  answer->head = std::move(response.head);
  answer->body = std::move(body);
  co_return std::move(answer);
}

}  // namespace

net::Task<Result<TokenPtr>> token_for(net::CallScope& scope, Client client, const Network& network,
                                      const provider::Endpoint& endpoint,
                                      const provider::Key& key) {
  if (client.credentials == nullptr) {
    co_return gateway_error(ErrorCode::kInternal, "nobody fetches tokens here");
  }
  co_return co_await client.credentials->get(scope, network.token_terms(endpoint, key));
}

net::Task<Result<std::unique_ptr<Answer>>> attempt(net::CallScope& scope, Client client,
                                                   const Network& network, AttemptOptions options,
                                                   AttemptCourse& course) {
  SteadyTime now = client.clock.now();
  Permit permit = network.gate(options.endpoint)->enter_at_once();  // as nearly always
  if (!permit.held()) {
    auto entered = co_await enter_gate(scope, network, options.endpoint);
    const SteadyTime asked = std::exchange(now, client.clock.now());
    course.queued = now - asked;
    if (!entered) tell_own_limit(scope, entered.error(), options.endpoint);
    BF_CO_TRY(permit, std::move(entered));
  }
  const Phase phase = begin(options.endpoint, options.side, client.clock, now);
  auto answer =
      co_await answer_of(scope, client, network, phase, options, std::move(permit), course);
  course.taken = phase.elapsed();
  if (!answer) tell_own_limit(scope, answer.error(), phase.endpoint);
  co_return answer;
}

net::Task<Result<std::unique_ptr<Answer>>> fetch(net::CallScope& scope, Client client,
                                                 const Network& network,
                                                 const provider::Addressee& to,
                                                 const provider::OutboundRequest& request) {
  auto answer = co_await whole_of(scope, client, network, to, request);
  if (!answer) tell_own_limit(scope, answer.error(), to.endpoint);
  co_return answer;
}

}  // namespace bifrost::upstream
