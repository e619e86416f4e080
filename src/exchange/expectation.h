// What stands before a request at a target: the limits that it falls under there, and what it is
// expected to use. Looked up only: nothing is held.
#pragma once

#include "base/result.h"
#include "catalog/facts.h"
#include "exchange/call.h"
#include "exchange/request_view.h"
#include "governance/amount.h"
#include "governance/learnt_use.h"
#include "governance/model_limits.h"
#include "provider/endpoint.h"
#include "routing/plan.h"

#include <array>
#include <cstddef>
#include <span>

namespace bifrost::exchange {

// In the order in which they are held. Of the snapshot.
class TargetLimits {
 public:
  TargetLimits(const RequestView& request, const routing::Target& target);

  [[nodiscard]] std::span<const governance::Limits> of_target() const {
    return std::span(lists_).first(count_);
  }
  [[nodiscard]] governance::Limits everywhere() const { return lists_[count_]; }
  [[nodiscard]] std::span<const governance::Limits> all() const {
    return std::span(lists_).first(count_ + 1);
  }
  [[nodiscard]] bool any() const;
  // Does one of them count money?
  [[nodiscard]] bool has_budget() const;

 private:
  std::array<governance::Limits, governance::ModelLimits::kListsMax + 2> lists_;
  std::size_t count_ = 0;  // those of the target; the ones of everywhere follow
};

struct Expectation {
  llm::Usage usage = {};
  catalog::Facts facts = {};  // of the model, with its price for this caller and key
  governance::LearntUse::Asked asked = {};
  bool learnt = false;  // from what the caller's requests have used before
};

// By the size of the body and what it asks for. The key is the one that is asked first, and its
// price the one that counts; null: none is needed.
[[nodiscard]] Expectation expected_of(const RequestView& request, const Call& call,
                                      std::size_t body_bytes, const routing::Target& target,
                                      const provider::Key* key);
// By what requests like it have used, where enough have ended.
void learn_from(const governance::LearntUse& learnt_use, const RequestView& request,
                const routing::Target& target, Expectation& expectation);

// What it takes from limits, as client.governance_admission says.
[[nodiscard]] governance::Amount estimate_of(const RequestView& request,
                                             const Expectation& expectation);

// Fails with kModelBlocked where nobody knows the price, a budget would have to count it, and
// client.unknown_price refuses that.
[[nodiscard]] Result<void> check_price(const RequestView& request, const routing::Target& target,
                                       const TargetLimits& limits, const Expectation& expectation);

}  // namespace bifrost::exchange
