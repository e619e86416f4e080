// `bifrost config diff|export`: what the file says and what the database of `config_store` has.
// Each prints, and gives the exit status. Neither writes or makes anything beside what it is asked
// for.
#pragma once

#include "app/setup.h"

#include <iosfwd>
#include <string>

namespace bifrost::app {

struct ConfigPlace {
  Setup setup;  // of the file
  std::string app_dir;
  const config::Environment& environment;
};

// Entry by entry, who says what, and what counts. 0: file and database say the same.
int config_diff(const ConfigPlace& place, std::ostream& out);

// What is in force, as a config.json that loads to the same. With secrets it goes into a file that
// only its owner may read, and that must not be there; without them they are "<redacted>".
struct ExportOptions {
  std::string to;  // empty: `out`
  bool with_secrets = false;
};
// What is left out of it, or keeps it from being written, is said on `errors`; then the status
// is 1.
int config_export(const ConfigPlace& place, const ExportOptions& options, std::ostream& out,
                  std::ostream& errors);

}  // namespace bifrost::app
