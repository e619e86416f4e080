// The Messages API: the wire format of Claude and of the servers that imitate it.
#pragma once

#include "dialect/dialect.h"

namespace bifrost::dialect::anthropic {

const Dialect& dialect();

}  // namespace bifrost::dialect::anthropic
