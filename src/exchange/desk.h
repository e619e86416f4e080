// Where operators see the configuration that is in force and hand in changes of it.
//
// A change is checked by the rules of the file, stored, and put in force by all workers: whole or
// not at all. Thread-safe. Changes wait for the disk and for one another, so they are made beside
// the loops.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/environment.h"
#include "exchange/entry_versions.h"
#include "exchange/managed_settings.h"
#include "store/audit_record.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace bifrost::exchange {

class Desk {
 public:
  virtual ~Desk() = default;

  // Immutable: a later change is in the next one.
  using Settings = std::shared_ptr<const ManagedSettings>;
  // Of one moment.
  struct State {
    Settings settings;
    std::shared_ptr<const EntryVersions> versions;
  };
  [[nodiscard]] virtual State state() const = 0;

  // What the program began with: some settings count from the next start on.
  [[nodiscard]] virtual Settings settings_at_start() const = 0;
  // Where settings may refer to: the process's, without what the file uses for the gateway itself.
  [[nodiscard]] virtual const config::Environment& environment() const = 0;

  // Where changes are kept.
  struct StoreState {
    bool is_kept = false;  // beyond the process
    std::string trouble;   // why it cannot be reached; empty: it can, as far as is known
  };
  [[nodiscard]] virtual StoreState store_state() const = 0;

  // Edits a copy, once more on another one when somebody else has written meanwhile. An error
  // refuses the change.
  using Edit = std::function<Result<void>(ManagedSettings&)>;
  struct Terms {
    bool dry_run = false;  // everything but storing it and putting it in force
    // Only when this is what they say of themselves still; else kOutdated. Empty: in any case.
    std::string version = {};
    std::function<std::string(const State&)> version_of = {};
    // May whoever asks change this still, by what is in force by then?
    std::function<Result<void>(const ManagedSettings&)> check = {};
    // Gets what was changed, and is stored together with it. Null: nobody asks for a record.
    store::AuditTrail* trail = nullptr;
    // When it was handed in: how long it has waited for others. Nothing: not at all.
    std::optional<SteadyTime> asked = {};
  };
  // What is in force then, or would be. Fails with kInvalidRequest (what the file's rules say),
  // kConflict, kOutdated, kStoreUnavailable, and as `edit` does. However many wait for a store that
  // does not answer, they wait together, and for as long as one.
  virtual Result<State> change(const Edit& edit, const Terms& terms) = 0;
};

}  // namespace bifrost::exchange
