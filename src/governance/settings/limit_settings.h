// What limits say in the configuration: budgets in dollars, and rates of tokens and requests.
#pragma once

#include "config/facts.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::governance {

// Dollars, with which no sum of nano-dollars comes out of its bounds.
inline constexpr double kDollarsMax = 9'000'000;
inline constexpr double kCountMax = 1e15;  // of tokens and requests

struct ResetSettings {
  std::int64_t quarter_start_month = 0;

  void describe(this auto& self, auto& visit) {
    visit.field("quarter_start_month", self.quarter_start_month,
                {.text = "Month in which a quarter begins that is aligned with the calendar; 0 is "
                         "January.",
                 .minimum = 0,
                 .maximum = 12});
  }

  friend bool operator==(const ResetSettings&, const ResetSettings&) = default;
};

enum class OverrideMode : std::uint8_t { kNone, kCycles, kForever };

}  // namespace bifrost::governance

template <>
struct bifrost::config::EnumTexts<bifrost::governance::OverrideMode> {
  static constexpr std::array<std::string_view, 3> kTexts = {"", "cycles", "forever"};
};

namespace bifrost::governance {

// One line of `budgets`: so many dollars in each window.
struct BudgetSettings {
  std::string id;
  double max_limit = 0;
  std::string reset_duration;
  std::optional<ResetSettings> reset_config;
  double current_usage = 0;
  std::string last_reset;
  std::int64_t usage_resets = 0;
  double override_amount = 0;
  OverrideMode override_mode = OverrideMode::kNone;
  std::int64_t override_cycles_remaining = 0;
  std::int64_t override_cycles_total = 0;
  std::string override_anchor_reset;
  std::string virtual_key_id;
  std::int64_t provider_config_id = 0;
  std::string model_config_id;
  std::string customer_id;
  std::string team_id;
  bool calendar_aligned = false;

  void describe(this auto& self, auto& visit) {
    visit.field("id", self.id,
                {.text = "Name by which others refer to it. Budgets that stand with their owner "
                         "may go without."});
    visit.field("max_limit", self.max_limit,
                {.text = "Dollars in each window; 0 lets nothing through.",
                 .minimum = 0,
                 .maximum = kDollarsMax,
                 .required = true});
    visit.field("reset_duration", self.reset_duration,
                {.text = "Length of the window: `30s`, `5m`, `1h`, `1d`, `1w`, `1M`, `1Q`, `1Y`.",
                 .form = config::Form::kPeriod,
                 .required = true});
    visit.field("reset_config", self.reset_config, {.text = "Only with quarters."});
    visit.field("current_usage", self.current_usage,
                {.text = "Dollars that were used before the gateway first saw the budget.",
                 .minimum = 0,
                 .maximum = kDollarsMax});
    visit.field("last_reset", self.last_reset,
                {.text = "When the current window began, for windows that are not aligned with the "
                         "calendar.",
                 .form = config::Form::kTimestamp});
    visit.field("usage_resets", self.usage_resets,
                {.text = "How often what was used of it was cleared; after each it is counted "
                         "anew.",
                 .minimum = 0,
                 .maximum = 1'000'000'000,
                 .ours = true});
    self.describe_override(visit);
    visit.field("virtual_key_id", self.virtual_key_id, {.text = "Its owner: a virtual key."});
    visit.field("provider_config_id", self.provider_config_id,
                {.text = "Its owner: a provider config of a virtual key.", .minimum = 0});
    visit.field("model_config_id", self.model_config_id, {.text = "Its owner: a model config."});
    visit.field("customer_id", self.customer_id, {.text = "Its owner: a customer."});
    visit.field("team_id", self.team_id, {.text = "Its owner: a team."});
    visit.field("calendar_aligned", self.calendar_aligned,
                {.text = "Deprecated; stands with the owner now."});
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const BudgetSettings&, const BudgetSettings&) = default;

 private:
  void describe_override(this auto& self, auto& visit) {
    visit.field("override_amount", self.override_amount,
                {.text = "Dollars on top of `max_limit`.", .minimum = 0, .maximum = kDollarsMax});
    visit.field("override_mode", self.override_mode,
                {.text = "How long the override holds: `cycles` for some windows, or `forever`."});
    visit.field("override_cycles_remaining", self.override_cycles_remaining,
                {.text = "Windows that it still holds, this one included.",
                 .minimum = 0,
                 .maximum = 10'000});
    visit.field("override_cycles_total", self.override_cycles_total,
                {.text = "Windows that it was given for.", .minimum = 0});
    visit.field("override_anchor_reset", self.override_anchor_reset,
                {.text = "Begin of the window that `override_cycles_remaining` was counted in.",
                 .form = config::Form::kTimestamp});
  }
};

enum class RateMetric : std::uint8_t { kNone, kRequests, kTokens };

}  // namespace bifrost::governance

template <>
struct bifrost::config::EnumTexts<bifrost::governance::RateMetric> {
  static constexpr std::array<std::string_view, 3> kTexts = {"", "requests", "tokens"};
};

namespace bifrost::governance {

// One entry of `rate_limits`: tokens, requests or both; or, with `metric`, one window of one of
// them, of which an owner may have several.
struct RateLimitSettings {
  std::string id;
  RateMetric metric = RateMetric::kNone;
  std::optional<std::int64_t> max_limit;
  std::string reset_duration;
  std::optional<std::int64_t> token_max_limit;
  std::string token_reset_duration;
  std::int64_t token_current_usage = 0;
  std::string token_last_reset;
  std::optional<std::int64_t> request_max_limit;
  std::string request_reset_duration;
  std::int64_t request_current_usage = 0;
  std::string request_last_reset;
  std::optional<std::int64_t> concurrent_max_limit;
  bool calendar_aligned = false;

  void describe(this auto& self, auto& visit) {
    visit.field("id", self.id, {.text = "Name by which others refer to it."});
    visit.field("metric", self.metric,
                {.text = "What `max_limit` counts: `requests` or `tokens`. Entries without it have "
                         "the members of their own for each."});
    visit.field("max_limit", self.max_limit,
                {.text = "How many of `metric` in each window; 0 lets nothing through.",
                 .minimum = 0,
                 .maximum = kCountMax});
    visit.field("reset_duration", self.reset_duration,
                {.text = "Length of the window of `metric`.", .form = config::Form::kPeriod});
    visit.field("token_max_limit", self.token_max_limit,
                {.text = "Tokens in each window, in and out; 0 lets nothing through.",
                 .minimum = 0,
                 .maximum = kCountMax});
    visit.field("token_reset_duration", self.token_reset_duration,
                {.text = "Length of their window: `1m`, `1h`, `1d`, `1w`, `1M`, `1Y`.",
                 .form = config::Form::kPeriod});
    visit.field("token_current_usage", self.token_current_usage,
                {.text = "Tokens that were used before the gateway first saw the limit.",
                 .minimum = 0,
                 .maximum = kCountMax});
    visit.field("token_last_reset", self.token_last_reset,
                {.text = "When their current window began.", .form = config::Form::kTimestamp});
    visit.field("request_max_limit", self.request_max_limit,
                {.text = "Requests in each window; 0 lets nothing through.",
                 .minimum = 0,
                 .maximum = kCountMax});
    visit.field("request_reset_duration", self.request_reset_duration,
                {.text = "Length of their window.", .form = config::Form::kPeriod});
    visit.field("request_current_usage", self.request_current_usage,
                {.text = "Requests that were made before the gateway first saw the limit.",
                 .minimum = 0,
                 .maximum = kCountMax});
    visit.field("request_last_reset", self.request_last_reset,
                {.text = "When their current window began.", .form = config::Form::kTimestamp});
    visit.field("concurrent_max_limit", self.concurrent_max_limit,
                {.text = "Requests that run at once; a stream counts until it has ended.",
                 .minimum = 0,
                 .maximum = kCountMax,
                 .ours = true});
    visit.field("calendar_aligned", self.calendar_aligned,
                {.text = "Deprecated; stands with the owner now."});
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const RateLimitSettings&, const RateLimitSettings&) = default;
};

}  // namespace bifrost::governance
