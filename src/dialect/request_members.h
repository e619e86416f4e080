// The members of a request's body, for every dialect's `peek`.
//
// Stricter than JSON: a name that stands twice or is written with escapes is refused. The gateway
// would choose by one of the two and the provider might obey the other.
#pragma once

#include "dialect/request.h"

namespace bifrost::dialect {

// Views into the body, valid until the scanner's next use. Fails with kInvalidRequest.
Result<const std::vector<json::Member>*> request_members(const RequestInput& input,
                                                         json::Scanner& scanner);

}  // namespace bifrost::dialect
