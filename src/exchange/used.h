// What a request has used so far, whoever says so.
#pragma once

#include "exchange/exchange.h"
#include "governance/amount.h"
#include "llm/usage.h"

#include <cstdint>

namespace bifrost::exchange {

struct Used {
  bool anything = false;   // what a provider refused or could not do has used nothing
  bool estimated = false;  // the provider has not told all of it
  llm::Usage usage = {};
  const catalog::Price* price = nullptr;  // null: not known; as long as the call
  std::int64_t nano_dollars = 0;

  // As limits count it.
  [[nodiscard]] governance::Amount amount() const;
};

[[nodiscard]] Used used_by(const Exchange& exchange);

}  // namespace bifrost::exchange
