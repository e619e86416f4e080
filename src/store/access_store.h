// Who has signed in to the management API, and what was done through it.
//
// Thread-safe; callers wait for the database, one after the other. The schema is that of this
// program: see migrate.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/audit_record.h"
#include "store/sql.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::store {

struct AdminSession {
  std::string digest;   // of its token, which stands nowhere
  std::string account;  // that it was begun for: another name or password ends it
  WallTime created_at = {};
  WallTime expires_at = {};
};

struct AuditQuestion {
  WallTime from = {};
  WallTime to = WallTime::max();  // the first one that is out
  std::string actor = {};         // empty: whoever; so are the others
  std::string action = {};
  std::string outcome = {};
  std::string search = {};  // in the path or the targets
  bool newest_first = true;
  std::int64_t limit = 1;
  std::int64_t offset = 0;
};

class AccessStore {
 public:
  static constexpr std::int64_t kSessionsMax = 1000;

  // `beside_configuration`: in the database that has the configuration, so that a change and its
  // record are stored together.
  AccessStore(std::unique_ptr<sql::Connection> connection, bool beside_configuration)
      : connection_(std::move(connection)), beside_configuration_(beside_configuration) {}
  [[nodiscard]] bool beside_configuration() const { return beside_configuration_; }

  // Beyond kSessionsMax the oldest one ends; so do those that have expired.
  Result<void> add_session(const AdminSession& session);
  Result<std::optional<AdminSession>> find_session(std::string_view digest);
  // Was there one?
  Result<bool> drop_session(std::string_view digest);

  // See append_trail.
  Result<void> append(AuditTrail& trail);
  // The oldest first, a bounded number of them at a time.
  Result<void> drop_audit_before(WallTime keep_from);
  Result<std::vector<AuditRecord>> audit(const AuditQuestion& question);
  Result<std::int64_t> count_audit(const AuditQuestion& question);
  Result<std::optional<AuditRecord>> audit_record(std::int64_t id);
  // The different values of these columns, a bounded number of each.
  Result<std::vector<std::string>> audit_values(std::string_view column);

 private:
  std::mutex mutex_;  // of the connection
  std::unique_ptr<sql::Connection> connection_;
  const bool beside_configuration_;
};

}  // namespace bifrost::store
