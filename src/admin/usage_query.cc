#include "admin/usage_query.h"

#include "admin/read.h"
#include "base/strings.h"
#include "base/timestamp.h"
#include "base/try.h"
#include "http/url.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace bifrost::admin {
namespace {

using store::UsageKey;
using store::UsageQuestion;

constexpr std::int64_t kLinesMax = 10'000;  // of one answer
constexpr std::int64_t kLines = 1'000;
constexpr std::int64_t kOffsetMax = 1'000'000'000;
constexpr auto kUsualRange = std::chrono::days(30);

struct KeyName {
  UsageKey key;
  std::string_view name;
};
constexpr std::array kKeys = {
    KeyName{UsageKey::kVirtualKey, "virtual_key"},
    KeyName{UsageKey::kTeam, "team"},
    KeyName{UsageKey::kCustomer, "customer"},
    KeyName{UsageKey::kProvider, "provider"},
    KeyName{UsageKey::kProviderKey, "provider_key"},
    KeyName{UsageKey::kModel, "model"},
    KeyName{UsageKey::kDay, "day"},
    KeyName{UsageKey::kHour, "hour"},
};
constexpr std::array<std::string_view, 6> kOthers = {"group_by", "from",   "to",
                                                     "limit",    "offset", "format"};

std::string key_names() {
  std::string out;
  for (const KeyName& each : kKeys) {
    if (!out.empty()) out += ", ";
    out += each.name;
  }
  return out;
}

Error invalid(std::string_view name, std::string_view value, std::string_view wanted) {
  return client_error(ErrorCode::kInvalidRequest,
                      std::string(name) + " is " + quoted(value, 40) + "; " + std::string(wanted),
                      std::string(name));
}

bool is_filter(std::string_view name) {
  const auto found = std::ranges::find(kKeys, name, &KeyName::name);
  return found != kKeys.end() && !is_time(found->key);
}

Result<void> check_names(std::string_view query) {
  if (query.empty()) return {};
  std::vector<std::string_view> seen;
  for (const std::string_view part : split(query, '&')) {
    const std::string_view name = part.substr(0, part.find('='));
    if (name.empty()) continue;
    if (!is_filter(name) && std::ranges::find(kOthers, name) == kOthers.end()) {
      return client_error(ErrorCode::kInvalidRequest,
                          "there is no parameter " + quoted(name, 40) +
                              "; there are group_by, from, to, limit, offset, format, and as "
                              "filters virtual_key, team, customer, provider, provider_key, model",
                          std::string(name));
    }
    if (std::ranges::find(seen, name) != seen.end()) {
      return client_error(ErrorCode::kInvalidRequest,
                          quoted(name, 40) + " is given twice; give it once", std::string(name));
    }
    seen.push_back(name);
  }
  return {};
}

Result<std::vector<UsageKey>> read_groups(std::string_view query) {
  const std::string text = http::query_value(query, "group_by").value_or("");
  std::vector<UsageKey> out;
  if (text.empty()) return out;
  for (const std::string_view name : split(text, ',')) {
    const auto found = std::ranges::find(kKeys, name, &KeyName::name);
    if (found == kKeys.end()) {
      return invalid("group_by", name, "it must be some of " + key_names() + ", with commas");
    }
    if (std::ranges::find(out, found->key) != out.end()) {
      return invalid("group_by", text, "each of its names may be there once");
    }
    out.push_back(found->key);
  }
  return out;
}

std::int64_t nanoseconds_of(WallTime time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

Result<std::int64_t> read_time(std::string_view query, std::string_view name, WallTime otherwise) {
  const std::string text = http::query_value(query, name).value_or("");
  if (text.empty()) return nanoseconds_of(otherwise);
  const auto time = parse_rfc3339(text);
  if (time) return nanoseconds_of(*time);
  return invalid(name, text, "it must be a point in time such as 2026-01-31T12:00:00Z");
}

// To the end of the hour that runs, and whole hours before it: sums of hours are read faster.
Result<void> read_range(const Call& call, UsageQuestion& question) {
  const WallTime end = std::chrono::ceil<std::chrono::hours>(call.now);
  BF_TRY(question.to, read_time(call.query, "to", end));
  BF_TRY(question.from, read_time(call.query, "from", end - kUsualRange));
  if (question.from <= question.to) return {};
  return client_error(ErrorCode::kInvalidRequest,
                      "from is later than to; without them it is the last thirty days", "from");
}

Result<bool> is_csv(const Call& call) {
  const std::string format = http::query_value(call.query, "format").value_or("");
  if (format == "csv") return true;
  if (format == "json") return false;
  if (!format.empty()) return invalid("format", format, "it must be \"json\" or \"csv\"");
  return call.accept.contains("text/csv");
}

}  // namespace

std::string_view name_of(UsageKey key) {
  return std::ranges::find(kKeys, key, &KeyName::key)->name;
}

Result<UsageQuery> read_usage_query(const Call& call) {
  UsageQuery out;
  BF_TRY_VOID(check_names(call.query));
  BF_TRY(out.question.group_by, read_groups(call.query));
  BF_TRY_VOID(read_range(call, out.question));
  for (const KeyName& each : kKeys) {
    auto value = http::query_value(call.query, each.name);
    if (value && !value->empty()) out.question.only.emplace_back(each.key, *std::move(value));
  }
  BF_TRY(out.question.limit, read_number(call.query, "limit", kLines, 1, kLinesMax));
  BF_TRY(out.question.offset, read_number(call.query, "offset", 0, 0, kOffsetMax));
  BF_TRY(out.csv, is_csv(call));
  return out;
}

}  // namespace bifrost::admin
