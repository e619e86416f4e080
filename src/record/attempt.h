// One call to one provider with one key. Views are good while a sink is told.
#pragma once

#include "base/error.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bifrost::record {

// What may keep a request from trying again.
enum class Budget : std::uint8_t {
  kAttempts,  // of the request
  kTime,      // of the request
  kKey,       // retries of the provider key
  kCaller,    // retries of the caller
};

[[nodiscard]] constexpr std::string_view name_of(Budget budget) {
  switch (budget) {
    case Budget::kAttempts:
      return "request_attempts";
    case Budget::kTime:
      return "request_time";
    case Budget::kKey:
      return "key";
    case Budget::kCaller:
      return "caller";
  }
  return {};
}

struct Attempt {
  // Did something of the gateway's own end it before the provider had a part in it?
  [[nodiscard]] bool is_ours() const {
    return error != nullptr && error->origin == Origin::kGateway && !answered;
  }

  std::string_view provider;
  std::string_view model;   // as the target names it, before any alias of the key
  std::string_view key_id;  // empty: no key was needed
  std::string_view key_name;
  bool key_is_configured = false;     // not the caller's own
  std::size_t fallback_index = 0;     // as the caller numbered them; 0: what was asked for
  std::int64_t retry = 0;             // 0: the first attempt at this target
  const Error* error = nullptr;       // null: it succeeded
  bool answered = false;              // the provider has, well or not
  bool rotated = false;               // another key follows because of this failure
  std::optional<Budget> denied = {};  // because of which no attempt follows, where one would
  std::chrono::nanoseconds queued{};  // waiting for a place
  std::chrono::nanoseconds taken{};   // from having a place to the outcome
};

}  // namespace bifrost::record
