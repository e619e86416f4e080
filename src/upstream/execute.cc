#include "upstream/execute.h"

#include "base/log.h"
#include "base/try.h"
#include "provider/hide_credentials.h"
#include "routing/retry.h"
#include "upstream/target_keys.h"

#include <chrono>
#include <optional>
#include <utility>

namespace bifrost::upstream {
namespace {

routing::RetryPolicy policy_of(const provider::Endpoint& endpoint) {
  const provider::NetworkSettings& network = endpoint.settings.network;
  return {.retries_max = network.max_retries,
          .backoff_initial = network.retry_backoff_initial,
          .backoff_max = network.retry_backoff_max};
}

// Everything about one target that outlives its attempts.
struct Visit {
  const Job& job;
  const routing::Target& target;
  bool last;  // no target follows
  RequestBudget& budget;
};

struct Prepared {
  provider::OutboundRequest request;
  overload::ByteLease memory;  // of its body
  const provider::Key* key = nullptr;
  const provider::Side* side = nullptr;
  TokenPtr token;  // null: the key is its own credential
  std::string model;
  llm::LeftOut dropped;
};

// Whom to ask, and as whom.
Result<Prepared> choose(const Visit& visit, TargetKeys& keys, Client client) {
  const provider::Endpoint& endpoint = *visit.target.endpoint;
  const Call& call = visit.job.call;
  BF_TRY(routing::PickedKey picked, keys.pick(client.random));
  Prepared prepared;
  prepared.key = picked.key;
  BF_TRY(prepared.side,
         endpoint.side(call.type(), &call.inbound(), picked.key, visit.target.model));
  prepared.model = endpoint.wire_model(picked.model);
  return prepared;
}

// The request itself, signed. On any thread: the leases of the worker are not touched.
Result<void> complete(const Visit& visit, Client client, Prepared& prepared) {
  const provider::Endpoint& endpoint = *visit.target.endpoint;
  Call& call = visit.job.call;
  BF_TRY(dialect::EncodedRequest encoded, call.encode(*prepared.side, prepared.model));
  prepared.dropped = std::move(encoded.dropped);
  const std::string path = call.path(*prepared.side, prepared.model);
  provider::Outgoing outgoing{
      .type = endpoint.carried(*prepared.side, call.type()).value_or(call.type()),
      .method = call.method(),
      .path = path,
      .model = prepared.model,
      .encoded = std::move(encoded),
      .caller = {.headers = visit.job.caller_headers,
                 .filter = visit.job.header_filter,
                 .same_dialect = call.passes(*prepared.side)}};
  if (call.type().stream) outgoing.accept = call.stream_type(*prepared.side);
  const provider::Addressee to{.endpoint = endpoint,
                               .side = *prepared.side,
                               .key = prepared.key,
                               .now = client.clock.wall(),
                               .token = text_of(prepared.token)};
  BF_TRY(prepared.request, provider::prepare(to, std::move(outgoing)));
  return {};
}

Result<void> hold(const Visit& visit, Prepared& prepared) {
  prepared.memory = overload::lease_on(visit.job.memory);
  return prepared.memory.resize(prepared.request.body.capacity());
}

Served served_by(const Visit& visit, Prepared prepared, std::unique_ptr<Answer> answer,
                 std::int64_t retries) {
  Served served;
  served.answer = std::move(answer);
  served.target = &visit.target;
  if (prepared.key != nullptr) {
    served.key_id = prepared.key->id();
    served.key_name = prepared.key->settings.name;
  }
  served.model = std::move(prepared.model);
  served.fallback_index = visit.target.fallback_index;
  served.retries = retries;
  served.side = prepared.side;
  served.same_dialect = visit.job.call.passes(*prepared.side);
  if (visit.job.keep_sent_body) {
    served.sent_body = std::move(prepared.request.body);
    served.sent_memory = std::move(prepared.memory);
  }
  served.dropped = std::move(prepared.dropped);
  served.key = prepared.key;
  served.token = std::move(prepared.token);
  return served;
}

// Of an attempt that succeeded.
record::Attempt attempt_record(const Visit& visit, const Prepared& prepared, std::int64_t retries,
                               const AttemptCourse& course) {
  const provider::Endpoint& endpoint = *visit.target.endpoint;
  record::Attempt attempt{.provider = endpoint.name,
                          .model = visit.target.model,
                          .fallback_index = visit.target.fallback_index,
                          .retry = retries,
                          .answered = course.answered,
                          .queued = course.queued,
                          .taken = course.taken};
  if (const provider::Key* key = prepared.key) {
    attempt.key_id = key->id();
    attempt.key_name = key->settings.name;
    attempt.key_is_configured = endpoint.owns(*key);
  }
  return attempt;
}

bool repeats(const routing::Step& step) {
  return step.action == routing::Step::Action::kRetrySameKey ||
         step.action == routing::Step::Action::kRetryOtherKey;
}

struct Decision {
  routing::Step step;
  std::optional<record::Budget> denied;  // the step that rules ask for is not made

  [[nodiscard]] bool repeats() const { return !denied && upstream::repeats(step); }
  [[nodiscard]] bool rotates() const {
    return !denied && step.action == routing::Step::Action::kRetryOtherKey;
  }
};

// What the rules say to a failure, and whether the budgets allow it.
Decision decide(const Visit& visit, TargetKeys& keys, const provider::Key* failed,
                const Error& error, std::int64_t retries, Client client) {
  const provider::Endpoint& endpoint = *visit.target.endpoint;
  const SteadyTime now = client.clock.now();
  const bool fresh = keys.has_fresh_key();
  Decision decision{.step = routing::next_step(error,
                                               {.retries = retries,
                                                .keys = keys.size(),
                                                .has_fresh_key = fresh,
                                                .has_other_key = keys.has_other_key(),
                                                .has_next_target = !visit.last},
                                               policy_of(endpoint), client.random),
                    .denied = std::nullopt};
  if (repeats(decision.step)) {
    // Whatever is picked now, the next attempt gets.
    const auto next = keys.pick(client.random);
    decision.denied = visit.budget.refuses({.endpoint = endpoint,
                                            .failed = failed,
                                            .next = next ? next->key : nullptr,
                                            .next_is_fresh = fresh,
                                            .reason = error.retry,
                                            .delay = decision.step.delay},
                                           now);
  } else if (!visit.last && error.retry != Retry::kNo) {
    decision.denied = visit.budget.refuses_target(now);
  }
  return decision;
}

// A token that the provider refuses may have been withdrawn before its time. Once at a target, the
// same key is shown with a new one; for the budgets that is a key in place of a refused one.
class Renewal {
 public:
  explicit Renewal(const Visit& visit) : visit_(visit) {}

  // Nothing: the failure is another, or remains one.
  std::optional<Decision> after(const Error& error, const Prepared& prepared, Client client) {
    if (prepared.token == nullptr || done_ || error.code != ErrorCode::kUpstreamAuth) {
      return std::nullopt;
    }
    const provider::Endpoint& endpoint = *visit_.target.endpoint;
    const TokenTermsPtr& terms = visit_.job.network.token_terms(endpoint, *prepared.key);
    if (!client.credentials->replaces(terms, prepared.token)) return std::nullopt;
    done_ = true;
    const Repetition again{.endpoint = endpoint,
                           .failed = prepared.key,
                           .next = prepared.key,
                           .next_is_fresh = false,
                           .reason = Retry::kReplaceKey,
                           .delay = std::chrono::milliseconds(0)};
    return Decision{.step = {.action = routing::Step::Action::kRetrySameKey},
                    .denied = visit_.budget.refuses(again, client.clock.now())};
  }

  // Of `attempts` repeated ones, those that count for max_retries.
  [[nodiscard]] std::int64_t retries(std::int64_t attempts) const {
    return done_ ? attempts - 1 : attempts;
  }

 private:
  const Visit& visit_;
  bool done_ = false;
};

net::Task<Result<Served>> visit_target(net::CallScope& scope, Client client, const Visit& visit,
                                       AttemptObserver& observer) {
  const provider::Endpoint& endpoint = *visit.target.endpoint;
  BF_CO_TRY_VOID(endpoint.check_allowed(visit.job.call.type()));
  BF_CO_TRY(TargetKeys keys, TargetKeys::make(visit.job, visit.target, client.clock.now()));
  if (visit.job.admission != nullptr) {
    // Whatever is picked now, the first attempt gets.
    BF_CO_TRY(const routing::PickedKey first, keys.pick(client.random));
    BF_CO_TRY_VOID(visit.job.admission->admit(visit.target, first.key));
  }
  Renewal renewal(visit);
  for (std::int64_t retries = 0;; ++retries) {
    BF_CO_TRY(Prepared prepared, choose(visit, keys, client));
    Result<TokenPtr> token;
    if (needs_token(prepared.key)) {
      token = co_await token_for(scope, client, visit.job.network, endpoint, *prepared.key);
    }
    Result<std::unique_ptr<Answer>> answer;
    AttemptCourse course;
    if (token) {
      prepared.token = *std::move(token);
      const auto write = [&] { return complete(visit, client, prepared); };
      BF_CO_TRY_VOID(client.heavy.takes(visit.job.body_bytes)
                         ? co_await net::run_to_end(scope, *client.heavy.pool, write)
                         : write());
      BF_CO_TRY_VOID(hold(visit, prepared));
      visit.budget.attempt_begins(endpoint, prepared.key, client.clock.now());
      answer = co_await attempt(scope, client, visit.job.network,
                                {.endpoint = endpoint,
                                 .side = *prepared.side,
                                 .request = prepared.request,
                                 .call = visit.job.call,
                                 .memory = visit.job.memory},
                                course);
    } else {
      visit.budget.attempt_begins(endpoint, prepared.key, client.clock.now());
      answer = std::move(token).error();
    }
    if (answer) {
      observer.on_attempt(attempt_record(visit, prepared, retries, course));
      keys.served(prepared.key, client.clock.now());
      co_return served_by(visit, std::move(prepared), *std::move(answer), retries);
    }
    Error error = std::move(answer).error();
    provider::hide_credentials(error, endpoint, prepared.key, text_of(prepared.token));
    if (scope.cancelled()) error = *scope.interruption();
    const auto renewed = renewal.after(error, prepared, client);
    if (!renewed) keys.failed(error.retry);
    visit.budget.attempt_failed(endpoint, prepared.key, error.retry, client.clock.now());
    const Decision decision =
        renewed ? *renewed
                : decide(visit, keys, prepared.key, error, renewal.retries(retries), client);
    record::Attempt failed = attempt_record(visit, prepared, retries, course);
    failed.error = &error;
    failed.rotated = decision.rotates();
    failed.denied = decision.denied;
    observer.on_attempt(failed);
    if (!decision.repeats()) {
      if (error.retry != Retry::kNo) keys.given_up();
      // The picker says it best when no key is left.
      if (decision.step.credentials_exhausted) error = keys.pick(client.random).error();
      if (decision.denied) visit.budget.tell(error, *decision.denied);
      co_return error;
    }
    BF_CO_TRY_VOID(co_await net::sleep_for(scope, decision.step.delay));
  }
}

}  // namespace

void Served::hide_credentials(Error& error) const {
  provider::hide_credentials(error, *target->endpoint, key, text_of(token));
}

std::string Served::without_credentials(std::string_view bytes) const {
  return provider::without_credentials(std::string(bytes), *target->endpoint, key, text_of(token));
}

net::Task<Result<Served>> execute(net::CallScope& scope, Client client, const Job& job,
                                  AttemptObserver& observer) {
  std::optional<Error> primary = job.plan.primary_error;
  RequestBudget budget(job.budget, job.plan.targets.size(), client.clock.now());
  for (std::size_t i = 0; i < job.plan.targets.size(); ++i) {
    const bool last = i + 1 == job.plan.targets.size();
    // The first one is always asked: an error of its own is the least that a caller gets.
    if (i > 0 && budget.refuses_target(client.clock.now())) break;
    budget.target_begins();
    const Visit visit{job, job.plan.targets[i], last, budget};
    auto served = co_await visit_target(scope, client, visit, observer);
    if (served) co_return served;
    Error error = std::move(served).error();
    const bool final = error.retry == Retry::kNo || scope.cancelled();
    if (!primary) {
      primary = std::move(error);
    } else if (scope.cancelled()) {
      primary = *scope.interruption();
    }
    if (final) break;
  }
  co_return *std::move(primary);
}

}  // namespace bifrost::upstream
