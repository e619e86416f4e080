#include "exchange/rule_facts.h"

#include "base/strings.h"
#include "http/url.h"
#include "routing/permit.h"

#include <algorithm>
#include <array>
#include <span>

namespace bifrost::exchange {
namespace {

constexpr std::size_t kParametersMax = 256;  // of a query that rules look at

cel::Value text(std::string_view value) { return cel::Value(value); }

struct Names {
  std::string_view id;
  std::string_view name;
};

Names names_of(const std::shared_ptr<const governance::Named>& group) {
  return group == nullptr ? Names() : Names{.id = group->id, .name = group->name};
}

Names names_of(const governance::Principal& principal) {
  if (&principal == &governance::anybody()) return {};
  return {.id = principal.id, .name = principal.name};
}

double percent(const governance::Limit::State& state) {
  constexpr double kAll = 100;
  const auto used = static_cast<double>(state.used + state.held);
  if (state.amount <= 0) return kAll;
  return kAll * used / static_cast<double>(state.amount);
}

}  // namespace

std::optional<cel::Value> HeaderMap::find(const cel::Value& key) const {
  const auto* name = key.get<std::string_view>();
  const auto value = name == nullptr ? std::nullopt : headers_.find(*name);
  if (!value) return std::nullopt;
  return text(*value);
}

std::pair<cel::Value, cel::Value> HeaderMap::at(std::size_t index) const {
  if (lower_names_.empty()) {
    lower_names_.reserve(headers_.size());
    for (const http::Header header : headers_) lower_names_.push_back(ascii_lower(header.name));
  }
  return {text(lower_names_[index]), text(headers_.at(index).value)};
}

const QueryMap::Parameters& QueryMap::parameters() const {
  if (parameters_) return *parameters_;
  parameters_.emplace();
  for (const std::string_view part : split(query_, '&')) {
    if (part.empty() || parameters_->size() == kParametersMax) continue;
    const auto [name, value] = split_once(part, '=').value_or(std::pair(part, std::string_view()));
    auto decoded_name = percent_decode(name);
    auto decoded_value = percent_decode(value);
    if (!decoded_name || !decoded_value) continue;
    parameters_->emplace_back(*std::move(decoded_name), *std::move(decoded_value));
  }
  return *parameters_;
}

std::optional<cel::Value> QueryMap::find(const cel::Value& key) const {
  const auto* name = key.get<std::string_view>();
  if (name == nullptr) return std::nullopt;
  const auto found = std::ranges::find(parameters(), *name, &Parameters::value_type::first);
  if (found == parameters().end()) return std::nullopt;
  return text(found->second);
}

std::pair<cel::Value, cel::Value> QueryMap::at(std::size_t index) const {
  return {text(parameters()[index].first), text(parameters()[index].second)};
}

RuleFacts::RuleFacts(const RequestView& request, WallTime now)
    : request_(request),
      now_(now),
      headers_(request.head.headers),
      params_(http::query_of(request.head.target)) {}

void RuleFacts::set_asked(std::string_view provider, std::string_view model) {
  // A bare model goes to the route's own provider first.
  provider_ = provider.empty() ? request_.surface.provider : provider;
  model_ = model;
}

std::optional<cel::Value> RuleFacts::get(std::size_t variable) const {
  using enum routing::RuleVariable;
  const governance::Principal& caller = *request_.caller.principal;
  switch (static_cast<routing::RuleVariable>(variable)) {
    case kModel:
      return text(model_);
    case kProvider:
      return text(provider_);
    case kRequestType:
      return text(request_.surface.operation->name);
    case kHeaders:
      return cel::Value(headers_);
    case kParams:
      return cel::Value(params_);
    case kVirtualKeyId:
      return text(names_of(caller).id);
    case kVirtualKeyName:
      return text(names_of(caller).name);
    case kTeamId:
      return text(names_of(caller.team).id);
    case kTeamName:
      return text(names_of(caller.team).name);
    case kCustomerId:
      return text(names_of(caller.customer).id);
    case kCustomerName:
      return text(names_of(caller.customer).name);
    case kBudgetUsed:
      return cel::Value(used(governance::Unit::kNanoDollars));
    case kTokensUsed:
      return cel::Value(used(governance::Unit::kTokens));
    case kRequestsUsed:
      return cel::Value(used(governance::Unit::kRequests));
    case kComplexityTier:
      return std::nullopt;  // nothing tells it yet
  }
  return std::nullopt;
}

double RuleFacts::used(governance::Unit unit) const {
  const governance::Principal& caller = *request_.caller.principal;
  const auto* endpoint = request_.snapshot.registry.find(provider_);
  std::array<governance::Limits, governance::ModelLimits::kListsMax + 1> lists;
  lists.front() = caller.limits_at(provider_);
  const std::size_t count =
      1 + request_.snapshot.rules.models.find(
              {.key = caller.id,
               .provider = provider_,
               .model = endpoint == nullptr ? model_ : routing::counted_model(*endpoint, model_)},
              std::span(lists).last<governance::ModelLimits::kListsMax>());
  double most = 0;
  for (const governance::Limits limits : std::span(lists).first(count)) {
    for (const auto& limit : limits) {
      if (limit->unit() == unit) most = std::max(most, percent(limit->state(now_)));
    }
  }
  return most;
}

}  // namespace bifrost::exchange
