// One page of the list of models.
//
// A page is told by the ids of the models around it, so nothing is kept between two requests, and
// any worker or replica of the same configuration can give the next one.
#pragma once

#include "base/result.h"
#include "dialect/family.h"

#include <vector>

namespace bifrost::operation {

// Its `next` is the id at which the next request goes on: the last one of the page, or the first
// one for a caller that goes backwards. Fails with kInvalidRequest where the list has no model of
// the id that is given.
[[nodiscard]] Result<dialect::ModelPage> page_of(std::vector<dialect::ModelRow> rows,
                                                 const dialect::ModelQuery& query);

}  // namespace bifrost::operation
