// What the file says and what the store has, made into one configuration (stored_config.h).
#pragma once

#include "app/stored_config.h"
#include "app/stored_entry.h"
#include "base/result.h"
#include "exchange/managed_settings.h"
#include "store/config_store.h"

#include <string_view>
#include <vector>

namespace bifrost::app {

enum class Counts : std::uint8_t {
  kFile,   // what the file says anew is taken in
  kStore,  // the store counts, whatever the file says
};

struct Intake {
  Counts counts = Counts::kFile;
  Ruled ruled = {};

  [[nodiscard]] bool rules(std::string_view kind) const {
    return counts == Counts::kFile && ruled && ruled->contains(kind);
  }
  // Does what the file does not have stay, whoever made it?
  [[nodiscard]] bool leaves(std::string_view kind) const {
    return counts == Counts::kStore || (ruled && !ruled->contains(kind));
  }
};

// `settings` is what the file says, and then what both say; the changes are what the store has to
// be told of it. Fails with kConfigInvalid.
[[nodiscard]] Result<std::vector<store::Change>> merge_into(exchange::ManagedSettings& settings,
                                                            const StoredRows& rows,
                                                            const Reading& reading,
                                                            const Intake& intake);

}  // namespace bifrost::app
