// From the section `governance` to who is known, and what he may have.
#pragma once

#include "base/clock.h"
#include "catalog/price_overrides.h"
#include "governance/directory.h"
#include "governance/limit_book.h"
#include "governance/model_limits.h"
#include "governance/settings/governance_settings.h"

namespace bifrost::governance {

// A part of the snapshot.
struct Rules {
  Directory directory;  // of virtual keys
  ModelLimits models;
  catalog::PriceOverrides prices;
};

// The settings have been checked: nothing can fail. Limits of the book get the terms of the
// settings at once, so this comes last of what is made from a configuration.
[[nodiscard]] Rules build_rules(const GovernanceSettings& settings, LimitBook& book, WallTime now);

}  // namespace bifrost::governance
