#include "governance/model_limits.h"

#include <utility>

namespace bifrost::governance {

void ModelLimits::add(const Place& place, std::vector<std::shared_ptr<Limit>> limits) {
  auto& of_place = limits_[Name(place.key, place.provider, place.model)];
  for (auto& limit : limits) of_place.push_back(std::move(limit));
}

std::size_t ModelLimits::find(const Place& request, std::span<Limits, kListsMax> out) const {
  std::size_t count = 0;
  if (limits_.empty()) return count;
  const auto look = [&](std::string_view key, std::string_view provider, std::string_view model) {
    const auto found = limits_.find(View(key, provider, model));
    if (found != limits_.end()) out[count++] = found->second;
  };
  const auto look_all = [&](std::string_view key) {
    look(key, request.provider, request.model);
    look(key, {}, request.model);
    look(key, request.provider, {});
    look(key, {}, {});
  };
  look_all({});
  if (!request.key.empty()) look_all(request.key);
  return count;
}

}  // namespace bifrost::governance
