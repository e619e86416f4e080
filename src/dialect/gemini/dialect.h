// Google's generateContent and streamGenerateContent. The only header of this folder that others
// include.
#pragma once

#include "dialect/dialect.h"

namespace bifrost::dialect::gemini {

const Dialect& dialect();

}  // namespace bifrost::dialect::gemini
