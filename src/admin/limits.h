// Budgets and rate limits as the API shows and takes them: with their owner, whether they stand
// there in the settings or have entries of their own.
#pragma once

#include "admin/route.h"
#include "config/facts.h"
#include "governance/settings/governance_settings.h"
#include "json/writer.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::admin {

struct BudgetBody {
  std::string id;
  double max_limit = 0;
  std::string reset_duration;
  std::optional<governance::ResetSettings> reset_config;

  void describe(this auto& self, auto& visit) {
    visit.field("id", self.id, {.text = "Of one that is there; absent: told by its window."});
    visit.field("max_limit", self.max_limit,
                {.text = "Dollars in each window; 0 lets nothing through.",
                 .minimum = 0,
                 .maximum = governance::kDollarsMax,
                 .required = true});
    visit.field("reset_duration", self.reset_duration,
                {.text = "Length of the window: `30s`, `5m`, `1h`, `1d`, `1w`, `1M`, `1Q`, `1Y`.",
                 .form = config::Form::kPeriod,
                 .required = true});
    visit.field("reset_config", self.reset_config, {.text = "Only with quarters."});
    self.describe_shown(visit);
  }

 private:
  void describe_shown(this auto& /*self*/, auto& visit) {
    visit.unserved("current_usage", config::Shape::kAny, "Shown.");
    visit.unserved("last_reset", config::Shape::kAny, "Shown.");
    visit.unserved("override_amount", config::Shape::kAny, "Shown.");
    visit.unserved("override_mode", config::Shape::kAny, "Shown.");
    visit.unserved("override_cycles_remaining", config::Shape::kAny, "Shown.");
    visit.unserved("override_cycles_total", config::Shape::kAny, "Shown.");
    visit.unserved("override_anchor_reset", config::Shape::kAny, "Shown.");
    visit.unserved("calendar_aligned", config::Shape::kAny, "Stands with the owner.");
    visit.unserved("created_at", config::Shape::kAny, "Shown.");
    visit.unserved("updated_at", config::Shape::kAny, "Shown.");
  }
};

struct RateLimitBody {
  std::optional<std::int64_t> token_max_limit;
  std::string token_reset_duration;
  std::optional<std::int64_t> request_max_limit;
  std::string request_reset_duration;
  std::optional<std::int64_t> concurrent_max_limit;

  void describe(this auto& self, auto& visit) {
    visit.field("token_max_limit", self.token_max_limit,
                {.text = "Tokens in each window, in and out.",
                 .minimum = 0,
                 .maximum = governance::kCountMax});
    visit.field("token_reset_duration", self.token_reset_duration,
                {.text = "Length of their window.", .form = config::Form::kPeriod});
    visit.field(
        "request_max_limit", self.request_max_limit,
        {.text = "Requests in each window.", .minimum = 0, .maximum = governance::kCountMax});
    visit.field("request_reset_duration", self.request_reset_duration,
                {.text = "Length of their window.", .form = config::Form::kPeriod});
    visit.field("concurrent_max_limit", self.concurrent_max_limit,
                {.text = "Requests that run at once.",
                 .minimum = 0,
                 .maximum = governance::kCountMax,
                 .ours = true});
    visit.unserved("id", config::Shape::kAny, "Shown.");
    visit.unserved("token_current_usage", config::Shape::kAny, "Shown.");
    visit.unserved("token_last_reset", config::Shape::kAny, "Shown.");
    visit.unserved("request_current_usage", config::Shape::kAny, "Shown.");
    visit.unserved("request_last_reset", config::Shape::kAny, "Shown.");
  }

  [[nodiscard]] bool empty() const {
    return !token_max_limit && !request_max_limit && !concurrent_max_limit;
  }
};

// One of several windows: so many requests or tokens in it.
struct RateRuleBody {
  governance::RateMetric metric = governance::RateMetric::kNone;
  std::int64_t max_limit = 0;
  std::string reset_duration;

  void describe(this auto& self, auto& visit) {
    visit.field("metric", self.metric, {.text = "`requests` or `tokens`.", .required = true});
    visit.field("max_limit", self.max_limit,
                {.text = "How many of them in each window; 0 lets nothing through.",
                 .minimum = 0,
                 .maximum = governance::kCountMax,
                 .required = true});
    visit.field("reset_duration", self.reset_duration,
                {.text = "Length of the window.", .form = config::Form::kPeriod, .required = true});
    visit.unserved("id", config::Shape::kAny, "Shown.");
    visit.unserved("current_usage", config::Shape::kAny, "Shown.");
    visit.unserved("last_reset", config::Shape::kAny, "Shown.");
  }

  friend bool operator==(const RateRuleBody&, const RateRuleBody&) = default;
};

// Whose limits they are, as the names of limits have it (governance/limit_names.h).
struct LimitOwner {
  std::string_view kind;
  std::string id;
  // Does this entry of `governance.budgets` say that it is his?
  std::function<bool(const governance::BudgetSettings&)> is_told;
  // The ids by which he names others of them.
  std::vector<std::string> named = {};

  [[nodiscard]] bool owns(const governance::BudgetSettings& budget) const;
};
[[nodiscard]] LimitOwner owner_of(const governance::ModelConfigSettings& model);

// The id of a budget as it is shown and taken: its own, or, where it stands with its owner and has
// none, one that is made of what its limit is called.
[[nodiscard]] std::string shown_id(const governance::BudgetSettings& budget,
                                   std::string_view limit_name);

// The budgets of an owner, who is in the settings, are these from now on. What is known of one that
// stays, by its id or window, stays. One that others have too is left to them unless it stays as it
// is. Afterwards `owner.named` has what he still names.
void put_budgets(governance::GovernanceSettings& governance, LimitOwner& owner,
                 std::vector<governance::BudgetSettings>& own,
                 const std::vector<BudgetBody>& wanted);
void write_budgets(json::Writer& writer, const Call& call,
                   const governance::GovernanceSettings& governance, const LimitOwner& owner,
                   const std::vector<governance::BudgetSettings>& own);

// What was used of all of them is cleared; their windows stay. Fails with kConflict where others
// have one of them too.
[[nodiscard]] Result<void> clear_usage(const Call& call, governance::GovernanceSettings& governance,
                                       const LimitOwner& owner,
                                       std::vector<governance::BudgetSettings>& own);

// One of them, with members of `more` in it.
void write_budget(json::Writer& writer, const Call& call, const governance::BudgetSettings& budget,
                  const std::string& name, const std::function<void(json::Writer&)>& more = {});

// The rate limit of the one who has it as `id`: an entry of its own, which is made, changed or,
// with an empty one, dropped. One that others have too is left to them unless it stays as it is.
void put_rate_limit(governance::GovernanceSettings& governance, std::string& id,
                    const std::optional<RateLimitBody>& wanted);
void write_rate(json::Writer& writer, const Call& call, const governance::RateLimitSettings& rate);
// What is used of its requests or tokens, and since when.
void write_rate_state(json::Writer& writer, const Call& call, std::string_view id,
                      governance::RateMetric metric);
// How often it is named.
[[nodiscard]] std::size_t rate_limit_uses(const governance::GovernanceSettings& governance,
                                          std::string_view id);
// `rate_limit_id` and `rate_limit` of its owner.
void write_rate_limit(json::Writer& writer, const Call& call,
                      const governance::GovernanceSettings& governance, std::string_view id);

// Take the entries of an owner who goes, and is still in the settings. What others have too stays.
void drop_budgets(governance::GovernanceSettings& governance, LimitOwner owner);
void drop_rate_limit(governance::GovernanceSettings& governance, std::string& id);
void drop_model_limits(governance::GovernanceSettings& governance,
                       governance::ModelConfigSettings& model);

}  // namespace bifrost::admin
