#include "routing/keys.h"

#include "base/assert.h"
#include "base/strings.h"
#include "routing/permit.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace bifrost::routing {
namespace {

// A refusal that concerns this provider only: a fallback may still answer.
Error refusal(ErrorCode code, std::string message, std::string param) {
  Error error = client_error(code, std::move(message), std::move(param));
  error.retry = Retry::kOtherTarget;
  return error;
}

Error exhausted(const provider::Endpoint& endpoint, std::string_view why) {
  return upstream_error(ErrorCode::kCredentialsExhausted, Retry::kOtherTarget,
                        "provider " + endpoint.name + ": " + std::string(why));
}

Error no_key_granted(const provider::Endpoint& endpoint) {
  return refusal(ErrorCode::kPermissionDenied,
                 "provider " + endpoint.name + ": none of its keys is allowed for this credential",
                 "model");
}

Error no_key_for_model(const provider::Endpoint& endpoint, std::string_view model, bool denied) {
  if (denied) {
    return refusal(ErrorCode::kModelBlocked,
                   "provider " + endpoint.name + ": blacklisted_models of its keys refuse model " +
                       quoted(model),
                   "model");
  }
  return refusal(
      ErrorCode::kModelNotFound,
      "provider " + endpoint.name + " has no enabled key whose models allow " + quoted(model),
      "model");
}

}  // namespace

Error no_such_key(const provider::Endpoint& endpoint, const KeyPin& pin) {
  const bool by_id = !pin.id.empty();
  const std::string_view wanted = by_id ? pin.id : pin.name;
  return refusal(ErrorCode::kInvalidRequest,
                 "provider " + endpoint.name + " has no enabled key with the " +
                     (by_id ? "id" : "name") + " " + quoted(wanted),
                 by_id ? "x-bf-api-key-id" : "x-bf-api-key");
}

KeyStanding standing_of(const provider::Key& key, const provider::Endpoint& endpoint,
                        std::string_view model, const Constraints& constraints) {
  if (!key.settings.enabled) return KeyStanding::kDisabled;
  if (!may_use({.pin = constraints.pin}, endpoint, key)) return KeyStanding::kNotPinned;
  if (!may_use(constraints, endpoint, key)) return KeyStanding::kNotGranted;
  const Permit permitted = permit(endpoint, key, model);
  if (allows(permitted)) return KeyStanding::kUsable;
  return permitted == Permit::kDenied ? KeyStanding::kDenied : KeyStanding::kNotListed;
}

Result<KeyPicker> KeyPicker::make(const provider::Endpoint& endpoint, std::string_view model,
                                  const Constraints& constraints) {
  KeyPicker picker(endpoint);
  if (endpoint.keyless) {
    picker.keyless_model_ = endpoint.wire_model(model);
    return picker;
  }
  if (endpoint.keys.empty()) return exhausted(endpoint, "no key has a value");

  bool enabled = false;
  bool found = false;
  bool denied = false;
  for (const provider::Key& key : endpoint.keys) {
    const KeyStanding standing = standing_of(key, endpoint, model, constraints);
    if (standing == KeyStanding::kDisabled) continue;
    enabled = true;
    if (standing == KeyStanding::kNotPinned || standing == KeyStanding::kNotGranted) continue;
    found = true;
    denied = denied || standing == KeyStanding::kDenied;
    if (standing != KeyStanding::kUsable) continue;
    picker.entries_.push_back({&key, endpoint.wire_model(behind_alias(endpoint, key, model))});
  }
  if (!found && constraints.pin.any()) return no_such_key(endpoint, constraints.pin);
  if (!found && enabled) return no_key_granted(endpoint);
  if (picker.entries_.empty()) return no_key_for_model(endpoint, model, denied);
  return picker;
}

double KeyPicker::weight(std::size_t index) const {
  constexpr double kWeightMax = 1e12;  // keeps the sum exact enough
  const double configured = entries_[index].key->settings.weight;
  return configured > 0 ? std::min(configured, kWeightMax) : 0;  // NaN is 0
}

// Weight 0 means "only when nothing else lives".
bool KeyPicker::outweighed(const Entry& entry) const {
  if (entry.key->settings.weight > 0) return false;
  return std::ranges::any_of(entries_, [](const Entry& other) {
    return other.state != State::kDead && other.key->settings.weight > 0;
  });
}

void KeyPicker::hold(std::string_view key_id) {
  if (key_id.empty()) return;
  const auto held =
      std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.key->id() == key_id; });
  if (held == entries_.end()) return;
  last_ = static_cast<std::size_t>(held - entries_.begin());
  picked_ = true;
}

KeyPicker::Pool KeyPicker::pool() const {
  Pool pool;
  const bool any_fresh = std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.state == State::kFresh && !outweighed(entry);
  });
  pool.worst = any_fresh ? State::kFresh : State::kTried;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!is_in(pool, entries_[i])) continue;
    pool.weight += weight(i);
    ++pool.count;
  }
  return pool;
}

double KeyPicker::chance(const provider::Key& key) const {
  const auto found = std::ranges::find(entries_, &key, &Entry::key);
  if (found == entries_.end()) return 0;
  const auto index = static_cast<std::size_t>(found - entries_.begin());
  if (picked_ && entries_[last_].state == State::kFresh) return index == last_ ? 1 : 0;
  const Pool pool = this->pool();
  if (!is_in(pool, *found)) return 0;
  return pool.weight > 0 ? weight(index) / pool.weight : 1 / pool.count;
}

Result<PickedKey> KeyPicker::pick(Random& random) {
  if (entries_.empty()) return PickedKey{nullptr, keyless_model_};
  if (picked_ && entries_[last_].state == State::kFresh) {
    return PickedKey{entries_[last_].key, entries_[last_].model};
  }
  const Pool pool = this->pool();
  if (pool.count == 0) return exhausted(*endpoint_, "every key that may use the model was refused");

  double left = random.unit() * (pool.weight > 0 ? pool.weight : pool.count);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!is_in(pool, entries_[i])) continue;
    last_ = i;  // the last of them too: rounding may leave a little over
    left -= pool.weight > 0 ? weight(i) : 1.0;  // all weigh nothing: each as much as the others
    if (left < 0) break;
  }
  // Everybody was tried and one is drawn again: a new round begins.
  if (entries_[last_].state == State::kTried) {
    for (Entry& entry : entries_) {
      if (entry.state == State::kTried) entry.state = State::kFresh;
    }
  }
  picked_ = true;
  return PickedKey{entries_[last_].key, entries_[last_].model};
}

void KeyPicker::set_aside() {
  if (picked_ && entries_[last_].state == State::kFresh) entries_[last_].state = State::kTried;
}

void KeyPicker::bury() {
  if (picked_) entries_[last_].state = State::kDead;
}

bool KeyPicker::has_fresh_key() const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    const bool current = picked_ && i == last_;
    if (!current && entry.state == State::kFresh && !outweighed(entry)) return true;
  }
  return false;
}

bool KeyPicker::has_other_key() const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (picked_ && i == last_) continue;
    if (entries_[i].state != State::kDead && !outweighed(entries_[i])) return true;
  }
  return false;
}

}  // namespace bifrost::routing
