// /api/explain: what would happen to a request, and why.

#include "admin/resources.h"
#include "base/try.h"
#include "explain/asked_request.h"
#include "explain/write_json.h"

#include <utility>

namespace bifrost::admin {

Result<Answer> explain_request(const Call& call) {
  BF_TRY(explain::AskedRequest asked, explain::read_asked_request(call.body));
  Random random = Random::from_entropy();
  return Answer{.body = explain::to_json(explain::explain(call.world, std::move(asked), random))};
}

}  // namespace bifrost::admin
