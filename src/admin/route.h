// A row of the management API: where it is, and what answers there.
//
// What answers is a plain function on a thread that may wait (exchange::Services::management), one
// at a time; reports have a thread of their own (Services::reports), so that a change never waits
// for one; what answers callers runs on their loop, and changes nothing. It knows nothing of
// connections: a Call in, an Answer or an Error out.
#pragma once

#include "admin/desk_view.h"
#include "base/clock.h"
#include "base/result.h"
#include "exchange/operation.h"
#include "exchange/price_sheets.h"
#include "explain/explain.h"
#include "governance/attempts.h"
#include "governance/limit_book.h"
#include "governance/operators.h"
#include "store/access_store.h"
#include "store/usage_report.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bifrost::admin {

// Who signs in, and what that takes.
struct SignIn {
  const governance::Operators& operators;
  governance::PasswordCheck& passwords;
  governance::Attempts& attempts;
  SteadyTime now;
  std::string_view network;      // of who asks
  const http::Headers& headers;  // that say who he is
  bool tls = false;              // what he is given goes over an encrypted connection
};

struct Call {
  DeskView& desk;
  const governance::LimitBook& limits;
  store::UsageReports* usage;     // null: usage is not kept. For reports only
  exchange::PriceSheets* prices;  // null: there are the program's own
  const explain::World& world;    // what requests are decided by
  store::AccessStore* access;     // null: sessions and records are kept nowhere. For reports one
                                  // that only reads
  std::string_view audit_key;     // that records are signed with; empty: they are not
  WallTime now;
  SteadyTime asked;                 // when it came, before it waited for others
  std::string_view version;         // of the program
  std::string id;                   // {id} of the path
  std::string budget_id;            // {budget_id} of the path
  std::string key_id;               // {key_id} of the path
  std::string caller;               // id of the virtual key that asks, where it is one
  const governance::Operator* who;  // that asks; null: he is none, or none yet
  const SignIn& sign_in;
  store::AuditTrail* trail;  // null: no record is kept of it
  std::string_view query;
  std::string_view body;
  std::string_view if_match;  // empty: none
  std::string_view path;
  std::string_view accept;  // the types of answer that are asked for; empty: any
};

struct Answer {
  int status = 200;
  std::string body;  // JSON, unless `type` says otherwise
  std::string etag = {};
  std::string_view type = "application/json";
  std::string link = {};    // to the next page; empty: none
  std::string cookie = {};  // that a browser shall keep; empty: none
  bool audited = true;      // of what changes something: the audit log tells of it
};

// The operation that a route of the API is run by, together with what answers there.
struct Route : exchange::Operation {
  std::string_view method;
  std::string_view pattern;
  Result<Answer> (*answer)(const Call& call) = nullptr;
  std::string_view text;         // for the reference
  bool report = false;           // reads much, and may take long
  bool only_asks = false;        // whatever its method is
  bool may_be_tried = true;      // dry_run has a meaning here
  bool sets_up = false;          // the first administrator is made here
  bool judges = false;           // takes a core for a password
  std::string_view action = {};  // in the audit log; empty: what the method says

  [[nodiscard]] bool changes() const { return method != "GET" && !only_asks; }
};

// Every route of the management API.
[[nodiscard]] std::span<const Route> routes();

}  // namespace bifrost::admin
