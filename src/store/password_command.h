// A password that a program prints, as those of clouds do that give tokens of a quarter of an hour.
//
// The program is started as it is named, without a shell, so that nothing in its arguments means
// more than it says. What it prints is the password, without the end of the line; it goes nowhere
// else, and what it writes as errors goes nowhere at all, since that may name it.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/settings.h"

#include <optional>
#include <string>

namespace bifrost::store {

// Waits until it has ended, for `timeout` at most; it is killed then, with what it has started.
// Fails with kStoreUnavailable.
Result<std::string> run_password_command(const PasswordCommand& command, const Clock& clock);

// The password of one connection: given, or printed, and then good for `cache_ttl`.
class Password {
 public:
  explicit Password(std::string given) : text_(std::move(given)) {}
  // `clock` outlives it.
  Password(PasswordCommand command, const Clock& clock)
      : command_(std::move(command)), clock_(&clock) {}

  Result<std::string> get();
  // The last one was refused: was it an old one, so that another may be good?
  bool renew();

 private:
  std::string text_;
  std::optional<PasswordCommand> command_;
  const Clock* clock_ = nullptr;
  std::optional<SteadyTime> printed_at_;
  bool is_old_ = false;  // what was given last had been printed before
};

}  // namespace bifrost::store
