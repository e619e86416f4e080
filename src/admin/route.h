// A row of the management API: where it is, and what answers there.
//
// What answers is a plain function on a thread that may wait (exchange::Services::management), one
// at a time; what answers callers runs on their loop, and changes nothing. It knows nothing of
// connections: a Call in, an Answer or an Error out.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "exchange/desk.h"
#include "exchange/operation.h"
#include "governance/limit_book.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bifrost::admin {

struct Call {
  exchange::Desk& desk;
  const governance::LimitBook& limits;
  WallTime now;
  std::string_view version;  // of the program
  std::string id;            // {id} of the path
  std::string budget_id;     // {budget_id} of the path
  std::string key_id;        // {key_id} of the path
  std::string caller;        // id of the virtual key that asks, where it is one
  std::string_view query;
  std::string_view body;
  std::string_view if_match;  // empty: none
};

struct Answer {
  int status = 200;
  std::string body;  // JSON
  std::string etag = {};
};

// The operation that a route of the API is run by, together with what answers there.
struct Route : exchange::Operation {
  std::string_view method;
  std::string_view pattern;
  Result<Answer> (*answer)(const Call& call) = nullptr;
  std::string_view text;  // for the reference
};

// Every route of the management API.
[[nodiscard]] std::span<const Route> routes();

}  // namespace bifrost::admin
