// `bifrost ledger verify`: are the counters of limits what the rows of usage say?
#pragma once

#include "store/settings.h"

#include <iosfwd>
#include <string>

namespace bifrost::app {

// Says what it finds; the exit status: 0 when all adds up, 1 when something does not, or nothing
// could be read.
int verify_ledger(const store::StoreSettings& settings, const std::string& app_dir,
                  std::ostream& out);

}  // namespace bifrost::app
