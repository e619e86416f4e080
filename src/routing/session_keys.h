// Which key a caller's session was served with, so that its next request finds the provider's
// prompt cache warm: caches belong to a key's account.
//
// One for the process, shared by all workers; thread-safe. Bounded: the session that nobody asked
// for longest leaves first. Other replicas have sessions of their own.
#pragma once

#include "base/clock.h"
#include "base/limits.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace bifrost::routing {

// What a caller calls one conversation; views into its request. Without an id there is none.
struct Session {
  std::string_view id = {};
  std::chrono::milliseconds ttl = std::chrono::hours(1);  // counted from the last use
};

class SessionKeys {
 public:
  // Caches are by model, so a session may have a key for each.
  struct Place {
    std::string_view session;
    std::string_view provider;
    std::string_view model;
  };

  explicit SessionKeys(std::size_t sessions_max = limits::kSessionsMax)
      : sessions_max_(sessions_max) {}

  // The id of the key; empty when there is none, or its time is over.
  [[nodiscard]] std::string find(const Place& place, SteadyTime now);
  // The same for who only looks: the place does not count as asked for.
  [[nodiscard]] std::string peek(const Place& place, SteadyTime now) const;
  void bind(const Place& place, std::string_view key_id, SteadyTime until);
  void forget(const Place& place);

 private:
  struct Entry {
    std::string name;
    std::string key_id;
    SteadyTime until;
  };
  using Entries = std::list<Entry>;
  using ByName = std::map<std::string_view, Entries::iterator, std::less<>>;

  void drop(ByName::iterator found);

  mutable std::mutex mutex_;
  std::size_t sessions_max_;
  Entries entries_;  // the one used last in front
  ByName by_name_;   // views into the entries
};

}  // namespace bifrost::routing
