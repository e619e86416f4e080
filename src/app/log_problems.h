// Why a configuration is refused, or the gateway does not start, in the log.
#pragma once

#include "base/error.h"

#include <string_view>

namespace bifrost::app {

// A line for each line of the message: a refused configuration has several problems.
void log_problems(std::string_view area, const Error& error);

}  // namespace bifrost::app
