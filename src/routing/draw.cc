#include "routing/draw.h"

#include "routing/permit.h"

#include <algorithm>
#include <cstddef>
#include <functional>

namespace bifrost::routing {
namespace {

using provider::Endpoint;

struct Candidate {
  const Endpoint* endpoint;
  double weight;
};

bool serves(const Endpoint& endpoint, const Grant& grant, const DrawRequest& request) {
  const Permit permit = best_permit(endpoint, request.model);
  if (permit == Permit::kExplicit) return true;
  if (!allows(permit)) return false;
  // That the list allows it has been looked at. A pattern names no model any more than a star does.
  const bool star = std::ranges::find(grant.models, provider::kEverything) != grant.models.end();
  if (!star && lists(endpoint, grant.models, request.model)) return true;
  return request.catalog != nullptr &&
         model_facts(*request.catalog, endpoint, request.model) != nullptr;
}

GrantStanding standing_of(const Endpoint* endpoint, const Grant& grant,
                          const DrawRequest& request) {
  if (!grant.weight) return GrantStanding::kNoWeight;
  if (endpoint == nullptr) return GrantStanding::kNotConfigured;
  if (!check_access(request.constraints, *endpoint, request.model)) return GrantStanding::kRefused;
  return serves(*endpoint, grant, request) ? GrantStanding::kDrawn : GrantStanding::kNotServed;
}

// Weights of 0 are never drawn beside others, but follow them.
std::size_t drawn(const std::vector<Candidate>& candidates, double number) {
  double sum = 0;
  for (const Candidate& each : candidates) sum += each.weight;
  double left = number * sum;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    left -= candidates[i].weight;
    if (left < 0) return i;
  }
  return 0;
}

// Unless nobody else is left: then the refusal says why.
void leave_out_full(std::vector<Candidate>& candidates, const DrawRequest& request) {
  const auto named = [&](std::string_view provider) {
    return std::ranges::find(request.full, provider) != request.full.end();
  };
  const auto is_full = [&](const Candidate& each) { return named(each.endpoint->name); };
  if (std::ranges::all_of(candidates, is_full)) return;
  std::erase_if(candidates, is_full);
  if (request.considered == nullptr) return;
  for (ConsideredGrant& each : *request.considered) {
    const bool drawn = each.standing == GrantStanding::kDrawn;
    if (drawn && named(each.grant->provider)) each.standing = GrantStanding::kFull;
  }
}

}  // namespace

std::vector<const Endpoint*> draw(const provider::Registry& registry, const DrawRequest& request) {
  std::vector<Candidate> candidates;
  if (request.constraints.access == nullptr) return {};
  for (const Grant& grant : request.constraints.access->grants) {
    const Endpoint* endpoint = grant.weight ? registry.find(grant.provider) : nullptr;
    const GrantStanding standing = standing_of(endpoint, grant, request);
    if (request.considered != nullptr) {
      request.considered->push_back({.grant = &grant, .standing = standing});
    }
    if (standing != GrantStanding::kDrawn) continue;
    const auto place = std::ranges::upper_bound(candidates, *grant.weight, std::ranges::greater(),
                                                &Candidate::weight);
    candidates.insert(place, {.endpoint = endpoint, .weight = *grant.weight});
  }
  if (!request.full.empty()) leave_out_full(candidates, request);
  std::vector<const Endpoint*> out;
  out.reserve(candidates.size());
  for (const Candidate& each : candidates) out.push_back(each.endpoint);
  const auto first = out.begin() + static_cast<std::ptrdiff_t>(drawn(candidates, request.number));
  if (!out.empty()) std::rotate(out.begin(), first, first + 1);
  return out;
}

}  // namespace bifrost::routing
