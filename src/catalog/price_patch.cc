#include "catalog/price_patch.h"

namespace bifrost::catalog {
namespace {

TokenPrices patched(const TokenPrices& base, const TokenPatch& patch) {
  TokenPrices out;
  out.input = patch.input.value_or(base.input);
  out.output = patch.output.value_or(base.output);
  // What follows its side in `base` follows it here.
  const auto take = [&](std::optional<std::int64_t> TokenPatch::* given,
                        std::int64_t TokenPrices::* price, std::int64_t TokenPrices::* side) {
    const bool follows = base.*price == base.*side;
    out.*price = (patch.*given).value_or(follows ? out.*side : base.*price);
  };
  take(&TokenPatch::cache_read, &TokenPrices::cache_read, &TokenPrices::input);
  take(&TokenPatch::cache_write, &TokenPrices::cache_write, &TokenPrices::input);
  take(&TokenPatch::cache_write_1h, &TokenPrices::cache_write_1h, &TokenPrices::cache_write);
  take(&TokenPatch::reasoning, &TokenPrices::reasoning, &TokenPrices::output);
  take(&TokenPatch::input_audio, &TokenPrices::input_audio, &TokenPrices::input);
  take(&TokenPatch::output_audio, &TokenPrices::output_audio, &TokenPrices::output);
  take(&TokenPatch::input_image, &TokenPrices::input_image, &TokenPrices::input);
  take(&TokenPatch::output_image, &TokenPrices::output_image, &TokenPrices::output);
  return out;
}

}  // namespace

Price patched(const Price& base, const PricePatch& patch) {
  Price out = base;
  out.tokens = patched(base.tokens, patch.tokens);
  if (patch.long_above > 0) {
    const bool same = patch.long_above == base.long_above;
    out.long_above = patch.long_above;
    out.long_tokens = patched(same ? base.long_tokens : out.tokens, patch.long_tokens);
  }
  out.web_search = patch.web_search.value_or(base.web_search);
  return out;
}

}  // namespace bifrost::catalog
