// From an ordered list of targets to one good answer: keys, retries, pauses, fallbacks.
//
// Each target has its own number of retries, within what the request, the key and the caller may
// have (request_budget.h). The first success wins; when all fail, the first
// target's error is returned. A pause holds neither a worker nor a place in a queue. Nothing is
// repeated once an answer was handed over: what follows is the caller's to see.
#pragma once

#include "base/result.h"
#include "overload/byte_budget.h"
#include "provider/settings/header_filter_settings.h"
#include "record/attempt.h"
#include "routing/keys.h"
#include "routing/plan.h"
#include "routing/session_keys.h"
#include "upstream/attempt.h"
#include "upstream/call.h"
#include "upstream/request_budget.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bifrost::upstream {

// Asked before each target, with the key that is shown first (null: none): a target that it refuses
// gets no request, and its error says by `retry` whether another one may. What it admitted for the
// target before is over.
class TargetAdmission {
 public:
  virtual ~TargetAdmission() = default;
  virtual Result<void> admit(const routing::Target& target, const provider::Key* key) = 0;
};

// A request as the executor sees it. Everything is borrowed and outlives the call.
struct Job {
  const Network& network;
  const routing::Plan& plan;
  Call& call;
  const http::Headers* caller_headers = nullptr;
  const provider::HeaderFilterSettings* header_filter = nullptr;
  routing::Constraints constraints = {};
  routing::Session session = {};
  routing::SessionKeys* session_keys = nullptr;    // null: sessions are not followed
  const provider::Key* direct_key = nullptr;       // the caller's own; bypasses the pool
  const provider::Key* anthropic_login = nullptr;  // the same, but only at Anthropic
  std::size_t body_bytes = 0;                      // of the caller's request
  bool keep_sent_body = false;                     // for Served::sent_body
  overload::BytePurse* memory = nullptr;           // null: what bodies hold is not counted
  BudgetTerms budget = {};
  TargetAdmission* admission = nullptr;  // null: every target is admitted
};

class AttemptObserver {
 public:
  virtual ~AttemptObserver() = default;
  virtual void on_attempt(const record::Attempt& attempt) = 0;
};

// The answer, and who gave it.
struct Served {
  std::unique_ptr<Answer> answer;
  const routing::Target* target = nullptr;
  const provider::Side* side = nullptr;  // of the target's endpoint
  std::string key_id;
  std::string key_name;
  std::string model;               // as the provider knows it
  std::size_t fallback_index = 0;  // as the caller numbered them; 0: what was asked for
  std::int64_t retries = 0;        // at this target
  bool same_dialect = false;
  std::string sent_body;  // what the provider got, when it was to be kept
  overload::ByteLease sent_memory;
  llm::LeftOut dropped;
  // What the provider was shown, by which what it says of a failure is searched.
  const provider::Key* key = nullptr;  // null: it needs none
  TokenPtr token;                      // fetched with the key; null: none

  void hide_credentials(Error& error) const;
  [[nodiscard]] std::string without_credentials(std::string_view bytes) const;
};

net::Task<Result<Served>> execute(net::CallScope& scope, Client client, const Job& job,
                                  AttemptObserver& observer);

}  // namespace bifrost::upstream
