// The tokens that providers take in place of their keys: fetched, kept, renewed.
//
// A key whose row has a provider::TokenSource is exchanged for a token before a request is signed
// with it. The token is asked for once however many callers wait, and also when they have left
// meanwhile; while it is good, calls go on with it and a new one is fetched beside them in time.
// One that nobody uses is not renewed. That it could not be had is kept for a while, so that a
// server of tokens which is down, or refuses, is not stormed. A token that the provider refuses is
// given up, unless it is so young that another would be refused as well.
//
// The fetch has the limits of a call to the provider, but no place at its gate: it goes elsewhere.
// There are at most as many tokens as keys that need one in the configurations in use; those of
// others are forgotten when a new configuration asks for its first. A key that a reload did not
// change keeps its token. Nothing here is logged or told but names, hosts and statuses.
//
// One per worker, not thread-safe: nothing is locked on the way of a call, a fetch runs on the loop
// of those who wait for it, and a worker takes its own down with it. A process asks for as many
// tokens as it has workers, which is little beside the calls that each of them is used for.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "client/transport.h"
#include "config/secret.h"
#include "net/flight.h"
#include "net/task_group.h"
#include "upstream/network.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bifrost::upstream {

struct FetchedToken {
  config::Secret text;
  SteadyTime since;
  SteadyTime renewed_from;
  SteadyTime good_until;
};

// Which token a call went out with, too: each fetch makes a new one. Null: none is needed.
using TokenPtr = std::shared_ptr<const FetchedToken>;

// Empty when none is needed.
[[nodiscard]] inline std::string_view text_of(const TokenPtr& token) {
  return token == nullptr ? std::string_view() : token->text.reveal();
}

class Credentials {
 public:
  // References outlive it.
  Credentials(net::Loop& loop, client::Transport& transport, const Clock& clock)
      : loop_(loop), transport_(transport), clock_(clock), asking_(loop) {}

  // A good token, never null. Waits only when there is none yet. Fails with kUpstreamNoToken,
  // which another key or another target may make good, with kBusy when it could not be asked for,
  // which is no key's fault, and with what interrupts the wait.
  net::Task<Result<TokenPtr>> get(net::CallScope& scope, TokenTermsPtr terms);

  // The provider has refused the token. Is it worth while to `get` another and try once more?
  [[nodiscard]] bool replaces(const TokenTermsPtr& terms, const TokenPtr& refused);

  // Ends what is under way; to be awaited before the end of the worker.
  net::Task<Result<void>> stop(net::CallScope& scope);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  // One fetch under way, and what it came to; shared with those who wait for it.
  struct Fetch {
    std::shared_ptr<net::Flight> flight;
    std::optional<Result<TokenPtr>> outcome;  // nothing, when it is over: it was broken off
  };
  // What is known of one key. Shared with the fetch: a new configuration may drop it meanwhile.
  struct Entry {
    TokenTermsPtr terms;  // keeps the address its own
    TokenPtr token;
    std::optional<Error> failure;  // of the last fetch
    SteadyTime asked_again_from;
    std::shared_ptr<Fetch> fetch;  // the last one; null: there was none

    [[nodiscard]] bool asking() const { return fetch != nullptr && !fetch->flight->over(); }
  };
  using Entries = std::unordered_map<const TokenTerms*, std::shared_ptr<Entry>>;

  std::shared_ptr<Entry> entry_of(const TokenTermsPtr& terms);
  void forget_dropped();
  void begin_fetch(const TokenTermsPtr& terms, const std::shared_ptr<Entry>& entry);
  net::Task<void> ask(net::CallScope& scope, TokenTermsPtr terms, std::shared_ptr<Entry> entry,
                      net::Flight::Pilot pilot);
  net::Task<Result<TokenPtr>> fetch(net::CallScope& scope, const TokenTerms& terms);
  net::Task<Result<std::string>> send(net::CallScope& scope, const TokenTerms& terms,
                                      const provider::OutboundRequest& request);

  net::Loop& loop_;
  client::Transport& transport_;
  const Clock& clock_;
  net::TaskGroup asking_;
  Entries entries_;
};

}  // namespace bifrost::upstream
