#include "admin/rate_rules.h"

#include "base/random.h"
#include "base/try.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace bifrost::admin {
namespace {

using governance::GovernanceSettings;
using governance::RateLimitSettings;
using governance::RateMetric;

bool same_window(const RateRuleBody& rule, const RateRuleBody& other) {
  return rule.metric == other.metric && rule.reset_duration == other.reset_duration;
}

// What an entry says, in rules.
std::vector<RateRuleBody> rules_of(const RateLimitSettings& rate) {
  std::vector<RateRuleBody> rules;
  const auto add = [&](RateMetric metric, const std::optional<std::int64_t>& most,
                       const std::string& window) {
    if (most) rules.push_back({.metric = metric, .max_limit = *most, .reset_duration = window});
  };
  if (rate.metric != RateMetric::kNone) add(rate.metric, rate.max_limit, rate.reset_duration);
  add(RateMetric::kRequests, rate.request_max_limit, rate.request_reset_duration);
  add(RateMetric::kTokens, rate.token_max_limit, rate.token_reset_duration);
  return rules;
}

Error refused(std::size_t index, std::string_view member, std::string_view why) {
  std::string field = "rate_limits[" + std::to_string(index) + "]." + std::string(member);
  return client_error(ErrorCode::kInvalidRequest, field + ": " + std::string(why), field);
}

Result<void> check(const std::vector<RateRuleBody>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].metric == RateMetric::kNone) {
      return refused(i, "metric", R"(must be "requests" or "tokens")");
    }
    const auto before = std::span(wanted).first(i);
    if (std::ranges::any_of(
            before, [&](const RateRuleBody& other) { return same_window(wanted[i], other); })) {
      return refused(i, "reset_duration", "another rule is for the same metric and window");
    }
  }
  return {};
}

void set(RateLimitSettings& rate, const RateRuleBody& rule) {
  rate.metric = rule.metric;
  rate.max_limit = rule.max_limit;
  rate.reset_duration = rule.reset_duration;
}

std::string make(GovernanceSettings& governance, const RateRuleBody& rule) {
  RateLimitSettings& made = governance.rate_limits.emplace_back();
  made.id = secret_uuid();
  set(made, rule);
  return made.id;
}

}  // namespace

Result<void> put_rate_rules(GovernanceSettings& governance, std::vector<std::string>& ids,
                            const std::vector<RateRuleBody>& wanted) {
  BF_TRY_VOID(check(wanted));
  std::vector<RateRuleBody> left = wanted;
  std::vector<std::string> stay;
  for (std::string& id : ids) {
    const auto rate = std::ranges::find(governance.rate_limits, id, &RateLimitSettings::id);
    if (rate == governance.rate_limits.end()) continue;
    const std::vector<RateRuleBody> rules = rules_of(*rate);
    const bool is_rule = rate->metric != RateMetric::kNone && !rules.empty();
    const auto rule = std::ranges::find_if(left, [&](const RateRuleBody& each) {
      return is_rule && same_window(each, rules.front());
    });
    if (rule == left.end()) continue;
    std::string own = std::exchange(id, {});  // so that what is counted are others
    if (*rule != rules.front() && rate_limit_uses(governance, own) > 0) continue;
    governance.rate_limits.edit(rate).max_limit = rule->max_limit;
    left.erase(rule);
    stay.push_back(std::move(own));
  }
  for (std::string& id : ids) drop_rate_limit(governance, id);
  for (const RateRuleBody& rule : left) stay.push_back(make(governance, rule));
  ids = std::move(stay);
  return {};
}

void write_rate_rules(json::Writer& writer, const Call& call, const GovernanceSettings& governance,
                      const std::vector<std::string>& ids) {
  writer.key("rate_limits").begin_array();
  for (const std::string& id : ids) {
    const auto rate = std::ranges::find(governance.rate_limits, id, &RateLimitSettings::id);
    if (rate == governance.rate_limits.end()) continue;
    for (const RateRuleBody& rule : rules_of(*rate)) {
      writer.begin_object().member("id", std::string_view(rate->id));
      writer.member("metric", config::enum_text(rule.metric));
      writer.member("max_limit", rule.max_limit);
      writer.member("reset_duration", std::string_view(rule.reset_duration));
      write_rate_state(writer, call, id, rule.metric);
      writer.end_object();
    }
  }
  writer.end_array();
}

}  // namespace bifrost::admin
