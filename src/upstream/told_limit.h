// Names the setting behind a time-out, and the value that was in force.
//
// Deadlines carry a fixed text, since most of them never pass; who set which limit is added when an
// error has been made of it.
#pragma once

#include "base/error.h"
#include "provider/settings/network_settings.h"

#include <string_view>

namespace bifrost::upstream {

// Adds "(openai: network_config.… is 30s)" to the error of a time-out; leaves others as they are.
void tell_limit(Error& error, std::string_view provider, const provider::NetworkSettings& network);

}  // namespace bifrost::upstream
