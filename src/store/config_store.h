// What is configured, as rows: an entry of one of config.json's lists each.
//
// A row holds the entry as JSON, in the file's own shape, so that a new kind of entry needs no new
// table. It remembers the hash of the file's entry that it came from, if it came from a file: an
// entry of the file that is unchanged since leaves the row alone, with what was edited in it.
//
// Every write raises the revision, one number for all rows, in the same transaction: whoever sees
// it raised reads again.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/audit_record.h"
#include "store/reseal.h"
#include "store/sql.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::store {

// In place of a hash: it came from a file, and what that said is not known any more. What the next
// file says of it is taken for the same.
inline constexpr std::string_view kHashLost = "lost";

struct Entity {
  std::string kind;       // "virtual_key"
  std::string id;         // unique in its kind
  std::string body;       // empty: deleted, although a file has it
  std::string file_hash;  // empty: it came from the API
  std::int64_t revision = 0;
  WallTime created_at = {};  // to the millisecond
  WallTime updated_at = {};
};

struct Contents {
  std::int64_t revision = 0;
  std::string seal;              // by which a wrong key is found: see opens_check
  std::vector<Entity> entities;  // by kind, then in the order in which they were made
};

// One row more, another one in its place, or one less.
struct Change {
  std::string kind;
  std::string id;
  std::optional<std::string> body = {};  // nothing: the row goes
  std::string file_hash = {};
};

// The step of the schema (migrations.h) from which its rows are read as they are.
inline constexpr std::int64_t kConfigurationSince = 1;

class ConfigStore {
 public:
  // The schema is that of this program: see migrate.
  explicit ConfigStore(std::unique_ptr<sql::Connection> connection)
      : connection_(std::move(connection)) {}

  Result<Contents> load();
  Result<std::int64_t> revision();
  // All of them or none; the revision after it. `seen` is the one that the changes were made for:
  // fails with kConflict when others have written since. `trail`, where it is not null, is stored
  // with them.
  Result<std::int64_t> apply(std::span<const Change> changes, std::int64_t seen, WallTime now,
                             AuditTrail* trail = nullptr);
  // See store/reseal.h.
  Result<std::size_t> reseal(const Sealer& current, const NextSeal& next,
                             const NextHashes& hashes) {
    return store::reseal(*connection_, current, next, hashes);
  }

 private:
  Result<void> apply(const Change& change, std::int64_t revision, std::int64_t now_ms);

  std::unique_ptr<sql::Connection> connection_;
};

}  // namespace bifrost::store
