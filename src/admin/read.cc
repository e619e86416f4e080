#include "admin/read.h"

#include "base/strings.h"
#include "base/timestamp.h"
#include "http/url.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace bifrost::admin {
namespace {

constexpr std::int64_t kLimitMax = 1000;

bool is_repeated(std::string_view query, std::string_view name) {
  return std::ranges::count_if(split(query, '&'), [&](std::string_view pair) {
           return percent_decode(pair.substr(0, pair.find('='))) == name;
         }) > 1;
}

}  // namespace

bool says_something(json::Value value) {
  switch (value.type()) {
    case json::Type::kMissing:
    case json::Type::kNull:
      return false;
    case json::Type::kBool:
      return value.boolean() == true;
    case json::Type::kNumber:
      return value.number() != 0.0;
    case json::Type::kString:
      return !value.string_or({}).empty();
    case json::Type::kArray:
    case json::Type::kObject:
      return value.size() > 0;
  }
  return true;
}

Result<std::int64_t> read_number(std::string_view query, std::string_view name,
                                 std::int64_t otherwise, std::int64_t least, std::int64_t most) {
  const auto text = http::query_value(query, name);
  if (!text || text->empty()) return otherwise;
  const auto value = parse_int(*text);
  if (value && *value >= least && *value <= most) return *value;
  return client_error(ErrorCode::kInvalidRequest,
                      std::string(name) + " is " + quoted(*text, 40) +
                          "; it must be a whole number from " + std::to_string(least) + " to " +
                          std::to_string(most),
                      std::string(name));
}

Result<std::int64_t> read_limit(std::string_view query, std::int64_t otherwise) {
  return read_number(query, "limit", otherwise, 1, kLimitMax);
}

Result<void> check_shown(const Call& call, std::span<const Shown> members) {
  const auto document = json::Document::parse(call.body);
  if (!document) return {};  // who reads the body says so
  for (const Shown& member : members) {
    const auto given = document->root()[member.name].string();
    if (!given || *given == member.value) continue;
    std::string message(member.name);
    message += member.value.empty()
                   ? ": the gateway makes it; leave it out"
                   : ": is " + quoted(member.value) + " and stays so; leave it out";
    return client_error(ErrorCode::kInvalidRequest, std::move(message), std::string(member.name));
  }
  return {};
}

Result<Page> read_page(std::string_view query) {
  constexpr std::int64_t kOffsetMax = 1'000'000'000;
  Page page;
  BF_TRY(page.limit, read_limit(query, page.limit));
  BF_TRY(page.offset, read_number(query, "offset", 0, 0, kOffsetMax));
  page.search = ascii_lower(http::query_value(query, "search").value_or(""));
  return page;
}

bool found_in(std::string_view text, const Page& page) {
  return page.search.empty() || ascii_lower(text).contains(page.search);
}

Result<void> check_future(const Call& call, std::string_view expires_at) {
  const auto time = parse_rfc3339(expires_at);
  if (!time || *time > call.now) return {};
  return client_error(ErrorCode::kInvalidRequest,
                      "expires_at: " + quoted(expires_at, 40) + " has passed already",
                      "expires_at");
}

Result<bool> read_flag(std::string_view query, std::string_view name) {
  const std::string field(name);
  if (is_repeated(query, name)) {
    return client_error(ErrorCode::kInvalidRequest, field + ": is given twice; give it once",
                        field);
  }
  const auto text = http::query_value(query, name);
  if (!text || *text == "false") return false;
  if (*text == "true") return true;
  return client_error(ErrorCode::kInvalidRequest,
                      field + " is " + quoted(*text, 40) + R"(; it must be "true" or "false")",
                      field);
}

// Whoever means to try must not make the change by a slip of the pen.
Result<bool> is_dry_run(std::string_view query) { return read_flag(query, "dry_run"); }

Result<exchange::Desk::Terms> read_terms(const Call& call, std::string_view kind) {
  return read_terms(call, [names = EntryNames{{std::string(kind), call.id}}](
                              const exchange::ManagedSettings& /*managed*/) { return names; });
}

Result<exchange::Desk::Terms> read_terms(const Call& call, NamesOf names_of) {
  exchange::Desk::Terms terms{.trail = call.trail, .asked = call.asked};
  BF_TRY(terms.dry_run, is_dry_run(call.query));
  if (call.who != nullptr) {
    terms.check = [&call](const exchange::ManagedSettings& managed) {
      return call.sign_in.operators.check_still(*call.who, managed.governance);
    };
  }
  if (call.if_match == "*") return terms;
  terms.version = call.if_match;
  if (!terms.version.empty() && !terms.version.starts_with('"')) {
    terms.version = "\"" + terms.version + "\"";
  }
  terms.version_of = [names_of = std::move(names_of)](const exchange::Desk::State& state) {
    return version_tag(*state.versions, names_of(*state.settings));
  };
  return terms;
}

}  // namespace bifrost::admin
