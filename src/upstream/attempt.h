// One call to one provider with one key: from the queue to the first good event.
//
// Every phase has its own limit and its own error: waiting for a place, connecting, the response
// head, the first event, silence, the whole. A failed attempt leaves nothing behind.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "client/transport.h"
#include "overload/byte_budget.h"
#include "provider/endpoint.h"
#include "provider/prepare.h"
#include "upstream/answer.h"
#include "upstream/call.h"
#include "upstream/credentials.h"
#include "upstream/heavy_work.h"
#include "upstream/network.h"

#include <memory>

namespace bifrost::upstream {

// What attempts need of the worker they run on.
struct Client {
  client::Transport& transport;
  const Clock& clock;
  Random& random;
  Credentials* credentials = nullptr;  // null: no key needs a token
  HeavyWork heavy = {};
};

// Must a token be fetched before a request is signed with the key?
[[nodiscard]] inline bool needs_token(const provider::Key* key) {
  return key != nullptr && !key->token_urls.empty();
}

// That token, for a key of the endpoint that needs one. See Credentials::get.
net::Task<Result<TokenPtr>> token_for(net::CallScope& scope, Client client, const Network& network,
                                      const provider::Endpoint& endpoint, const provider::Key& key);

struct AttemptCourse {
  std::chrono::nanoseconds queued{};  // waiting for a place
  std::chrono::nanoseconds taken{};   // from having a place to the outcome
  bool answered = false;              // there was a response head
};

struct AttemptOptions {
  const provider::Endpoint& endpoint;
  const provider::Side& side;  // of the endpoint
  const provider::OutboundRequest& request;
  Call& call;
  overload::BytePurse* memory = nullptr;  // for what a whole answer holds
};

// `course` is filled whatever the outcome. A failure carries its next step, and the floor of a
// pause when the provider gave a hint.
net::Task<Result<std::unique_ptr<Answer>>> attempt(net::CallScope& scope, Client client,
                                                   const Network& network, AttemptOptions options,
                                                   AttemptCourse& course);

// Sends a request that is no chat (a list of models): the whole body, with the same limits, through
// the same gate.
net::Task<Result<std::unique_ptr<Answer>>> fetch(net::CallScope& scope, Client client,
                                                 const Network& network,
                                                 const provider::Addressee& to,
                                                 const provider::OutboundRequest& request);

}  // namespace bifrost::upstream
