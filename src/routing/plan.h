// Where a request may go: the provider and model that it asks for, then its fallbacks in order.
//
// A pure function of the request and the configured providers.
#pragma once

#include "base/result.h"
#include "catalog/catalog.h"
#include "provider/registry.h"
#include "routing/constraints.h"
#include "routing/draw.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::routing {

struct Target {
  const provider::Endpoint* endpoint = nullptr;  // never null; lives as long as the registry
  std::string model;                             // without the provider, before any alias of a key
  std::size_t fallback_index = 0;  // 0: what was asked for; n: the n-th fallback as written
  KeyPin pin = {};  // the only key that may serve it, by a rule; in place of the caller's pin
};

struct Plan {
  std::vector<Target> targets;  // at least one
  // Why what was asked for is not among them; returned when the fallbacks fail too.
  std::optional<Error> primary_error;
  bool drawn = false;  // the weights of the caller's grants say where it goes first
};

// What a plan was made of, for whoever asks why.
struct PlanTrail {
  std::vector<ConsideredGrant> grants = {};  // empty: nothing was drawn
  // A fallback that is no target. Without an error it leads where an earlier one does.
  struct LeftOut {
    std::string model;  // as written
    std::optional<Error> why = std::nullopt;
  };
  std::vector<LeftOut> left_out = {};
};

struct PlanRequest {
  std::string_view model;  // "provider/model", or a bare model
  std::span<const std::string> fallbacks = {};
  std::string_view default_provider = {};  // of the route; empty: it has none
  Constraints constraints = {};
  const catalog::Catalog* catalog = nullptr;
  double draw = 0;  // uniform in [0, 1): decides where grants have weights
  std::span<const std::string_view> full = {};  // providers that have nothing left for the caller
  // By a rule; the names outlive the plan.
  KeyPin pin = {};                             // where the model goes
  std::span<const KeyPin> fallback_pins = {};  // one for each fallback, or none
  PlanTrail* trail = nullptr;                  // null: nobody asks
};

// Where one model goes.
//
// "provider/model" goes to that provider, or is refused when that is a known one that is not
// configured ("azure/gpt-4o"), unless a key lists just this name. Other names with a slash
// ("meta-llama/Llama-3") are names. A bare model goes to the first of these:
//   1. the route's own provider, when it is configured and a key of it may use the model
//   2. the first provider with a key that lists the model or has an alias of that name
//   3. the provider whose models begin like this one ("claude-": anthropic)
//   4. the only provider that takes all models; the demo does not count beside others. Not for a
//      model that only its maker serves ("gpt-4o"): whoever has one server of his own wants to
//      name its models as he likes, and nobody wants another model under OpenAI's name unasked.
// Fails with kModelNotFound when nobody serves it, and with kInvalidRequest when several might or
// when it is no name (llm::check_model_name); the message says what to write or to configure.
[[nodiscard]] Result<Target> resolve(const provider::Registry& registry, std::string_view model,
                                     std::string_view default_provider = {});

// A bare model goes where the caller's grants have weights for it (draw.h), and without fallbacks
// of the request to the others of those afterwards; only where none has, it goes as `resolve` says.
//
// Fallbacks that lead nowhere, where the caller may not go, where an earlier one leads or whose
// pinned key is not there are left out. Fails as `resolve` and `check_access` do when nothing
// remains, and with kInvalidRequest when there are more than limits::kFallbacksMax of them or one
// is no name.
[[nodiscard]] Result<Plan> plan(const provider::Registry& registry, const PlanRequest& request);

}  // namespace bifrost::routing
