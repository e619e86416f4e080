// Which of a caller's headers reach the provider, and the beta features of Anthropic's API.
#pragma once

#include "config/ordered_map.h"
#include "http/headers.h"
#include "provider/settings/header_filter_settings.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::provider {

// Names the beta features of Anthropic's API that a request uses.
inline constexpr std::string_view kBetaHeader = "anthropic-beta";

// The headers that a caller asked to forward as `x-bf-eh-<name>`, under their own names: those that
// the filter lets pass and that are nobody else's business (credentials, the connection, the body).
[[nodiscard]] http::Headers forwarded_headers(const http::Headers& caller,
                                              const HeaderFilterSettings& filter);

// May a header of this name be forwarded at all, whatever the filter says?
[[nodiscard]] bool may_forward(std::string_view name);

// Lists of `anthropic-beta` values, joined without doubles, in order of appearance.
class BetaFeatures {
 public:
  // `list` is a header's value: "a, b".
  void add(std::string_view list);
  // Takes out what the longest matching prefix in `overrides` says false to.
  void filter(const config::OrderedMap<bool>& overrides);
  // The header's value; empty when there is none.
  [[nodiscard]] std::string value() const;

 private:
  std::vector<std::string> features_;
};

}  // namespace bifrost::provider
