#include "store/config_store.h"

#include "base/timestamp.h"
#include "base/try.h"

#include <chrono>

namespace bifrost::store {
namespace {

WallTime time_of(std::int64_t milliseconds) {
  return WallTime(std::chrono::milliseconds(milliseconds));
}

Entity entity_of(const sql::Row& row) {
  return {.kind = row.text(0),
          .id = row.text(1),
          .body = row.text(2),
          .file_hash = row.text(3),
          .revision = row.integer(4),
          .created_at = time_of(row.integer(5)),
          .updated_at = time_of(row.integer(6))};
}

}  // namespace

// Without a transaction, which would want to write: where the revision is the same before and
// after, nobody has written meanwhile.
Result<Contents> ConfigStore::load() {
  constexpr int kTriesMax = 10;
  for (int i = 0; i < kTriesMax; ++i) {
    Contents contents;
    BF_TRY(contents.revision, revision());
    BF_TRY(
        const sql::Rows rows,
        connection_->execute("SELECT kind, id, body, file_hash, revision, created_at, updated_at "
                             "FROM config_entity ORDER BY kind, created_at, id"));
    BF_TRY(const sql::Rows seal, connection_->execute("SELECT sealed FROM config_seal"));
    if (!seal.empty()) contents.seal = seal.front().text(0);
    BF_TRY(const std::int64_t after, revision());
    if (after != contents.revision) continue;
    contents.entities.reserve(rows.size());
    for (const sql::Row& row : rows) contents.entities.push_back(entity_of(row));
    return contents;
  }
  return gateway_error(ErrorCode::kStoreUnavailable,
                       "the database's configuration is changed too often to be read");
}

Result<std::int64_t> ConfigStore::revision() {
  BF_TRY(const sql::Rows rows, connection_->execute("SELECT revision FROM config_revision"));
  if (rows.size() == 1) return rows.front().integer(0);
  return gateway_error(ErrorCode::kInternal, "the database's config_revision has " +
                                                 std::to_string(rows.size()) + " rows, not one");
}

Result<std::int64_t> ConfigStore::apply(std::span<const Change> changes, std::int64_t seen,
                                        WallTime now, AuditTrail* trail) {
  auto applied = sql::in_transaction(*connection_, [&]() -> Result<std::int64_t> {
    // Two writers of PostgreSQL meet here: the second one waits, and finds no such row.
    BF_TRY(const sql::Rows raised,
           connection_->execute("UPDATE config_revision SET revision = revision + 1 "
                                "WHERE revision = $1 RETURNING revision",
                                {seen}));
    if (raised.empty()) {
      return gateway_error(ErrorCode::kConflict,
                           "the configuration was changed by somebody else meanwhile");
    }
    const std::int64_t revision = raised.front().integer(0);
    for (const Change& change : changes) {
      BF_TRY_VOID(apply(change, revision, unix_milliseconds(now)));
    }
    if (trail != nullptr) {
      BF_TRY_VOID(append_trail(*connection_, *trail));
    }
    return revision;
  });
  if (applied && trail != nullptr) trail->stored = true;
  return applied;
}

Result<void> ConfigStore::apply(const Change& change, std::int64_t revision, std::int64_t now_ms) {
  if (!change.body) {
    BF_TRY_VOID(connection_->execute("DELETE FROM config_entity WHERE kind = $1 AND id = $2",
                                     {std::string_view(change.kind), std::string_view(change.id)}));
    return {};
  }
  BF_TRY_VOID(connection_->execute(
      "INSERT INTO config_entity (kind, id, body, file_hash, revision, created_at, updated_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (kind, id) DO UPDATE SET "
      "body = excluded.body, file_hash = excluded.file_hash, revision = excluded.revision, "
      "updated_at = excluded.updated_at",
      {std::string_view(change.kind), std::string_view(change.id), std::string_view(*change.body),
       std::string_view(change.file_hash), revision, now_ms}));
  return {};
}

}  // namespace bifrost::store
