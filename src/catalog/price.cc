#include "catalog/price.h"

#include <algorithm>

namespace bifrost::catalog {
namespace {

__extension__ using Wide = __int128;  // ten classes of 2^63 tokens at 2^63 each do not fit

constexpr Wide kMillion = 1'000'000;
constexpr Wide kCostMax = 9'000'000'000'000'000;

Wide times(std::int64_t count, std::int64_t price) {
  return Wide{std::max<std::int64_t>(count, 0)} * price;
}

}  // namespace

std::int64_t cost(const Price& price, const llm::Usage& usage) {
  const bool is_long = price.long_above > 0 && usage.input_total() > price.long_above;
  const TokenPrices& tokens = is_long ? price.long_tokens : price.tokens;
  const std::int64_t written_short = usage.cache_write - usage.cache_write_1h;
  const Wide sum = times(usage.input, tokens.input) + times(usage.cache_read, tokens.cache_read) +
                   times(written_short, tokens.cache_write) +
                   times(usage.cache_write_1h, tokens.cache_write_1h) +
                   times(usage.input_audio, tokens.input_audio) +
                   times(usage.input_image, tokens.input_image) +
                   times(usage.output, tokens.output) + times(usage.reasoning, tokens.reasoning) +
                   times(usage.output_audio, tokens.output_audio) +
                   times(usage.output_image, tokens.output_image);
  const Wide total = (sum + kMillion / 2) / kMillion + times(usage.web_searches, price.web_search);
  return static_cast<std::int64_t>(std::min(total, kCostMax));
}

}  // namespace bifrost::catalog
