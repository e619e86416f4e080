#include "routing/session_keys.h"

namespace bifrost::routing {
namespace {

// A line break stands in none of the parts: they come from headers, settings and requests' models,
// and one session that took another's key would only miss a cache.
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
  const Entries::iterator entry = found->second;
  if (entry->until <= now) {
    by_name_.erase(found);
    entries_.erase(entry);
    return {};
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->key_id;
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
  if (by_name_.size() >= sessions_max_) {
    by_name_.erase(entries_.back().name);
    entries_.pop_back();
  }
  entries_.push_front({std::move(name), std::string(key_id), until});
  by_name_.emplace(entries_.front().name, entries_.begin());
}

void SessionKeys::forget(const Place& place) {
  const std::string name = name_of(place);
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  const Entries::iterator entry = found->second;
  by_name_.erase(found);
  entries_.erase(entry);
}

}  // namespace bifrost::routing
