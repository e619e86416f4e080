// The price sheet that is fetched, for operators and metrics.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstddef>
#include <optional>
#include <string>

namespace bifrost::exchange {

// Thread-safe.
class PriceSheets {
 public:
  virtual ~PriceSheets() = default;

  struct State {
    std::optional<WallTime> fetched_at = std::nullopt;  // nothing: the program's own is in force
    std::size_t models = 0;                             // that the sheet has prices of
    std::size_t skipped = 0;  // that it has a price of which cannot be right
  };
  [[nodiscard]] virtual State state() const = 0;
  // Reads it again and waits for the outcome. Fails with kInvalidRequest when none is configured,
  // and with why the one before stays in force.
  virtual Result<State> sync() = 0;
};

}  // namespace bifrost::exchange
