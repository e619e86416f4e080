// Prices as public sheets name them: "input_cost_per_token", "cache_read_input_token_cost",
// "output_cost_per_token_above_200k_tokens", each in dollars for one.
#pragma once

#include "base/result.h"
#include "catalog/price_patch.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bifrost::catalog {

// Of a token, and of a search. What costs more was meant for a million of them.
inline constexpr std::string_view kTokenDollarsMax = "0.01";
inline constexpr std::string_view kSearchDollarsMax = "100";

enum class Rounding : std::uint8_t { kNone, kNearest };

// Each price for a token by its name, in nano-dollars for a million.
using PriceVisit = std::function<void(const std::string& name, std::int64_t nano_dollars)>;
void each_price(const Price& price, const PriceVisit& visit);

// Is it the name of a price that a PricePatch has a place for?
[[nodiscard]] bool is_price_field(std::string_view name);
// The input from which on the price holds, in tokens; 0: it is no price of long calls.
[[nodiscard]] std::int64_t tier_of(std::string_view name);
// Every name that there is, for messages.
[[nodiscard]] std::string price_field_names();

// Puts the price into the patch. `dollars` is a number of JSON. Fails with kConfigInvalid and what
// is wrong with it, without its name: no number, negative, too large, finer than a nano-dollar for
// a million tokens (unless that may be rounded), or of a second length of long calls.
Result<void> set_price(PricePatch& patch, std::string_view name, std::string_view dollars,
                       Rounding rounding);

}  // namespace bifrost::catalog
