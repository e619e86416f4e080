// What a call says: its body as settings, its page of a list, the version that it means.
#pragma once

#include "admin/route.h"
#include "admin/version_tag.h"
#include "base/strings.h"
#include "base/try.h"
#include "config/document.h"
#include "config/reader.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace bifrost::admin {

// References to the process's environment mean nothing in a body: who may change the configuration
// need not be who may see that.
class NoEnvironment final : public config::Environment {
 public:
  [[nodiscard]] std::optional<std::string> get(std::string_view /*name*/) const override {
    return std::nullopt;
  }
};

// Is it neither empty, null, false nor 0?
[[nodiscard]] bool says_something(json::Value value);

// Members that the body does not have stay as they are. Fails with kInvalidRequest, one line per
// problem, each with the field's path.
// What a Body names in `kUnserved` is refused unless it says nothing: nobody shall believe in what
// has no effect.
template <class Body>
Result<void> read_body(const Call& call, Body& body) {
  if (trim(call.body).empty()) {
    return client_error(ErrorCode::kInvalidRequest, "the body is empty; it must be a JSON object");
  }
  const NoEnvironment environment;
  config::Problems problems;
  std::vector<std::string> warnings;  // of members that are shown and cannot be set
  if (const auto document = config::parse_document(call.body, problems)) {
    config::Reader(environment, problems, warnings).read(document->root(), body, {});
    for (const std::string_view name : Body::kUnserved) {
      if (says_something(document->root()[name])) {
        problems.add(std::string(name), "not served yet; leave it out");
      }
    }
  }
  if (problems.empty()) return {};
  return client_error(ErrorCode::kInvalidRequest, config::render(problems.take()));
}

// A member that is shown and cannot be set: what is sent of it must say what it is.
struct Shown {
  std::string_view name;
  std::string_view value;  // empty: there is none yet
};
// Of an entry that is made.
inline constexpr std::array<Shown, 2> kNothingYet = {{{"id", ""}, {"rate_limit_id", ""}}};
// Fails with kInvalidRequest, with the member's name.
[[nodiscard]] Result<void> check_shown(const Call& call, std::span<const Shown> members);
[[nodiscard]] inline Result<void> check_shown(const Call& call,
                                              std::initializer_list<Shown> members) {
  return check_shown(call, std::span(members.begin(), members.size()));
}

// The part of a list that is asked for: `limit`, `offset` and `search`.
struct Page {
  std::int64_t limit = 100;
  std::int64_t offset = 0;
  std::string search;  // in lower case; empty: everything
};
[[nodiscard]] Result<Page> read_page(std::string_view query);
// `limit` alone.
[[nodiscard]] Result<std::int64_t> read_limit(std::string_view query, std::int64_t otherwise);

// A parameter. Fails with kInvalidRequest when it is no number or out of bounds.
[[nodiscard]] Result<std::int64_t> read_number(std::string_view query, std::string_view name,
                                               std::int64_t otherwise, std::int64_t least,
                                               std::int64_t most);

// A parameter that is false where it is not given. Fails with kInvalidRequest where it is neither
// true nor false, or given twice.
[[nodiscard]] Result<bool> read_flag(std::string_view query, std::string_view name);

// Does the text have what is searched for in it, in whatever case?
[[nodiscard]] bool found_in(std::string_view text, const Page& page);

// Fails with kInvalidRequest for a point in time (RFC 3339) that has passed.
[[nodiscard]] Result<void> check_future(const Call& call, std::string_view expires_at);

// Is the change only tried? Fails as read_flag.
[[nodiscard]] Result<bool> is_dry_run(std::string_view query);

// The terms of a change: `dry_run=true`, and If-Match as a condition on the entry of the path.
[[nodiscard]] Result<exchange::Desk::Terms> read_terms(const Call& call, std::string_view kind);
// On what a caller sees as one entry.
using NamesOf = std::function<EntryNames(const exchange::ManagedSettings&)>;
[[nodiscard]] Result<exchange::Desk::Terms> read_terms(const Call& call, NamesOf names_of);

}  // namespace bifrost::admin
