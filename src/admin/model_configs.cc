// /api/governance/model-configs: limits of models, for everybody or for one virtual key.

#include "admin/entries.h"
#include "admin/limits.h"
#include "admin/rate_rules.h"
#include "admin/resources.h"
#include "governance/limit_names.h"
#include "governance/settings/entries.h"
#include "http/url.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::admin {
namespace {

using governance::GovernanceSettings;
using governance::ModelConfigSettings;

constexpr Resource<ModelConfigSettings> kModels = {.kind = governance::kModelConfigKind,
                                                   .name = "model_config",
                                                   .what = "model config",
                                                   .list = &GovernanceSettings::model_configs};

struct ModelBody {
  static constexpr std::array<std::string_view, 0> kUnserved = {};

  std::string model_name;
  std::string provider;
  governance::ModelScope scope = governance::ModelScope::kGlobal;
  std::string scope_id;
  bool calendar_aligned = false;
  std::optional<std::vector<BudgetBody>> budgets;
  std::optional<RateLimitBody> rate_limit;
  std::optional<std::vector<RateRuleBody>> rate_limits;
  bool reset_budget_usage = false;

  void describe(this auto& self, auto& visit) {
    visit.field("model_name", self.model_name, {.text = "The model; `*` for all together."});
    visit.field("provider", self.provider, {.text = "Only at this provider."});
    visit.field("scope", self.scope, {.text = "For everybody together, or for one virtual key."});
    visit.field("scope_id", self.scope_id, {.text = "Id of the virtual key."});
    visit.field("calendar_aligned", self.calendar_aligned,
                {.text = "Windows of a day and longer are those of the calendar, in UTC."});
    visit.field("budgets", self.budgets, {.text = "All of them together."});
    visit.field("rate_limit", self.rate_limit, {.text = "`{}` takes it away."});
    visit.field("rate_limits", self.rate_limits,
                {.text = "All windows of requests and tokens, one for each metric and length; in "
                         "place of `rate_limit`."});
    visit.field("reset_budget_usage", self.reset_budget_usage,
                {.text = "`true`: what was used of its budgets is cleared; windows stay."});
    visit.unserved("id", config::Shape::kAny, "Shown.");
    visit.unserved("rate_limit_id", config::Shape::kAny, "Shown.");
    visit.unserved("created_at", config::Shape::kAny, "Shown.");
    visit.unserved("updated_at", config::Shape::kAny, "Shown.");
  }
};

ModelBody body_of(const ModelConfigSettings& model) {
  return {.model_name = model.model_name,
          .provider = model.provider,
          .scope = model.scope,
          .scope_id = model.scope_id,
          .calendar_aligned = model.calendar_aligned};
}

// What it names of the budgets that it named.
void put_named(ModelConfigSettings& model, const std::vector<std::string>& named) {
  const auto is_gone = [&](const std::string& id) {
    return std::ranges::find(named, id) == named.end();
  };
  if (is_gone(model.budget_id)) model.budget_id.clear();
  std::erase_if(model.budget_ids, is_gone);
}

// The one form or the other: whoever gives one has no more of the other.
Result<void> put_rates(GovernanceSettings& governance, ModelConfigSettings& model,
                       const ModelBody& body) {
  const bool pair = body.rate_limit && !body.rate_limit->empty();
  const bool rules = body.rate_limits && !body.rate_limits->empty();
  if (pair && rules) {
    return client_error(ErrorCode::kInvalidRequest,
                        "rate_limits: cannot go together with rate_limit", "rate_limits");
  }
  put_rate_limit(governance, model.rate_limit_id, rules ? RateLimitBody() : body.rate_limit);
  if (!pair && !body.rate_limits) return {};
  return put_rate_rules(governance, model.rate_limit_ids,
                        body.rate_limits.value_or(std::vector<RateRuleBody>()));
}

Result<void> put(const Call& call, GovernanceSettings& governance, ModelConfigSettings& model,
                 const ModelBody& body) {
  if (body.model_name.empty()) {
    return client_error(ErrorCode::kInvalidRequest, "model_name: required, but not given",
                        "model_name");
  }
  model.model_name = body.model_name;
  model.provider = body.provider;
  model.scope = body.scope;
  model.scope_id = body.scope_id;
  model.calendar_aligned = body.calendar_aligned;
  if (body.budgets) {
    LimitOwner owner = owner_of(model);
    put_budgets(governance, owner, model.budgets, *body.budgets);
    put_named(model, owner.named);
  }
  if (body.reset_budget_usage) {
    BF_TRY_VOID(clear_usage(call, governance, owner_of(model), model.budgets));
  }
  return put_rates(governance, model, body);
}

class Show {
 public:
  Show(const Call& call, const GovernanceSettings& governance)
      : call_(call), governance_(governance) {}

  void operator()(json::Writer& writer, const ModelConfigSettings& model) const {
    writer.begin_object().member("id", std::string_view(model.id));
    writer.member("model_name", std::string_view(model.model_name));
    text_or_null(writer, "provider", model.provider);
    writer.member("scope", config::enum_text(model.scope));
    text_or_null(writer, "scope_id", model.scope_id);
    writer.member("calendar_aligned", model.calendar_aligned);
    write_budgets(writer, call_, governance_, owner_of(model), model.budgets);
    write_rate_limit(writer, call_, governance_, model.rate_limit_id);
    write_rate_rules(writer, call_, governance_, model.rate_limit_ids);
    write_times(writer, call_.desk.entry(kModels.kind, model.id));
    writer.end_object();
  }

 private:
  const Call& call_;
  const GovernanceSettings& governance_;
};

}  // namespace

Result<Answer> list_model_configs(const Call& call) {
  BF_TRY(const Page page, read_page(call.query));
  const std::string scope = http::query_value(call.query, "scope").value_or("");
  const std::string provider = http::query_value(call.query, "provider").value_or("");
  const auto governance = governance_of(call);
  const auto wanted = [&](const ModelConfigSettings& model) {
    return found_in(model.model_name, page) &&
           (scope.empty() || config::enum_text(model.scope) == scope) &&
           (provider.empty() || model.provider == provider);
  };
  return list(page, "model_configs", governance->model_configs, wanted, Show(call, *governance));
}

Result<Answer> create_model_config(const Call& call) {
  ModelBody body;
  BF_TRY_VOID(read_body(call, body));
  BF_TRY_VOID(check_shown(call, kNothingYet));
  return create_entry<Show>(call, kModels,
                            [&](GovernanceSettings& governance, ModelConfigSettings& model) {
                              return put(call, governance, model, body);
                            });
}

Result<Answer> show_model_config(const Call& call) { return show_entry<Show>(call, kModels); }

Result<Answer> update_model_config(const Call& call) {
  return change_entry<Show>(
      call, kModels,
      [&](GovernanceSettings& governance, ModelConfigSettings& model) -> Result<void> {
        ModelBody body = body_of(model);
        BF_TRY_VOID(read_body(call, body));
        BF_TRY_VOID(check_shown(call, {{"id", model.id}, {"rate_limit_id", model.rate_limit_id}}));
        return put(call, governance, model, body);
      });
}

Result<Answer> delete_model_config(const Call& call) {
  return delete_entry(
      call, kModels,
      [](GovernanceSettings& governance, ModelConfigSettings& model) -> Result<void> {
        drop_model_limits(governance, model);
        return {};
      });
}

}  // namespace bifrost::admin
