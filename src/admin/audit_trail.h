// What the audit log gets to know of a call (store/audit_record.h).
//
// A change of the configuration and its record are stored together, where one database has both;
// what fails, what changes something else, and who signs in is recorded afterwards. Reading is not.
// Strangers cannot fill the log: of what is refused to them it has wrong passwords and tokens
// alone, and those are held back (governance/attempts.h).
#pragma once

#include "admin/route.h"
#include "exchange/exchange.h"
#include "exchange/worker_kit.h"
#include "net/task.h"

#include <optional>
#include <string_view>

namespace bifrost::admin {

// What a call of this route does, as records say it.
[[nodiscard]] std::string_view action_of(const Route& route);

// As of a call that will succeed. Nothing: no record is kept of it.
[[nodiscard]] std::optional<store::AuditTrail> begin_trail(const exchange::WorkerKit& kit,
                                                           const exchange::Exchange& exchange,
                                                           std::string_view action);

// What came of a call, unless that is stored already or not worth a record; what is too old goes.
// By the thread that has answered it, so that it is recorded whether or not the caller is still
// there. When the database does not take it, that is logged.
void record(store::AccessStore& store, const store::AuditSettings& settings,
            store::AuditTrail& trail, const Result<Answer>& answer, WallTime now);

// Of who was not let in.
net::Task<void> record_refusal(exchange::WorkerKit& kit, exchange::Exchange& exchange,
                               store::AuditTrail& trail, const Error& error);

}  // namespace bifrost::admin
