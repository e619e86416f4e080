#include "exchange/priority.h"

#include "base/strings.h"

namespace bifrost::exchange {

overload::Priority priority_of(const Operation& operation, const http::Headers& headers) {
  using overload::Priority;
  const bool lowered = iequals(headers.get("x-bf-priority"), "low");
  return lowered && operation.priority == Priority::kNormal ? Priority::kLow : operation.priority;
}

}  // namespace bifrost::exchange
