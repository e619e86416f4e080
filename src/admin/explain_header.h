// The header `x-bf-explain: true` of a caller's request: it is not carried out, and its answer is
// what `POST /api/explain` says of it. For operators alone. Who may not ask is refused, so that
// nobody pays for an answer that he did not want.
#pragma once

#include "base/result.h"
#include "exchange/exchange.h"
#include "exchange/worker_kit.h"
#include "explain/explain.h"
#include "net/task.h"

#include <string>

namespace bifrost::admin {

// Does the request, which has a surface, ask that? Fails with kInvalidRequest where it cannot be
// told whether it does, and where it is for operators itself.
[[nodiscard]] Result<bool> asks_to_explain(const exchange::Exchange& exchange);

// Answers it so. Fails with kPermissionDenied for who does not show that he is an operator, else as
// find_operator (admit.h) and reading the body do.
net::Task<Result<void>> explain_instead(exchange::WorkerKit& kit, exchange::Exchange& exchange,
                                        bool on_loopback);

// As the API says it (explain.cc).
[[nodiscard]] std::string explanation(const explain::World& world, explain::AskedRequest asked);

}  // namespace bifrost::admin
