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

// For a million tokens. What is not priced of its own costs what the rest of its side does.
struct TokenPrices {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t cache_read = 0;
  std::int64_t cache_write = 0;
  std::int64_t cache_write_1h = 0;
  std::int64_t reasoning = 0;
  std::int64_t input_audio = 0;
  std::int64_t output_audio = 0;
  std::int64_t input_image = 0;
  std::int64_t output_image = 0;

  friend bool operator==(const TokenPrices&, const TokenPrices&) = default;
};

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
