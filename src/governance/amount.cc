#include "governance/amount.h"

#include <fmt/format.h>

namespace bifrost::governance {

std::string dollars_text(std::int64_t nano_dollars, std::size_t decimals) {
  constexpr std::int64_t kDollar = 1'000'000'000;
  std::string text = fmt::format("{}.{:09}", nano_dollars / kDollar, nano_dollars % kDollar);
  const std::size_t shortest = text.find('.') + 1 + decimals;
  while (text.size() > shortest && text.ends_with('0')) text.pop_back();
  return text;
}

}  // namespace bifrost::governance
