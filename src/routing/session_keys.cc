#include "routing/session_keys.h"

namespace bifrost::routing {
namespace {

// A model may hold a line break; who makes two names meet in that way finds a key that it may use.
std::string name_of(const SessionKeys::Place& place) {
  std::string name;
  name.reserve(place.session.size() + place.provider.size() + place.model.size() + 2);
  name += place.provider;
  name += '\n';
  name += place.model;
  name += '\n';
  name += place.session;
  return name;
}

}  // namespace

std::string SessionKeys::find(const Place& place, SteadyTime now) {
  const std::string name = name_of(place);
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return {};
  if (found->second->until <= now) {
    drop(found);
    return {};
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->key_id;
}

std::string SessionKeys::peek(const Place& place, SteadyTime now) const {
  const std::string name = name_of(place);
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() || found->second->until <= now ? "" : found->second->key_id;
}

void SessionKeys::bind(const Place& place, std::string_view key_id, SteadyTime until) {
  std::string name = name_of(place);
  const std::lock_guard lock(mutex_);
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    found->second->key_id = key_id;
    found->second->until = until;
    entries_.splice(entries_.begin(), entries_, found->second);
    return;
  }
  if (by_name_.size() >= sessions_max_) drop(by_name_.find(entries_.back().name));
  Entries added;  // in both, or in none
  added.push_front({std::move(name), std::string(key_id), until});
  by_name_.emplace(added.front().name, added.begin());
  entries_.splice(entries_.begin(), added);
}

void SessionKeys::forget(const Place& place) {
  const std::string name = name_of(place);
  const std::lock_guard lock(mutex_);
  if (const auto found = by_name_.find(name); found != by_name_.end()) drop(found);
}

void SessionKeys::drop(ByName::iterator found) {
  const Entries::iterator entry = found->second;
  by_name_.erase(found);
  entries_.erase(entry);
}

}  // namespace bifrost::routing
