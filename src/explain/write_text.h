// An explanation for people.
#pragma once

#include "explain/explanation.h"

#include <string>

namespace bifrost::explain {

[[nodiscard]] std::string to_text(const Explanation& explanation);

}  // namespace bifrost::explain
