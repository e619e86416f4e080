// Which key of a provider the next attempt uses.
//
// One picker for one request at one provider. It remembers the keys that this request has tried, so
// that a rate limit moves on to the next key and a refused key is not shown again. Not thread-safe.
//
//   BF_TRY(auto picker, KeyPicker::make(*target.endpoint, target.model, constraints));
//   BF_TRY(auto picked, picker.pick(random));
//   ... the attempt fails with 429 ...
//   picker.set_aside();
//   BF_TRY(picked, picker.pick(random));
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "provider/endpoint.h"
#include "routing/constraints.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::routing {

// May a key be used for a request, and if not, why?
enum class KeyStanding : std::uint8_t {
  kUsable,
  kDisabled,
  kNotPinned,   // another one is named, by the caller or by a rule
  kNotGranted,  // to this credential
  kDenied,      // its blacklisted_models have the model
  kNotListed,   // its models do not
};
[[nodiscard]] KeyStanding standing_of(const provider::Key& key, const provider::Endpoint& endpoint,
                                      std::string_view model, const Constraints& constraints);

// The provider has no key of that id or name that is enabled.
[[nodiscard]] Error no_such_key(const provider::Endpoint& endpoint, const KeyPin& pin);

struct PickedKey {
  const provider::Key* key = nullptr;  // null: the provider needs none
  std::string model;                   // as the provider knows it: behind aliases
};

class KeyPicker {
 public:
  // Fails with kInvalidRequest when there is no key to pin, with kPermissionDenied when the caller
  // may have none, with kModelBlocked when a deny-list refuses the model, with kModelNotFound when
  // no enabled key may use it, and with kCredentialsExhausted when the provider has no key at all.
  // `endpoint` outlives the picker.
  static Result<KeyPicker> make(const provider::Endpoint& endpoint, std::string_view model,
                                const Constraints& constraints = {});

  // Begins with this key when the request may use it; of another id, or none, it knows nothing.
  void hold(std::string_view key_id);

  // The same key again until it is set aside or buried. Then it draws one by weight among those
  // not tried yet; when all were tried, among all that live.
  // Keys of weight 0 are drawn only when no other lives. Fails with kCredentialsExhausted when none
  // does.
  Result<PickedKey> pick(Random& random);

  // The key that was picked last is limited: others go first.
  void set_aside();
  // It was refused: this request never shows it again.
  void bury();

  // Is there a key that this request has not tried?
  [[nodiscard]] bool has_fresh_key() const;
  // Could a draw give another key than the one that was picked last?
  [[nodiscard]] bool has_other_key() const;
  // The likelihood that it is picked next, in [0, 1].
  [[nodiscard]] double chance(const provider::Key& key) const;
  // How many keys may be used for this request.
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  enum class State : std::uint8_t { kFresh, kTried, kDead };  // from the best to the worst
  struct Entry {
    const provider::Key* key = nullptr;
    std::string model;
    State state = State::kFresh;
  };

  explicit KeyPicker(const provider::Endpoint& endpoint) : endpoint_(&endpoint) {}
  // What the next draw is among.
  struct Pool {
    State worst = State::kFresh;
    double weight = 0;  // of all of them
    double count = 0;
  };
  [[nodiscard]] Pool pool() const;
  [[nodiscard]] bool is_in(const Pool& pool, const Entry& entry) const {
    return entry.state <= pool.worst && !outweighed(entry);
  }
  [[nodiscard]] double weight(std::size_t index) const;
  [[nodiscard]] bool outweighed(const Entry& entry) const;

  const provider::Endpoint* endpoint_;
  std::vector<Entry> entries_;  // the eligible keys; empty: the provider needs none
  std::string keyless_model_;
  std::size_t last_ = 0;
  bool picked_ = false;  // or held
};

}  // namespace bifrost::routing
