#include "upstream/credentials.h"

#include "base/log.h"
#include "base/strings.h"
#include "base/try.h"
#include "http/h1/head.h"
#include "provider/prepare.h"
#include "routing/retry_hint.h"
#include "upstream/read_whole.h"
#include "upstream/told_limit.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace bifrost::upstream {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr auto kFreshFailure = std::chrono::seconds(15);
constexpr auto kFreshShortage = std::chrono::seconds(1);  // of ours: no server is spared by peace
constexpr auto kFailureMax = std::chrono::minutes(5);     // however long the server wants peace
// A token is renewed this long before its end, or in its last fifth when that is shorter; and it
// is not used in its last seconds, since a call takes time to get there.
constexpr nanoseconds kAhead = std::chrono::minutes(5);
constexpr nanoseconds kTravel = std::chrono::seconds(10);
constexpr std::chrono::seconds kLifetimeMax = std::chrono::hours(24);
// A token that is younger was not refused for its age.
constexpr auto kYoung = std::chrono::minutes(1);
constexpr std::size_t kStepsMax = 4;  // requests for one token
constexpr std::size_t kAnswerBytesMax = std::size_t{256} * 1024;
constexpr std::size_t kTokenBytesMax = std::size_t{16} * 1024;  // it stands in a header

constexpr net::CallScope::Expiry kSlow{ErrorCode::kUpstreamHeaderTimeout, Origin::kUpstream,
                                       Retry::kReplaceKey, "the token did not come in time"};
constexpr net::CallScope::Expiry kSlowInAll{ErrorCode::kUpstreamTotalTimeout, Origin::kUpstream,
                                            Retry::kReplaceKey, "the token did not come in time"};

Error no_token(std::string why) {
  return upstream_error(ErrorCode::kUpstreamNoToken, Retry::kReplaceKey, std::move(why));
}

// The answer is not told: it may repeat what it was asked with.
Error refused(const TokenTerms& terms, const std::string& host, int status) {
  const bool by_the_key = status / 100 == 4 && status != 408 && status != 429;
  Error error = no_token(host + " answered " + std::to_string(status));
  error.upstream_status = status;
  if (by_the_key) error.message += "; correct the key in providers." + terms.provider + ".keys";
  return error;
}

// Nothing was asked for want of something of the gateway's: no other key would get further.
bool is_ours(const Error& error) { return error.code == ErrorCode::kBusy; }

// As callers and the log are told. Whatever failed but for our own shortage, another key may do.
Error told(const TokenTerms& terms, Error error) {
  tell_limit(error, terms.provider, terms.network);
  std::string message = "provider " + terms.provider + ": no token for key " +
                        quoted(terms.key.settings.name) + ": " + error.message;
  if (is_ours(error)) {
    error.message = std::move(message);
    return error;
  }
  Error out = no_token(std::move(message));
  out.retry_after = error.retry_after;
  return out;
}

// How long nobody asks again.
nanoseconds peace_after(const Error& failure) {
  const nanoseconds least = is_ours(failure) ? kFreshShortage : kFreshFailure;
  return std::clamp<nanoseconds>(failure.retry_after.value_or(milliseconds(0)), least, kFailureMax);
}

// With the time that is left until the question is asked again.
Error still(const Error& failure, nanoseconds left) {
  Error error = failure;
  error.retry_after = std::chrono::ceil<milliseconds>(left);
  return error;
}

Result<TokenPtr> kept(const provider::Grant& grant, SteadyTime asked, SteadyTime now) {
  const std::string& text = grant.token.reveal();
  if (text.empty() || text.size() > kTokenBytesMax || !http::h1::valid_value(text)) {
    return no_token("its text is empty, too long, or no header's");
  }
  const nanoseconds lifetime = std::min(grant.lifetime, kLifetimeMax);
  auto token = std::make_shared<FetchedToken>();
  token->text = grant.token;
  token->since = asked;
  token->renewed_from = asked + lifetime - std::min(kAhead, lifetime / 5);
  token->good_until = asked + lifetime - std::min(kTravel, lifetime / 10);
  if (token->good_until <= now) return no_token("it had expired when it came");
  return TokenPtr(std::move(token));
}

}  // namespace

net::Task<Result<TokenPtr>> Credentials::get(net::CallScope& scope, TokenTermsPtr terms) {
  const std::shared_ptr<Entry> entry = entry_of(terms);
  const SteadyTime now = clock_.now();
  const bool good = entry->token != nullptr && now < entry->token->good_until;
  const bool wanted = !good || now >= entry->token->renewed_from;
  if (wanted && !entry->asking() && entry->asked_again_from <= now) begin_fetch(terms, entry);
  if (good) co_return entry->token;
  if (!entry->asking()) co_return still(*entry->failure, entry->asked_again_from - now);
  const std::shared_ptr<Fetch> fetch = entry->fetch;
  co_await fetch->flight->wait(scope);
  if (fetch->outcome) co_return *fetch->outcome;
  if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  co_return still(*entry->failure, entry->asked_again_from - clock_.now());
}

void Credentials::begin_fetch(const TokenTermsPtr& terms, const std::shared_ptr<Entry>& entry) {
  net::Flight::Pilot pilot(loop_);
  auto fetch = std::make_shared<Fetch>(pilot.flight());
  Error broken_off = told(*terms, no_token("the fetch was broken off"));
  asking_.spawn("fetch token",
                [this, terms, entry, pilot = std::move(pilot)](net::CallScope& own) mutable {
                  return ask(own, terms, entry, std::move(pilot));
                });
  // It begins at the loop's next turn; for want of memory it would not have been begun at all.
  entry->fetch = std::move(fetch);
  entry->failure = std::move(broken_off);  // what stands when it is broken off
  entry->asked_again_from = clock_.now() + kFreshFailure;
}

bool Credentials::replaces(const TokenTermsPtr& terms, const TokenPtr& refused) {
  Entry& entry = *entry_of(terms);
  if (entry.token != refused) return true;  // somebody else has seen to it
  if (clock_.now() < refused->since + kYoung) return false;
  entry.token = nullptr;
  return true;
}

std::shared_ptr<Credentials::Entry> Credentials::entry_of(const TokenTermsPtr& terms) {
  if (const auto found = entries_.find(terms.get()); found != entries_.end()) return found->second;
  auto entry = std::make_shared<Entry>();
  entry->asked_again_from = clock_.now();
  // The same key of the configuration before hands its token over.
  const auto before = std::ranges::find_if(
      entries_, [&](const auto& each) { return each.second->terms->same_credential(*terms); });
  if (before != entries_.end()) {
    entry = std::move(before->second);
    entries_.erase(before);
  }
  entry->terms = terms;
  entries_.emplace(terms.get(), entry);
  forget_dropped();
  return entry;
}

// Entries whose configuration is gone: nobody else has their terms any more.
void Credentials::forget_dropped() {
  std::erase_if(entries_, [](const auto& each) { return each.second->terms.use_count() == 1; });
}

net::Task<void> Credentials::ask(net::CallScope& scope, TokenTermsPtr terms,
                                 std::shared_ptr<Entry> entry, net::Flight::Pilot /*pilot*/) {
  const std::shared_ptr<Fetch> fetch_under_way = entry->fetch;
  auto fetched = co_await fetch(scope, *terms);
  const SteadyTime now = clock_.now();
  entry->asked_again_from = now;
  entry->failure.reset();
  if (fetched) {
    entry->token = *fetched;
  } else if (!scope.cancelled()) {
    fetched = told(*terms, std::move(fetched).error());
    Error& error = fetched.error();
    const nanoseconds peace = peace_after(error);
    entry->asked_again_from += peace;
    error = still(error, peace);
    entry->failure = error;
    const std::string_view what =
        is_ours(error) ? "a token could not be asked for" : "a provider's key has no token";
    BF_LOG(kWarn, "credentials", what, {"provider", terms->provider},
           {"key", terms->key.settings.name}, {"why", error.message});
  }
  fetch_under_way->outcome = std::move(fetched);
}

net::Task<Result<TokenPtr>> Credentials::fetch(net::CallScope& scope, const TokenTerms& terms) {
  const net::CallScope::Deadline patience(scope, terms.network.request_timeout, kSlow);
  const net::CallScope::Deadline in_all(scope, terms.network.total_timeout, kSlowInAll);
  BF_CO_TRY(auto request, terms.source->ask(terms.key, clock_.wall()));
  for (std::size_t step = 0; step < kStepsMax; ++step) {
    BF_CO_TRY(request, provider::prepare_token_request(std::move(request)));
    const SteadyTime asked = clock_.now();
    BF_CO_TRY(const std::string body, co_await send(scope, terms, request));
    BF_CO_TRY(auto next,
              terms.source->read(
                  {.key = terms.key, .asked = request, .body = body, .now = clock_.wall()}));
    if (const auto* grant = std::get_if<provider::Grant>(&next)) {
      co_return kept(*grant, asked, clock_.now());
    }
    request = std::get<provider::OutboundRequest>(std::move(next));
  }
  co_return no_token("it takes more than " + std::to_string(kStepsMax) + " requests");
}

net::Task<Result<std::string>> Credentials::send(net::CallScope& scope, const TokenTerms& terms,
                                                 const provider::OutboundRequest& request) {
  auto origin = terms.origin(request.url);
  if (!origin) {
    co_return gateway_error(ErrorCode::kInternal, "no connection terms for " + request.url.host);
  }
  const client::Request wire{.method = request.method,
                             .target = request.target,
                             .headers = request.headers,
                             .body = request.body};
  BF_CO_TRY(client::Response response, co_await transport_.send(scope, std::move(origin), wire));
  const int status = response.head.status;
  if (status / 100 != 2) {
    Error error = refused(terms, request.url.host, status);
    error.retry_after = routing::retry_hint(error, response.head.headers, clock_.wall());
    co_return error;
  }
  co_return co_await read_whole(scope, *response.body, {.bytes_max = kAnswerBytesMax});
}

net::Task<Result<void>> Credentials::stop(net::CallScope& scope) {
  asking_.cancel_all(net::kGoingDown);
  co_return co_await asking_.drained(scope);
}

}  // namespace bifrost::upstream
