// From the section `governance` to who is known, and what he may have.
#pragma once

#include "base/clock.h"
#include "catalog/price_overrides.h"
#include "governance/directory.h"
#include "governance/limit_book.h"
#include "governance/model_limits.h"
#include "governance/settings/governance_settings.h"

#include <optional>

namespace bifrost::governance {

// A part of the snapshot.
struct Rules {
  Directory directory;  // of virtual keys
  ModelLimits models;
  catalog::PriceOverrides prices;
};

// Makes the rules of one configuration after the other. They share what did not change: to change
// one of a hundred thousand keys is to make that one, and to look at the others.
//
// For one thread at a time.
class RulesBuilder {
 public:
  // The book outlives it.
  explicit RulesBuilder(LimitBook& book) : book_(book) {}

  // The settings have been checked: nothing can fail. Limits of the book get the terms of the
  // settings at once, so this comes last of what is made from a configuration.
  [[nodiscard]] Rules build(const GovernanceSettings& settings, WallTime now);

 private:
  LimitBook& book_;
  std::optional<GovernanceSettings> settings_;  // the last ones that were built, in force or not
  Directory directory_;                         // what became of them
};

// Of one configuration alone.
[[nodiscard]] Rules build_rules(const GovernanceSettings& settings, LimitBook& book, WallTime now);

}  // namespace bifrost::governance
