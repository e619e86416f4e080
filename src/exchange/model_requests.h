// Requests of one kind to models, for whoever does not run them but wants to know what would be.
#pragma once

#include "base/result.h"
#include "dialect/request.h"
#include "exchange/call.h"
#include "exchange/request_view.h"
#include "json/scan.h"
#include "overload/byte_budget.h"

#include <memory>

namespace bifrost::exchange {

struct ModelRequests {
  // What is read before the request is planned. Fails as the request itself would until then.
  Result<dialect::RequestFacts> (*peek)(const RequestView& request,
                                        const dialect::RequestInput& input, json::Scanner& scanner);
  // As it would be run. `input` and `facts` outlive it. What it decodes is on `memory`; null: it is
  // not counted.
  Result<std::unique_ptr<Call>> (*make_call)(const RequestView& request,
                                             const dialect::RequestInput& input,
                                             const dialect::RequestFacts& facts,
                                             overload::ByteBudget* memory);
};

}  // namespace bifrost::exchange
