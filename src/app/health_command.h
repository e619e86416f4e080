// `bifrost health`: asks the gateway of this machine how it is, for whoever starts it anew or waits
// for it: containers, systemd, scripts.
#pragma once

#include "base/result.h"
#include "config/environment.h"

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace bifrost::app {

// Where a gateway listens that was started with the same options, variables and file.
struct HealthOptions {
  std::string url;  // goes before all others
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  bool live = false;  // /livez in place of /health
  std::string patience = "2s";
};

inline constexpr std::chrono::minutes kHealthPatienceMax{1};

// A line that says what was asked and what came of it. 0: it is well; 1: it is not, or nobody
// answers; 2: what to ask cannot be told.
int ask_health(const HealthOptions& options, const std::string& config_path,
               const config::Environment& environment, std::ostream& out);

// What would be asked: the operators' port where the file has one, since callers cannot take all of
// its connections. A file with a mistake is no reason to call a gateway ill that runs on the one
// before, so that nothing but these settings is looked at. Port 0 is refused, but where there is an
// operators' port beside it.
[[nodiscard]] Result<std::string> health_url(const HealthOptions& options,
                                             const std::string& config_text);

}  // namespace bifrost::app
