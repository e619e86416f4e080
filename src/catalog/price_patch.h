// Some prices of a model: those that a line of a sheet has, or that replace what a sheet says.
#pragma once

#include "catalog/price.h"

#include <cstdint>
#include <optional>

namespace bifrost::catalog {

using TokenPatch = TokenClasses<std::optional<std::int64_t>>;

struct PricePatch {
  TokenPatch tokens = {};
  // Of a call whose input is longer than so many tokens; 0: it names no such prices.
  std::int64_t long_above = 0;
  TokenPatch long_tokens = {};
  std::optional<std::int64_t> web_search = std::nullopt;

  // Is it the price of a model of which nothing else is known?
  [[nodiscard]] bool stands_alone() const { return tokens.input && tokens.output; }

  friend bool operator==(const PricePatch&, const PricePatch&) = default;
};

// What the patch does not name stays as it is in `base`; a class that costs there what the rest of
// its side does, follows its side. Prices of long calls are prices of their own: they stay, unless
// the patch names some of the same length, and go where it names another length.
[[nodiscard]] Price patched(const Price& base, const PricePatch& patch);

// A price from nothing else.
[[nodiscard]] inline Price price_of(const PricePatch& patch) { return patched(Price(), patch); }

}  // namespace bifrost::catalog
