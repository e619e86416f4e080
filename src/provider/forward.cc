#include "provider/forward.h"

#include "base/strings.h"

#include <algorithm>

namespace bifrost::provider {
namespace {

constexpr std::string_view kPrefix = "x-bf-eh-";
constexpr std::string_view kOwnPrefix = "x-bf-";
constexpr std::size_t kFeaturesMax = 64;  // more than any API has

constexpr std::string_view kNever[] = {
    // Credentials: a caller's own key is x-bf-direct-key's business.
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "x-goog-api-key",
    "api-key",
    "x-amz-security-token",
    // The connection, which is ours.
    "host",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
    // The body, which is not the caller's any more, and the form of the answer, which we read.
    "content-length",
    "content-type",
    "content-encoding",
    "accept",
    "accept-encoding",
};

// What changes whom the request is for or who pays: the operator's choice, by name.
constexpr std::string_view kUnlessAllowed[] = {
    "x-http-method-override", "x-http-method",       "x-method-override",
    "x-goog-user-project",    "openai-organization", "openai-project",
};

bool contains(const auto& names, std::string_view name) {
  return std::ranges::any_of(names, [&](std::string_view each) { return iequals(each, name); });
}

}  // namespace

bool may_forward(std::string_view name) {
  if (name.empty() || istarts_with(name, kOwnPrefix)) return false;
  return !contains(kNever, name);
}

http::Headers forwarded_headers(const http::Headers& caller, const HeaderFilterSettings& filter) {
  http::Headers out;
  for (const http::Header& header : caller) {
    if (!istarts_with(header.name, kPrefix)) continue;
    const std::string name = ascii_lower(std::string_view(header.name).substr(kPrefix.size()));
    if (!may_forward(name) || contains(filter.denylist, name)) continue;
    const bool by_default = filter.allowlist.empty() && !contains(kUnlessAllowed, name);
    if (!by_default && !contains(filter.allowlist, name)) continue;
    out.add(name, header.value);
  }
  return out;
}

void BetaFeatures::add(std::string_view list) {
  for (const std::string_view part : split(list, ',')) {
    const std::string_view feature = trim(part);
    if (feature.empty() || features_.size() >= kFeaturesMax) continue;
    if (std::ranges::find(features_, feature) == features_.end()) features_.emplace_back(feature);
  }
}

void BetaFeatures::filter(const config::OrderedMap<bool>& overrides) {
  std::erase_if(features_, [&](const std::string& feature) {
    bool allowed = true;
    std::size_t longest = 0;
    for (const auto& [prefix, allow] : overrides) {
      if (prefix.size() < longest || !feature.starts_with(prefix)) continue;
      longest = prefix.size();
      allowed = allow;
    }
    return !allowed;
  });
}

std::string BetaFeatures::value() const {
  std::string out;
  for (const std::string& feature : features_) {
    if (!out.empty()) out += ",";
    out += feature;
  }
  return out;
}

}  // namespace bifrost::provider
