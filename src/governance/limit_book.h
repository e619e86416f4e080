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
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::governance {

class LimitBook {
 public:
  // The limit of this name and unit, on these terms from now on. Where it is new, `used` has been
  // used of it.
  [[nodiscard]] std::shared_ptr<Limit> limit(std::string_view name, const LimitTerms& terms,
                                             std::int64_t used, WallTime now);

  // Null: there is none of this name and unit.
  [[nodiscard]] std::shared_ptr<Limit> find(std::string_view name, Unit unit) const;

  // What a run before has used of a limit, for when it is asked for first; the latest window
  // counts.
  void keep(std::string id, const Limit::Kept& kept);

  // A limit of which more was used when it was asked for first than anybody has written down.
  struct Opening {
    std::string id;
    Limit::Kept kept;
  };
  // Those since the last call.
  [[nodiscard]] std::vector<Opening> take_openings();

  // Drops what nobody has any more.
  void sweep(WallTime now);

  [[nodiscard]] std::size_t size() const;

 private:
  std::shared_ptr<Limit> made(std::string id, const LimitTerms& terms, std::int64_t used,
                              WallTime now);

  mutable std::mutex mutex_;
  std::map<std::string, Limit::Kept, std::less<>> kept_;
  std::vector<Opening> openings_;
  std::map<std::string, std::shared_ptr<Limit>, std::less<>> limits_;
};

}  // namespace bifrost::governance
