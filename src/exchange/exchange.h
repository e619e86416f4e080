// All that is known of one request, from its head to its end. Data only: the steps do the work.
#pragma once

#include "catalog/facts.h"
#include "dialect/rate_limits.h"
#include "dialect/request.h"
#include "dialect/tap.h"
#include "exchange/request_view.h"
#include "exchange/snapshot.h"
#include "exchange/surface.h"
#include "governance/identify.h"
#include "governance/learnt_use.h"
#include "governance/operators.h"
#include "governance/reservation.h"
#include "ledger/journal.h"
#include "overload/byte_budget.h"
#include "routing/plan.h"
#include "routing/rules.h"
#include "server/handler.h"
#include "upstream/execute.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bifrost::dialect {
struct StreamForm;
}

namespace bifrost::exchange {

// What a request to a model knows in addition.
struct ModelCall {
  std::string path_model = {};
  dialect::RequestFacts facts = {};
  const dialect::StreamForm* form = nullptr;  // of the caller's streams; null: there are none
  const routing::Rule* rule = nullptr;        // that has routed it, of the snapshot; null: none
  routing::Plan plan = {};                    // pointed into by what was served
  governance::Reservation reservation = {};  // on the caller's limits, for the target that is asked
  dialect::RateLimits limits_left = {};      // that the caller is told
  ledger::Entry entry = {};                  // in the ledger, where there is one
  llm::LeftOut dropped = {};                 // what the provider did not get

  std::string attempted_provider = {};  // that was asked last
  bool reached = false;                 // it was at it, rather than its queue
  std::optional<upstream::Served> served = {};
  catalog::Facts served_facts = {};  // of the model that served

  // Of the target that was admitted last, where there are limits or a ledger.
  const routing::Target* admitted = nullptr;
  llm::Usage expected = {};
  catalog::Facts expected_facts = {};
  // That learns from it, once it has ended; null: it falls under no limits.
  governance::LearntUse* learnt_use = nullptr;
  governance::LearntUse::Asked asked = {};
  dialect::TapState tap = {};  // usage, finish reason, what the provider called the model
  const dialect::TapState* running = nullptr;   // the same of a stream while it is relayed
  std::chrono::nanoseconds upstream_time = {};  // attempts, queues and pauses before the answer

  [[nodiscard]] const dialect::TapState& seen() const { return running ? *running : tap; }
};

struct Exchange {
  server::Request& request;
  SnapshotPtr snapshot;  // held to the end
  std::string request_id;
  Match route = {};
  http::Headers cors = {};  // that every answer to this caller carries
  governance::Caller caller = {};
  std::unique_ptr<const governance::Operator> admitted_operator = nullptr;  // of what is for them

  std::string body = {};  // given back once nobody can need it again
  overload::ByteLease body_memory = {};
  std::size_t body_bytes = 0;
  std::optional<ModelCall> call = {};  // of requests that go to a model
  std::optional<Error> error = {};

  [[nodiscard]] const Surface& surface() const { return *route.surface; }
  [[nodiscard]] RequestView view() const {
    return {.snapshot = *snapshot, .head = request.head, .surface = surface(), .caller = caller};
  }
  [[nodiscard]] bool unified() const {
    return route.spoken() != nullptr && route.spoken()->shape == Shape::kUnified;
  }
};

}  // namespace bifrost::exchange
