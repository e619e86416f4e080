// `bifrost db status|migrate|backup|rekey`: the database of `config_store`, looked after from the
// command line. Each prints what it did, and gives the exit status.
#pragma once

#include "app/setup.h"
#include "base/clock.h"

#include <iosfwd>
#include <string>

namespace bifrost::app {

// Which database it is.
struct DbPlace {
  const Setup& setup;
  std::string app_dir;
  const config::Environment& environment;
};

// What the database is, where its schema stands and what it has. 0: it is as this program needs it.
int db_status(const DbPlace& place, std::ostream& out);
// Takes the steps of the schema that are missing.
int db_migrate(const DbPlace& place, WallTime now, std::ostream& out);
// A copy of an SQLite database, while gateways go on, to a file that must not be there.
int db_backup(const DbPlace& place, const std::string& to, std::ostream& out);
// Seals every secret anew, with the key in BIFROST_NEW_ENCRYPTION_KEY. No gateway may run.
int db_rekey(const DbPlace& place, WallTime now, std::ostream& out);

}  // namespace bifrost::app
