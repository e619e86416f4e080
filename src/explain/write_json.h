// An explanation for programs.
#pragma once

#include "explain/explanation.h"

#include <string>

namespace bifrost::explain {

[[nodiscard]] std::string to_json(const Explanation& explanation);

}  // namespace bifrost::explain
