// /api/governance/teams and /api/governance/customers: who virtual keys belong to.

#include "admin/entries.h"
#include "admin/limits.h"
#include "admin/resources.h"
#include "governance/limit_names.h"
#include "governance/settings/entries.h"
#include "http/url.h"

#include <array>
#include <type_traits>
#include <utility>

namespace bifrost::admin {
namespace {

using governance::BudgetSettings;
using governance::CustomerSettings;
using governance::GovernanceSettings;
using governance::TeamSettings;

template <class Group>
constexpr bool kIsTeam = std::is_same_v<Group, TeamSettings>;

template <class Group>
constexpr governance::RuleScope kScope =
    kIsTeam<Group> ? governance::RuleScope::kTeam : governance::RuleScope::kCustomer;

template <class Group>
constexpr Resource<Group> resource_of() {
  if constexpr (kIsTeam<Group>) {
    return {.kind = governance::kTeamKind,
            .name = "team",
            .what = "team",
            .list = &GovernanceSettings::teams};
  } else {
    return {.kind = governance::kCustomerKind,
            .name = "customer",
            .what = "customer",
            .list = &GovernanceSettings::customers};
  }
}

template <class Group>
LimitOwner owner_of(const Group& group) {
  constexpr auto kOwner = kIsTeam<Group> ? &BudgetSettings::team_id : &BudgetSettings::customer_id;
  LimitOwner owner{.kind = kIsTeam<Group> ? governance::kTeamOwner : governance::kCustomerOwner,
                   .id = group.id,
                   .is_told = [id = group.id](const BudgetSettings& budget) {
                     return !id.empty() && budget.*kOwner == id;
                   }};
  if (!group.budget_id.empty()) owner.named.push_back(group.budget_id);
  return owner;
}

struct GroupBody {
  static constexpr std::array<std::string_view, 0> kUnserved = {};

  bool of_team = false;
  std::string name;
  std::string customer_id;
  bool calendar_aligned = false;
  std::optional<std::vector<BudgetBody>> budgets;
  std::optional<RateLimitBody> rate_limit;
  bool reset_budget_usage = false;

  void describe(this auto& self, auto& visit) {
    visit.field("name", self.name, {.text = "For people, unique."});
    if (self.of_team) {
      visit.field("customer_id", self.customer_id, {.text = "Its customer; empty: none."});
    }
    visit.field("calendar_aligned", self.calendar_aligned,
                {.text = "Windows of a day and longer are those of the calendar, in UTC."});
    visit.field("budgets", self.budgets, {.text = "All of them together."});
    visit.field("rate_limit", self.rate_limit, {.text = "`{}` takes it away."});
    visit.field("reset_budget_usage", self.reset_budget_usage,
                {.text = "`true`: what was used of its budgets is cleared; windows stay."});
    visit.unserved("id", config::Shape::kAny, "Shown.");
    visit.unserved("rate_limit_id", config::Shape::kAny, "Shown.");
    visit.unserved("virtual_key_count", config::Shape::kAny, "Shown.");
    visit.unserved("team_count", config::Shape::kAny, "Shown.");
    visit.unserved("created_at", config::Shape::kAny, "Shown.");
    visit.unserved("updated_at", config::Shape::kAny, "Shown.");
  }
};

template <class Group>
GroupBody body_of(const Group& group) {
  GroupBody body{
      .of_team = kIsTeam<Group>, .name = group.name, .calendar_aligned = group.calendar_aligned};
  if constexpr (kIsTeam<Group>) body.customer_id = group.customer_id;
  return body;
}

template <class Group>
void put_group_budgets(GovernanceSettings& governance, Group& group,
                       const std::vector<BudgetBody>& wanted) {
  LimitOwner owner = owner_of(group);
  put_budgets(governance, owner, group.budgets, wanted);
  if (owner.named.empty()) group.budget_id.clear();
  if constexpr (!kIsTeam<Group>) {
    // A customer who names a budget has no others with him; entries of their own are possible.
    if (group.budget_id.empty()) return;
    for (BudgetSettings& budget : std::exchange(group.budgets, {})) {
      budget.customer_id = group.id;
      governance.budgets.push_back(std::move(budget));
    }
  }
}

template <class Group>
Result<void> put(const Call& call, GovernanceSettings& governance, Group& group,
                 const GroupBody& body) {
  group.name = body.name;
  group.calendar_aligned = body.calendar_aligned;
  if constexpr (kIsTeam<Group>) group.customer_id = body.customer_id;
  if (body.budgets) put_group_budgets(governance, group, *body.budgets);
  put_rate_limit(governance, group.rate_limit_id, body.rate_limit);
  if (body.reset_budget_usage) {
    BF_TRY_VOID(clear_usage(call, governance, owner_of(group), group.budgets));
  }
  return check_name(governance, resource_of<Group>(), group);
}

template <class Member>
std::int64_t count_with(const config::SharedList<Member>& members, std::string Member::* of,
                        std::string_view id) {
  return std::ranges::count(members, id, of);
}

template <class Group>
std::int64_t key_count(const GovernanceSettings& governance, const Group& group) {
  constexpr auto kOf = kIsTeam<Group> ? &governance::VirtualKeySettings::team_id
                                      : &governance::VirtualKeySettings::customer_id;
  return count_with(governance.virtual_keys, kOf, group.id);
}

template <class Group>
class Show {
 public:
  Show(const Call& call, const GovernanceSettings& governance)
      : call_(call), governance_(governance) {}

  void operator()(json::Writer& writer, const Group& group) const {
    writer.begin_object();
    writer.member("id", std::string_view(group.id)).member("name", std::string_view(group.name));
    if constexpr (kIsTeam<Group>) {
      text_or_null(writer, "customer_id", group.customer_id);
    } else {
      writer.member("team_count",
                    count_with(governance_.teams, &TeamSettings::customer_id, group.id));
    }
    writer.member("calendar_aligned", group.calendar_aligned);
    writer.member("virtual_key_count", key_count(governance_, group));
    write_budgets(writer, call_, governance_, owner_of(group), group.budgets);
    write_rate_limit(writer, call_, governance_, group.rate_limit_id);
    write_times(writer, call_.desk.entry(resource_of<Group>().kind, group.id));
    writer.end_object();
  }

 private:
  const Call& call_;
  const GovernanceSettings& governance_;
};

template <class Group>
Result<Answer> list_groups(const Call& call, std::string_view name) {
  BF_TRY(const Page page, read_page(call.query));
  const std::string customer = http::query_value(call.query, "customer_id").value_or("");
  const auto governance = governance_of(call);
  const auto wanted = [&](const Group& group) {
    if constexpr (kIsTeam<Group>) {
      if (!customer.empty() && group.customer_id != customer) return false;
    }
    return found_in(group.name, page);
  };
  return list(page, name, (*governance).*resource_of<Group>().list, wanted,
              Show<Group>(call, *governance));
}

template <class Group>
Result<Answer> create_group(const Call& call) {
  GroupBody body{.of_team = kIsTeam<Group>};
  BF_TRY_VOID(read_body(call, body));
  BF_TRY_VOID(check_shown(call, kNothingYet));
  return create_entry<Show<Group>>(call, resource_of<Group>(),
                                   [&](GovernanceSettings& governance, Group& group) {
                                     return put(call, governance, group, body);
                                   });
}

template <class Group>
Result<Answer> update_group(const Call& call) {
  return change_entry<Show<Group>>(
      call, resource_of<Group>(),
      [&](GovernanceSettings& governance, Group& group) -> Result<void> {
        GroupBody body = body_of(group);
        BF_TRY_VOID(read_body(call, body));
        BF_TRY_VOID(check_shown(call, {{"id", group.id}, {"rate_limit_id", group.rate_limit_id}}));
        return put(call, governance, group, body);
      });
}

// Nobody is left behind who belongs to what is gone: his requests would escape its limits.
template <class Group>
Result<void> check_unused(const GovernanceSettings& governance, const Group& group) {
  std::int64_t members = key_count(governance, group);
  if constexpr (!kIsTeam<Group>) {
    members += count_with(governance.teams, &TeamSettings::customer_id, group.id);
  }
  if (members == 0) return {};
  return client_error(ErrorCode::kConflict, "the " + std::string(resource_of<Group>().what) + " " +
                                                quoted(group.name) + " still has " +
                                                std::to_string(members) +
                                                " that belong to it; move or delete them first");
}

template <class Group>
Result<Answer> delete_group(const Call& call) {
  return delete_entry(call, resource_of<Group>(),
                      [](GovernanceSettings& governance, Group& group) -> Result<void> {
                        BF_TRY_VOID(check_unused(governance, group));
                        drop_budgets(governance, owner_of(group));
                        drop_rate_limit(governance, group.rate_limit_id);
                        drop_rules_of(governance, kScope<Group>, group.id);
                        return {};
                      });
}

}  // namespace

Result<Answer> list_teams(const Call& call) { return list_groups<TeamSettings>(call, "teams"); }
Result<Answer> create_team(const Call& call) { return create_group<TeamSettings>(call); }
Result<Answer> show_team(const Call& call) {
  return show_entry<Show<TeamSettings>>(call, resource_of<TeamSettings>());
}
Result<Answer> update_team(const Call& call) { return update_group<TeamSettings>(call); }
Result<Answer> delete_team(const Call& call) { return delete_group<TeamSettings>(call); }

Result<Answer> list_customers(const Call& call) {
  return list_groups<CustomerSettings>(call, "customers");
}
Result<Answer> create_customer(const Call& call) { return create_group<CustomerSettings>(call); }
Result<Answer> show_customer(const Call& call) {
  return show_entry<Show<CustomerSettings>>(call, resource_of<CustomerSettings>());
}
Result<Answer> update_customer(const Call& call) { return update_group<CustomerSettings>(call); }
Result<Answer> delete_customer(const Call& call) { return delete_group<CustomerSettings>(call); }

}  // namespace bifrost::admin
