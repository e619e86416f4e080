// /api/explain: what would happen to a request, and why.

#include "admin/explain_header.h"
#include "admin/resources.h"
#include "base/try.h"
#include "explain/asked_request.h"
#include "explain/write_json.h"

#include <utility>

namespace bifrost::admin {

std::string explanation(const explain::World& world, explain::AskedRequest asked) {
  Random random = Random::from_entropy();
  return explain::to_json(explain::explain(world, std::move(asked), random));
}

Result<Answer> explain_request(const Call& call) {
  BF_TRY(explain::AskedRequest asked, explain::read_asked_request(call.body));
  return Answer{.body = explanation(call.world, std::move(asked))};
}

}  // namespace bifrost::admin
