// What makes whoever knows it the first administrator: `setup_token`, or BIFROST_SETUP_TOKEN.
#pragma once

#include "app/config.h"
#include "config/environment.h"

#include <string>

namespace bifrost::app {

// Empty: there is none.
[[nodiscard]] std::string setup_token_of(const Config& config,
                                         const config::Environment& environment);
// What is wrong with it; empty: nothing. Strangers may try it, so it must be no word that somebody
// has thought of.
[[nodiscard]] std::string setup_token_problem(const Config& config,
                                              const config::Environment& environment);

}  // namespace bifrost::app
