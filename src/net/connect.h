// A connection to the first of several addresses that takes one (happy eyeballs, RFC 8305).
#pragma once

#include "base/result.h"
#include "net/address.h"
#include "net/call_scope.h"
#include "net/stream.h"
#include "net/task.h"

#include <chrono>
#include <memory>
#include <span>
#include <vector>

namespace bifrost::net {

// RFC 8305, section 5: what an attempt gets before the next one begins beside it.
constexpr std::chrono::milliseconds kAttemptDelay{250};

// The families in turn, beginning with that of the first address; within a family the order stays.
std::vector<Address> interleaved(std::span<const Address> addresses);

// Tries the addresses in their order: the next one when `delay` has passed or an attempt has
// failed. The first connection wins; the others are closed before this returns. Fails like
// Stream::connect, with what the last attempt said, or with what interrupted the scope.
// `addresses` has at least one and outlives the wait.
Task<Result<std::unique_ptr<Stream>>> connect_first(CallScope& scope,
                                                    std::span<const Address> addresses,
                                                    std::chrono::nanoseconds delay = kAttemptDelay);

}  // namespace bifrost::net
