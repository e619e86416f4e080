// Names to addresses, remembered.
//
// However many ask for a name, one question is under way. It ends when its last caller has left,
// unless it renews addresses that are known. An answer is used as long as its source allows, within
// bounds; that a name does not exist is remembered too, and a failure for a moment. While the
// source is away, old addresses go on to be used, for an hour at most.
//
// A question is no Flight (flight.h): it knows its callers, since the last one to leave ends it,
// and they are bounded.
//
// One per worker, belongs to one loop's thread. Names, questions and callers are bounded.
#pragma once

#include "base/result.h"
#include "net/address.h"
#include "net/call_scope.h"
#include "net/name_source.h"
#include "net/task.h"
#include "net/task_group.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace bifrost::net {

// Is told what a resolver does, for the metrics.
class ResolverObserver {
 public:
  virtual ~ResolverObserver() = default;
  virtual void looked_up(NameAnswer::Outcome /*outcome*/, std::chrono::nanoseconds /*took*/) {}
  virtual void served_stale() {}  // to one caller
};

class Resolver {
 public:
  // How long answers are used, whatever their source says.
  static constexpr std::chrono::seconds kFreshMin{1};
  static constexpr std::chrono::hours kFreshMax{1};
  static constexpr std::chrono::seconds kAbsentMin{1};
  static constexpr std::chrono::seconds kAbsentMax{60};
  static constexpr std::chrono::seconds kAbsentDefault{5};  // the source did not say
  // After a failure nobody is asked for so long: without old addresses, and with them.
  static constexpr std::chrono::seconds kFailureKept{1};
  static constexpr std::chrono::seconds kStaleRecheck{10};
  // Longer than most outages, and short enough that an address of a private network has not become
  // somebody else's.
  static constexpr std::chrono::hours kStaleMax{1};
  // What a question gets before old addresses are used (RFC 8767 has 1.8 s).
  static constexpr std::chrono::milliseconds kStalePatience{300};

  static constexpr std::size_t kNamesMax = 1024;
  static constexpr std::size_t kLookUpsMax = 256;   // at once
  static constexpr std::size_t kCallersMax = 4096;  // that wait for one name

  // All of them outlive the resolver.
  Resolver(Loop& loop, NameSource& source, ResolverObserver& observer);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // At least one address, the best first. Literals are answered at once and never asked for. Fails
  // with kUpstreamConnect, with kBusy where this machine has nothing left to ask with, and with
  // whatever interrupts the scope.
  Task<Result<std::vector<Address>>> resolve(CallScope& scope, std::string host,
                                             std::uint16_t port);

  // Ends what is under way; to be awaited before the resolver's end.
  Task<Result<void>> stop(CallScope& scope);

  [[nodiscard]] std::size_t names() const { return names_.size(); }

 private:
  struct Known {
    Result<std::vector<Address>> addresses;
    bool stale = false;
  };
  struct LookUp;
  struct Name {
    std::vector<Address> addresses;  // the last good ones; empty: none
    SteadyTime fresh_until{};
    std::optional<Error> failure;  // what the last question came to, if not to addresses
    SteadyTime failed_until{};
    std::shared_ptr<LookUp> look_up;  // null: none is under way
    SteadyTime used{};
  };
  class Caller;
  class Running;

  Name& name_of(const std::string& key);
  void evict();
  [[nodiscard]] bool stale_is_usable(const Name& name) const;
  [[nodiscard]] std::optional<Known> known(const Name& name) const;
  Result<std::shared_ptr<LookUp>> join(const std::string& key, Name& name);
  Task<Result<std::vector<Address>>> wait(CallScope& scope, std::string key,
                                          std::shared_ptr<LookUp> look_up);
  Task<void> run(CallScope& scope, std::string key, std::shared_ptr<LookUp> look_up);
  void settle(const std::string& key, Name& name, NameAnswer answer) const;
  void leave(const std::string& key, LookUp& look_up);
  void end(const std::string& key, LookUp& look_up);
  Result<std::vector<Address>> told(const Known& known);

  Loop& loop_;
  NameSource& source_;
  ResolverObserver& observer_;
  std::unordered_map<std::string, Name> names_;
  TaskGroup tasks_;
};

}  // namespace bifrost::net
