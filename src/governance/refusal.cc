#include "governance/refusal.h"

#include "base/timestamp.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::governance {
namespace {

using std::chrono::milliseconds;

// A client that waits longer than this by itself had better give up.
constexpr milliseconds kPatience = std::chrono::minutes(1);
// What is concurrent has no window: something ends at any time.
constexpr milliseconds kSoon = std::chrono::seconds(1);

struct UnitWords {
  std::string_view type;  // of the error
  std::string_view full;  // what it says first
};

UnitWords words(Unit unit) {
  switch (unit) {
    case Unit::kRequests:
      return {.type = "request_limited", .full = "request limit exceeded"};
    case Unit::kTokens:
      return {.type = "token_limited", .full = "token limit exceeded"};
    case Unit::kNanoDollars:
      return {.type = "budget_exceeded", .full = "budget exceeded"};
    case Unit::kConcurrent:
      return {.type = "rate_limited", .full = "too many requests at once"};
  }
  std::unreachable();
}

std::string shown(Unit unit, std::int64_t amount) {
  return unit == Unit::kNanoDollars ? "$" + dollars_text(amount) : std::to_string(amount);
}

}  // namespace

Error refusal(const Limit& limit, WallTime now) {
  const LimitTerms terms = limit.terms();
  const Limit::State state = limit.state(now);
  const UnitWords said = words(terms.unit);
  // What others hold comes back when they end, and that is soon.
  const bool only_held = state.used < state.amount && state.held > 0;
  const bool money = terms.unit == Unit::kNanoDollars && !only_held;
  std::string message = fmt::format("{}: {} has used {} of {}", said.full, terms.owner,
                                    shown(terms.unit, state.used), shown(terms.unit, state.amount));
  if (state.held > 0) {
    message += fmt::format(" and holds {} for what is running", shown(terms.unit, state.held));
  }
  Error error = client_error(money ? ErrorCode::kBudgetExceeded : ErrorCode::kRateLimited, "");
  error.retry_after = kSoon;
  if (state.window) {
    const auto left = std::chrono::ceil<milliseconds>(state.window->end - now);
    if (!only_held) error.retry_after = std::max(left, kSoon);
    message += fmt::format(" (resets every {}, next at {})", terms.period->text(),
                           rfc3339_text(state.window->end));
  }
  error.repeat_unwanted = money || *error.retry_after > kPatience;
  error.message = std::move(message);
  error.upstream_type = terms.unit == Unit::kNanoDollars && !money ? "rate_limited" : said.type;
  return error;
}

}  // namespace bifrost::governance
