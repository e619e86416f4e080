// What would happen to a request, and why, step by step. Values only: good for as long as anybody
// wants to read it, whatever becomes of the configuration.
#pragma once

#include "base/clock.h"
#include "governance/amount.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bifrost::explain {

// What a caller would be told.
struct Refusal {
  int status = 0;
  std::string code;
  std::string type;  // of the error, as governance names it; empty: it has none of its own
  std::string message;
  std::string param;
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  std::string body;  // as it would be answered
};

struct Named {
  std::string id = {};
  std::string name = {};
};

struct RouteStep {
  std::string method;
  std::string path;
  std::string pattern = {};  // empty: there is no such route
  std::string operation = {};
  std::string dialect = {};           // that the caller speaks
  std::string default_provider = {};  // of a bare model
};

struct CallerStep {
  bool known = false;  // he shows a virtual key
  Named virtual_key = {};
  std::optional<Named> team = std::nullopt;
  std::optional<Named> customer = std::nullopt;
  Named pinned_key = {};       // of the provider, by his headers
  bool own_key = false;        // he brings a provider's key
  bool all_providers = false;  // also those without a provider config
};

struct AskedStep {
  std::string model;
  bool stream = false;
  std::vector<std::string> fallbacks;
  std::size_t body_bytes = 0;
};

struct RuleStep {
  Named rule = {};
  std::size_t round = 1;  // of a chain
  std::string result;     // "matched", "not" or "error"
  std::string why = {};   // of an error
  // Of one that matched: what is asked for from now on.
  std::string provider = {};
  std::string model = {};
  Named key = {};
};

struct GrantStep {
  std::string provider;
  std::optional<double> weight = std::nullopt;
  bool drawn = false;    // it is in the draw
  double chance = 0;     // of going first, in [0, 1]
  std::string why = {};  // it is not
};

struct LeftOutFallback {
  std::string model;
  std::string why;
};

struct KeyStep {
  Named key = {};
  double weight = 0;
  double chance = 0;     // of being asked first, in [0, 1]
  std::string why = {};  // it is not used; empty: it may be
};

struct LimitStep {
  std::string owner;
  governance::Unit unit = governance::Unit::kRequests;
  std::string window = {};  // "1h"; empty: it has none
  std::int64_t amount = 0;
  std::int64_t used = 0;
  std::int64_t held = 0;  // by what is running
  std::int64_t left = 0;
  std::int64_t takes = 0;  // the estimate
  std::optional<WallTime> resets_at = std::nullopt;
  bool fits = true;
};

struct EstimateStep {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::optional<std::int64_t> nano_dollars = std::nullopt;  // absent: the price is not known
  bool learnt = false;  // from what the caller's requests have used before
};

struct TargetStep {
  std::string provider;
  std::string model;               // as it is asked for
  std::size_t fallback_index = 0;  // 0: what was asked for
  std::string dialect = {};        // that the provider is spoken to; empty: it was not come to that
  bool translated = false;
  std::string sent_model = {};            // as the provider knows it
  std::vector<std::string> lost = {};     // of the request: it has no counterpart there
  std::vector<std::string> refused = {};  // the model refuses it, so it is not sent
  bool keyless = false;
  bool own_key = false;  // the caller's
  std::vector<KeyStep> keys = {};
  std::optional<EstimateStep> estimate = std::nullopt;
  std::vector<LimitStep> limits = {};
  std::optional<Refusal> refusal = std::nullopt;  // nothing is sent to it
};

struct Explanation {
  RouteStep route = {};
  std::optional<CallerStep> caller = std::nullopt;  // absent: it was not come to that, as below
  std::optional<AskedStep> asked = std::nullopt;
  std::vector<RuleStep> rules = {};
  bool more_rules = false;  // were looked at than are told
  std::optional<Named> routed_by = std::nullopt;
  std::vector<GrantStep> grants = {};  // empty: nothing is drawn
  std::vector<LeftOutFallback> left_out = {};
  std::vector<TargetStep> targets = {};
  // The first target that would be asked; the later ones are, should it fail.
  std::optional<std::size_t> first = std::nullopt;
  std::optional<Refusal> refusal = std::nullopt;  // the whole request is refused
};

}  // namespace bifrost::explain
