#include "governance/build_rules.h"

#include "base/assert.h"
#include "config/forms.h"
#include "governance/changed_keys.h"
#include "governance/limit_maker.h"
#include "governance/limit_names.h"
#include "governance/model_pattern.h"
#include "governance/price_overrides.h"
#include "governance/settings/named_rates.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace bifrost::governance {
namespace {

std::string shown(std::string_view kind, std::string_view name) {
  return std::string(kind).append(" ").append(name);
}

std::string shown_at(std::string_view key, std::string_view provider) {
  return std::string(key).append(" at provider ").append(provider);
}

class Builder {
 public:
  Builder(const GovernanceSettings& settings, LimitBook& book, WallTime now)
      : settings_(settings), limits_(settings, book, now) {}

  // All of it, or what changed of the directory.
  Rules build(const Directory& before, const std::optional<ChangedKeys>& changed) {
    if (changed) look_at_others(changed->come);
    for (const CustomerSettings& customer : settings_.customers) add_customer(customer);
    for (const TeamSettings& team : settings_.teams) add_team(team);
    Rules rules;
    rules.directory = changed ? with(before, *changed) : whole_directory();
    for (const ModelConfigSettings& model : settings_.model_configs) add_model(rules.models, model);
    for (const ProviderLimitSettings& provider : settings_.providers) {
      add_provider(rules.models, provider);
    }
    rules.prices = build_price_overrides(settings_);
    return rules;
  }

 private:
  // A customer or a team, with the limits of those above it.
  struct Group {
    std::shared_ptr<const Named> named;
    std::shared_ptr<const Named> customer;
    OwnLimits limits;
  };
  using Groups = std::unordered_map<std::string_view, Group>;

  // visit(value, principal), for each value that the key is known by
  template <class Visit>
  void each_value(const VirtualKeySettings& key, Visit visit) {
    const auto known = principal(key);
    visit(key.value.reveal(), known);
    for (const FormerValueSettings& former : key.former_values) {
      visit(former.value.reveal(), formerly(*known, former));
    }
  }

  Directory whole_directory() {
    Directory::Builder directory;
    for (const VirtualKeySettings& key : settings_.virtual_keys) {
      each_value(key, [&](std::string_view value, std::shared_ptr<const Principal> known) {
        directory.add(value, std::move(known));
      });
    }
    return std::move(directory).finish();
  }

  // What is gone goes first: a value may be another key's from now on.
  Directory with(Directory directory, const ChangedKeys& changed) {
    for (const auto& key : changed.gone) {
      directory = directory.without(key->value.reveal());
      for (const FormerValueSettings& former : key->former_values) {
        directory = directory.without(former.value.reveal());
      }
    }
    for (const auto& key : changed.come) {
      each_value(*key, [&](std::string_view value, std::shared_ptr<const Principal> known) {
        directory = directory.with(value, std::move(known));
      });
    }
    return directory;
  }

  // Keys that are not made anew may share rate limits with what is.
  void look_at_others(const ChangedKeys::Keys& changed) {
    std::unordered_set<std::string_view> named;
    const auto add = [&](const std::string& id) {
      if (!id.empty()) named.insert(id);
    };
    each_rate_beside_keys(settings_, add);
    for (const auto& key : changed) each_named_rate(*key, add);
    if (named.empty()) return;
    const std::unordered_set<ChangedKeys::Keys::value_type> made(changed.begin(), changed.end());
    for (const auto& key : settings_.virtual_keys.entries()) {
      if (made.contains(key)) continue;
      const auto share = [&](const std::string& id, const std::string& owner) {
        if (named.contains(id)) limits_.share(id, owner);
      };
      share(key->rate_limit_id, shown(kKeyOwner, key->name));
      for (const ProviderConfigSettings& entry : key->provider_configs) {
        share(entry.rate_limit_id, shown_at(shown(kKeyOwner, key->name), entry.provider));
      }
    }
  }

  void add_customer(const CustomerSettings& customer) {
    Group group{.named = std::make_shared<const Named>(Named{customer.id, customer.name}),
                .customer = nullptr,
                .limits = {}};
    group.customer = group.named;
    limits_.add_all(
        group.limits,
        {customer.rate_limit_id, customer.budgets, customer.budget_id, "customer/" + customer.id},
        {.kind = kCustomerOwner,
         .id = customer.id,
         .shown = shown(kCustomerOwner, customer.name),
         .aligned = customer.calendar_aligned});
    customers_.emplace(customer.id, std::move(group));
  }

  void add_team(const TeamSettings& team) {
    Group group{.named = std::make_shared<const Named>(Named{team.id, team.name}),
                .customer = nullptr,
                .limits = {}};
    limits_.add_all(group.limits,
                    {team.rate_limit_id, team.budgets, team.budget_id, "team/" + team.id},
                    {.kind = kTeamOwner,
                     .id = team.id,
                     .shown = shown(kTeamOwner, team.name),
                     .aligned = team.calendar_aligned});
    if (const auto above = customers_.find(team.customer_id); above != customers_.end()) {
      group.customer = above->second.named;
      append(group.limits, above->second.limits);
    }
    teams_.emplace(team.id, std::move(group));
  }

  static void append(OwnLimits& limits, const OwnLimits& more) {
    limits.insert(limits.end(), more.begin(), more.end());
  }

  std::shared_ptr<const Principal> principal(const VirtualKeySettings& key) {
    auto out = std::make_shared<Principal>();
    out->id = key.id;
    out->name = key.name;
    out->active = key.is_active;
    out->expires_at = config::point_in_time(key.expires_at);
    out->access.all_providers = key.allow_all_providers;
    const Owner owner{.kind = kKeyOwner,
                      .id = key.id,
                      .shown = shown(kKeyOwner, key.name),
                      .aligned = key.calendar_aligned};
    for (const ProviderConfigSettings& entry : key.provider_configs) add_grant(*out, entry, owner);
    limits_.add_all(out->limits, {key.rate_limit_id, key.budgets, {}, "virtual key/" + key.id},
                    owner);
    if (const auto team = teams_.find(key.team_id); team != teams_.end()) {
      out->team = team->second.named;
      out->customer = team->second.customer;
      append(out->limits, team->second.limits);
    } else if (const auto above = customers_.find(key.customer_id); above != customers_.end()) {
      out->customer = above->second.named;
      append(out->limits, above->second.limits);
    }
    return out;
  }

  // The same one, with the same limits, as long as its former value is known.
  static std::shared_ptr<const Principal> formerly(const Principal& now,
                                                   const FormerValueSettings& former) {
    auto out = std::make_shared<Principal>(now);
    out->known_until = config::point_in_time(former.valid_until);
    return out;
  }

  void add_model(ModelLimits& out, const ModelConfigSettings& model) {
    const bool all_models = model.model_name == provider::kEverything;
    std::string name = all_models ? "all models" : "model " + model.model_name;
    if (!model.provider.empty()) name += " at provider " + model.provider;
    const bool of_key = model.scope == ModelScope::kVirtualKey;
    if (of_key) name += " of virtual key " + model.scope_id;
    const Owner owner{
        .kind = kModelOwner, .id = model.id, .shown = name, .aligned = model.calendar_aligned};
    OwnLimits limits;
    limits_.add_all(
        limits, {model.rate_limit_id, model.budgets, model.budget_id, "model config/" + model.id},
        owner);
    for (const std::string& id : model.rate_limit_ids) limits_.add_rate(limits, id, owner);
    for (const std::string& id : model.budget_ids) limits_.add_budget(limits, id, owner);
    out.add({.key = of_key ? std::string_view(model.scope_id) : std::string_view(),
             .provider = model.provider,
             .model = all_models ? std::string_view() : std::string_view(model.model_name)},
            std::move(limits));
  }

  void add_provider(ModelLimits& out, const ProviderLimitSettings& provider) {
    OwnLimits limits;
    const Owner owner{
        .kind = kProviderOwner, .id = provider.name, .shown = shown(kProviderOwner, provider.name)};
    limits_.add_all(limits, {provider.rate_limit_id, provider.budgets, provider.budget_id}, owner);
    out.add({.key = {}, .provider = provider.name, .model = {}}, std::move(limits));
  }

  // Many keys have the same patterns, so each is made once.
  void split_list(const std::vector<std::string>& list, std::vector<std::string>& names,
                  std::vector<Pattern>& patterns) {
    for (const std::string& entry : list) {
      if (!is_model_pattern(entry)) {
        names.push_back(entry);
        continue;
      }
      auto made = patterns_.find(entry);
      if (made == patterns_.end()) {
        auto pattern = model_pattern(entry);
        BF_ASSERT(pattern.has_value());  // it has been checked
        made = patterns_.emplace(entry, *std::move(pattern)).first;
      }
      patterns.push_back(made->second);
    }
  }

  void add_grant(Principal& principal, const ProviderConfigSettings& entry, const Owner& key) {
    routing::Grant grant{
        .provider = entry.provider, .models = {}, .key_ids = entry.key_ids, .weight = entry.weight};
    split_list(entry.allowed_models, grant.models, grant.model_patterns);
    split_list(entry.blacklisted_models, grant.blacklisted_models, grant.blacklisted_patterns);
    if (std::ranges::find(entry.key_ids, provider::kEverything) != entry.key_ids.end()) {
      grant.key_ids = std::nullopt;
    }
    principal.access.grants.push_back(std::move(grant));
    Principal::ProviderLimits at{.provider = entry.provider, .limits = {}};
    const Owner owner{.kind = kKeyOwner,
                      .id = at_provider(key.id, entry.provider),
                      .shown = shown_at(key.shown, entry.provider),
                      .aligned = key.aligned};
    limits_.add_all(at.limits,
                    {entry.rate_limit_id,
                     entry.budgets,
                     {},
                     entry.id == 0 ? "" : "provider config/" + std::to_string(entry.id)},
                    owner);
    if (!at.limits.empty()) principal.at_providers.push_back(std::move(at));
  }

  const GovernanceSettings& settings_;
  LimitMaker limits_;
  std::unordered_map<std::string, Pattern> patterns_;
  Groups customers_;
  Groups teams_;
};

}  // namespace

Rules RulesBuilder::build(const GovernanceSettings& settings, WallTime now) {
  // Nothing is known of what comes to no end, for want of memory.
  const auto before = std::exchange(settings_, std::nullopt);
  const auto changed = before ? changed_keys(*before, settings) : std::nullopt;
  Rules rules = Builder(settings, book_, now).build(directory_, changed);
  settings_ = settings;
  directory_ = rules.directory;
  book_.sweep(now);
  return rules;
}

Rules build_rules(const GovernanceSettings& settings, LimitBook& book, WallTime now) {
  return RulesBuilder(book).build(settings, now);
}

}  // namespace bifrost::governance
