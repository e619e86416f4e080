// The limits of the process, by name. They outlive the configurations that speak of them, so that a
// reload forgets no use.
//
// Thread-safe. What no configuration speaks of any more is dropped once its window is over.
#pragma once

#include "base/clock.h"
#include "governance/limit.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace bifrost::governance {

class LimitBook {
 public:
  // The limit of this name and unit, on these terms from now on. Where it is new, `used` has been
  // used of it.
  [[nodiscard]] std::shared_ptr<Limit> limit(std::string_view name, const LimitTerms& terms,
                                             std::int64_t used, WallTime now);

  // Null: there is none of this name and unit.
  [[nodiscard]] std::shared_ptr<Limit> find(std::string_view name, Unit unit) const;

  // Drops what nobody has any more.
  void sweep(WallTime now);

  [[nodiscard]] std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Limit>, std::less<>> limits_;
};

}  // namespace bifrost::governance
