#include "catalog/price_fields.h"

#include "base/assert.h"
#include "base/strings.h"
#include "base/try.h"
#include "catalog/decimal.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace bifrost::catalog {
namespace {

constexpr int kTokenPower = 15;  // dollars for one, as nano-dollars for a million
constexpr int kSearchPower = 9;
constexpr std::string_view kSearch = "search_context_cost_per_query";

struct TokenField {
  std::string_view name;
  std::optional<std::int64_t> TokenPatch::* price;
  std::int64_t TokenPrices::* whole;
};
constexpr TokenField kTokenFields[] = {
    {"input_cost_per_token", &TokenPatch::input, &TokenPrices::input},
    {"output_cost_per_token", &TokenPatch::output, &TokenPrices::output},
    {"cache_read_input_token_cost", &TokenPatch::cache_read, &TokenPrices::cache_read},
    {"cache_creation_input_token_cost", &TokenPatch::cache_write, &TokenPrices::cache_write},
    {"cache_creation_input_token_cost_above_1hr", &TokenPatch::cache_write_1h,
     &TokenPrices::cache_write_1h},
    {"output_cost_per_reasoning_token", &TokenPatch::reasoning, &TokenPrices::reasoning},
    {"input_cost_per_audio_token", &TokenPatch::input_audio, &TokenPrices::input_audio},
    {"output_cost_per_audio_token", &TokenPatch::output_audio, &TokenPrices::output_audio},
    {"input_cost_per_image_token", &TokenPatch::input_image, &TokenPrices::input_image},
    {"output_cost_per_image_token", &TokenPatch::output_image, &TokenPrices::output_image},
};

// "input_cost_per_token_above_200k_tokens", taken apart.
struct Name {
  std::string_view field;
  std::int64_t tier = 0;
};

Name name_of(std::string_view text) {
  constexpr std::string_view kAbove = "_above_";
  constexpr std::string_view kEnd = "k_tokens";
  const std::size_t above = text.rfind(kAbove);
  if (above == std::string_view::npos || !text.ends_with(kEnd)) return {.field = text};
  std::string_view thousands = text.substr(above + kAbove.size());
  thousands.remove_suffix(kEnd.size());
  const auto tier = parse_int(thousands);
  if (!tier || *tier < 1 || *tier > 10'000) return {.field = text};
  return {.field = text.substr(0, above), .tier = *tier * 1'000};
}

const TokenField* find(std::string_view field) {
  const auto* found = std::ranges::find(kTokenFields, field, &TokenField::name);
  return found == std::end(kTokenFields) ? nullptr : found;
}

Result<std::int64_t> read(std::string_view dollars, int power, std::string_view most,
                          Rounding rounding) {
  const auto price = scaled(dollars, power);
  const std::int64_t bound = scaled(most, power).value_or(Scaled{}).value;
  if (!price || price->value > bound) {
    return gateway_error(ErrorCode::kConfigInvalid, "is " + std::string(dollars.substr(0, 40)) +
                                                        "; it must be dollars for one, from 0 to " +
                                                        std::string(most));
  }
  if (!price->exact && rounding == Rounding::kNone) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "is " + std::string(dollars.substr(0, 40)) +
                             ", which is finer than prices are kept: nano-dollars for a million "
                             "tokens, for one search nano-dollars");
  }
  return price->value;
}

}  // namespace

void each_price(const Price& price, const PriceVisit& visit) {
  for (const TokenField& field : kTokenFields) {
    visit(std::string(field.name), price.tokens.*field.whole);
  }
  if (price.long_above > 0) {
    const std::string above = "_above_" + std::to_string(price.long_above / 1'000) + "k_tokens";
    for (const TokenField& field : kTokenFields) {
      visit(std::string(field.name) + above, price.long_tokens.*field.whole);
    }
  }
}

bool is_price_field(std::string_view name) {
  return name == kSearch || find(name_of(name).field) != nullptr;
}

std::int64_t tier_of(std::string_view name) { return name_of(name).tier; }

std::string price_field_names() {
  std::string out;
  for (const TokenField& field : kTokenFields) out.append(field.name).append(", ");
  return out.append(kSearch).append(
      ", those of tokens also with _above_128k_tokens, _above_200k_tokens or _above_272k_tokens");
}

Result<void> set_price(PricePatch& patch, std::string_view name, std::string_view dollars,
                       Rounding rounding) {
  if (name == kSearch) {
    BF_TRY(patch.web_search, read(dollars, kSearchPower, kSearchDollarsMax, rounding));
    return {};
  }
  const auto [field, tier] = name_of(name);
  const TokenField* known = find(field);
  BF_ASSERT(known != nullptr);  // is_price_field
  if (tier > 0 && patch.long_above > 0 && tier != patch.long_above) {
    return gateway_error(ErrorCode::kConfigInvalid, "is a price above " + std::to_string(tier) +
                                                        " tokens, and another one is above " +
                                                        std::to_string(patch.long_above) +
                                                        "; a model has one such length");
  }
  TokenPatch& tokens = tier > 0 ? patch.long_tokens : patch.tokens;
  BF_TRY(tokens.*known->price, read(dollars, kTokenPower, kTokenDollarsMax, rounding));
  if (tier > 0) patch.long_above = tier;
  return {};
}

}  // namespace bifrost::catalog
