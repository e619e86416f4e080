// Another key for the secrets of a database: each is opened with the one that it has and sealed
// with the next, in one transaction.
//
// Gateways that run meanwhile go on with the old key, and can read nothing that was sealed anew.
#pragma once

#include "base/result.h"
#include "store/seal.h"
#include "store/sql.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace bifrost::store {

// A key that no database has yet.
struct NextSeal {
  Sealer sealer;
  std::string salt;
  bool made = false;  // its passphrase is the gateway's own

  static Result<NextSeal> from(const Passphrase& passphrase);
};

// Hashes of the file's entries (config_store.h) hang on the key too: what each becomes, by kind
// and id. Those that are not there stay.
using NextHashes = std::map<std::pair<std::string, std::string>, std::string>;

// How many secrets there were. What does not open with `current` stays as it is.
Result<std::size_t> reseal(sql::Connection& connection, const Sealer& current, const NextSeal& next,
                           const NextHashes& hashes);

}  // namespace bifrost::store
