// What a call costs: prices by class of what was used, in integer nano-dollars.
//
// A price is nano-dollars for a million units, which is exact for every published price: 2.50 USD
// for a million tokens is 2'500'000'000. A call's classes are summed up before the one rounding, to
// the nearest nano-dollar.
#pragma once

#include "llm/usage.h"

#include <cstdint>
#include <optional>

namespace bifrost::catalog {

// Something of each class of tokens.
template <class T>
struct TokenClasses {
  T input{};
  T output{};
  T cache_read{};
  T cache_write{};
  T cache_write_1h{};
  T reasoning{};
  T input_audio{};
  T output_audio{};
  T input_image{};
  T output_image{};

  friend bool operator==(const TokenClasses&, const TokenClasses&) = default;
};

// For a million tokens. What is not priced of its own costs what the rest of its side does.
using TokenPrices = TokenClasses<std::int64_t>;

struct Price {
  TokenPrices tokens;
  // Of a call whose input is longer than so many tokens, all of it.
  std::int64_t long_above = 0;  // 0: there is no such price
  TokenPrices long_tokens = {};
  std::int64_t web_search = 0;  // nano-dollars for one

  friend bool operator==(const Price&, const Price&) = default;
};

// Never negative, and at most 9 million USD, whatever the usage says.
[[nodiscard]] std::int64_t cost(const Price& price, const llm::Usage& usage);

}  // namespace bifrost::catalog
