// The version of this program, as the build names it.
#pragma once

#include <string_view>

#ifndef BIFROST_VERSION
#define BIFROST_VERSION "0.1.0"
#endif

namespace bifrost::app {

inline constexpr std::string_view kVersion = BIFROST_VERSION;

}  // namespace bifrost::app
