// The keys for one target: from the provider's pool, or the caller's own. A session keeps its key
// from request to request, but not at a fallback, nor where the caller names the key.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "routing/keys.h"
#include "upstream/execute.h"

#include <cstddef>
#include <optional>

namespace bifrost::upstream {

class TargetKeys {
 public:
  // Both outlive it. Fails as routing::KeyPicker::make does.
  static Result<TargetKeys> make(const Job& job, const routing::Target& target, SteadyTime now);
  // The same for who only looks what would be.
  static Result<TargetKeys> look(const Job& job, const routing::Target& target, SteadyTime now);

  Result<routing::PickedKey> pick(Random& random);

  // The target has answered with this key, or it will not.
  void served(const provider::Key* key, SteadyTime now);
  void given_up();

  // Takes the outcome of the last one into account.
  void failed(Retry retry);

  // That the caller brought; null: the provider's are drawn.
  [[nodiscard]] const provider::Key* callers_own() const { return direct_; }
  [[nodiscard]] std::size_t size() const { return picker_ ? picker_->size() : 1; }
  [[nodiscard]] bool has_fresh_key() const { return picker_ && picker_->has_fresh_key(); }
  [[nodiscard]] bool has_other_key() const { return picker_ && picker_->has_other_key(); }
  // That it is picked next, in [0, 1].
  [[nodiscard]] double chance(const provider::Key& key) const {
    return picker_ ? picker_->chance(key) : 0;
  }

 private:
  TargetKeys() = default;
  static Result<TargetKeys> from_pool(const Job& job, const routing::Target& target);
  [[nodiscard]] bool in_session() const;
  [[nodiscard]] routing::SessionKeys::Place place() const;

  friend class bifrost::Result<TargetKeys>;
  const Job* job_ = nullptr;
  const routing::Target* target_ = nullptr;
  const provider::Key* direct_ = nullptr;
  std::optional<routing::KeyPicker> picker_;
};

// What a target's keys are held to: the caller's constraints, with the pin of a rule before his
// own.
[[nodiscard]] routing::Constraints constraints_at(const routing::Constraints& caller,
                                                  const routing::Target& target);

}  // namespace bifrost::upstream
