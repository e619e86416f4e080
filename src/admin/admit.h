// Lets operators in, and nobody else: whoever sends a request for what is theirs has to be the
// administrator, a program with an API key, or on this machine (governance/operators.h).
#pragma once

#include "base/result.h"
#include "exchange/exchange.h"
#include "exchange/worker_kit.h"
#include "net/task.h"

namespace bifrost::admin {

// Who asks, from the head alone, before a stranger costs memory for a body, whatever he asks for;
// it becomes the `admitted_operator`. Work and the database are waited for beside the loop. Fails
// with kUnauthenticated, kPermissionDenied, kRateLimited (too many wrong ones), and as the database
// does.
net::Task<Result<void>> find_operator(exchange::WorkerKit& kit, exchange::Exchange& exchange,
                                      bool on_loopback);

// Is he one who may have what he asks for? The operation of `exchange` is a Route. Fails as that.
net::Task<Result<void>> admit(exchange::WorkerKit& kit, exchange::Exchange& exchange,
                              bool on_loopback);

}  // namespace bifrost::admin
