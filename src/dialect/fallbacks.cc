#include "dialect/fallbacks.h"

#include "base/limits.h"
#include "base/try.h"
#include "dialect/fault.h"

#include <string_view>

namespace bifrost::dialect {
namespace {

constexpr std::string_view kFix = "write \"provider/model\"";

Result<std::string> read_model(json::Value item, const std::string& path) {
  if (auto name = item.string()) return *std::move(name);
  if (!item.is_object()) return wrong_type(path, item, "a string", kFix);
  const auto [provider, model] = item.members<2>({"provider", "model"});
  if (provider.is_set() && !provider.is_string()) {
    return wrong_type(path + ".provider", provider, "a string");
  }
  if (!model.is_set()) return fault_at(path + ".model", "is required; write \"provider/model\"");
  if (!model.is_string()) return wrong_type(path + ".model", model, "a string", kFix);
  std::string name = provider.string_or({});
  if (!name.empty()) name += '/';
  return name.append(model.string_or({}));
}

}  // namespace

Result<std::vector<std::string>> read_fallbacks(json::Value list) {
  std::vector<std::string> models;
  if (!list.is_set()) return models;
  if (!list.is_array()) return wrong_type("fallbacks", list, "an array of strings", kFix);
  if (list.size() > limits::kFallbacksMax) {
    return fault_at("fallbacks", "has " + std::to_string(list.size()) + " entries, but at most " +
                                     std::to_string(limits::kFallbacksMax) + " are tried");
  }
  models.reserve(list.size());
  for (const json::Value item : list.children()) {
    const std::string path = "fallbacks[" + std::to_string(models.size()) + "]";
    BF_TRY(models.emplace_back(), read_model(item, path));
  }
  return models;
}

}  // namespace bifrost::dialect
