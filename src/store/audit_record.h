// Who did what through the management API, as a row.
//
// Records are numbered without gaps, so that one which somebody took out of the database is missed,
// and are signed where there is a key, so that one which was changed is found.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/sql.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::store {

// What a change did to an entry of the configuration.
struct AuditTarget {
  std::string kind;  // "virtual_key"
  std::string id;
  std::string change;  // "created", "updated", "deleted"
};

struct AuditRecord {
  std::int64_t id = 0;
  WallTime at = {};  // to the millisecond
  std::string request_id = {};
  std::string actor = {};       // the administrator's or an API key's name; empty: unknown
  std::string actor_kind = {};  // "administrator", "api_key", "this_machine", "nobody"
  std::string action = {};      // "create", "update", "delete", "authenticate"
  std::string outcome = {};     // "success", "failure"
  std::int64_t status = 0;
  std::string error = {};  // its name, where it failed
  std::string method = {};
  std::string path = {};
  std::vector<AuditTarget> targets = {};
  std::string address = {};  // of the caller's network
  std::string user_agent = {};
  std::int64_t duration_ms = 0;
  std::string mac = {};  // HMAC-SHA256 of all the rest, in hexadecimal; empty: not signed
};

// What becomes the record of a change, with what it is signed with.
struct AuditTrail {
  AuditRecord record;
  std::string hmac_key;
  bool with_change = false;  // it is to be stored together with the change
  bool each_apart = false;   // a record for each of its targets, rather than one of all
  bool stored = false;       // it was
};

[[nodiscard]] std::string audit_mac(const AuditRecord& record, std::string_view hmac_key);

// The next one; gives it its number, and signs it unless the key is empty. In a transaction of the
// one who asks.
Result<void> append_audit(sql::Connection& connection, AuditRecord& record,
                          std::string_view hmac_key);

// The trail's record, or one for each of its targets. In a transaction of the one who asks.
Result<void> append_trail(sql::Connection& connection, AuditTrail& trail);

// The columns that audit_of reads, in its order.
inline constexpr std::string_view kAuditColumns =
    "id, at, request_id, actor, actor_kind, action, outcome, status, error, method, path, targets, "
    "address, user_agent, duration_ms, mac";
[[nodiscard]] AuditRecord audit_of(const sql::Row& row);

}  // namespace bifrost::store
