// The desk as one call sees it: settings and what is known of their entries are those of one
// moment, that of the call's last change, or of its first look.
//
// Others change the configuration while a call is answered. Without this its body could say what
// came before such a change, and its ETag what came after.
#pragma once

#include "exchange/desk.h"

#include <optional>
#include <string_view>

namespace bifrost::admin {

class DeskView {
 public:
  explicit DeskView(exchange::Desk& desk) : desk_(desk) {}

  [[nodiscard]] exchange::Desk::Settings settings() const { return state().settings; }
  [[nodiscard]] std::optional<exchange::EntryVersions::Entry> entry(std::string_view kind,
                                                                    std::string_view id) const {
    return state().versions->find(kind, id);
  }
  [[nodiscard]] const exchange::EntryVersions& versions() const { return *state().versions; }
  [[nodiscard]] exchange::Desk::Settings settings_at_start() const {
    return desk_.settings_at_start();
  }
  [[nodiscard]] const config::Environment& environment() const { return desk_.environment(); }
  [[nodiscard]] exchange::Desk::StoreState store_state() const { return desk_.store_state(); }

  // As Desk::change.
  Result<exchange::Desk::Settings> change(const exchange::Desk::Edit& edit,
                                          const exchange::Desk::Terms& terms) {
    auto changed = desk_.change(edit, terms);
    if (!changed) return std::move(changed).error();
    state_ = *std::move(changed);
    return state_->settings;
  }

 private:
  const exchange::Desk::State& state() const {
    if (!state_) state_ = desk_.state();
    return *state_;
  }

  exchange::Desk& desk_;
  mutable std::optional<exchange::Desk::State> state_;
};

}  // namespace bifrost::admin
