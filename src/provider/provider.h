// The providers that are served, each as one row of plain data.
//
// A provider is an endpoint that speaks one or more dialects: where it is, which keys it wants, and
// a side for each format (see side.h). Everything else reads the table: the
// endpoints that a configuration makes of it, the reference page, the conformance suite.
#pragma once

#include "provider/side.h"
#include "provider/token_source.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::provider {

// Must a configured provider have keys with values?
enum class KeyRule : std::uint8_t { kRequired, kOptional, kNone };

struct ProviderSpec {
  std::string_view name;           // in configurations, "provider/model" and metric labels
  std::string_view title;          // for people
  std::vector<SideSpec> sides;     // at least one; the first is the usual one
  std::string_view base_url = {};  // empty: the configuration or the key has to say
  KeyRule key_rule = KeyRule::kRequired;
  const TokenSource* tokens = nullptr;  // null: a key's value is its credential
  std::string_view key_env = {};        // holds the key when nothing is configured
  bool url_per_key = false;             // each key may name its own server
  bool built_in = false;                // answered by this program, without a network
  // The provider's name of a model, where it is not what callers write. Null: the same.
  std::string (*wire_model)(std::string_view model) = nullptr;
  std::string_view docs = {};   // the page that the row was written from
  std::string_view notes = {};  // for the reference page: what the other members do not say

  [[nodiscard]] const SideSpec& usual() const { return sides.front(); }
  // A part of `model`, without what its format may put before it.
  [[nodiscard]] std::string_view canonical_model(std::string_view model) const;
  // The side for keys with use_anthropic_endpoints; null: there is none.
  [[nodiscard]] const SideSpec* on_request() const;
};

// Every provider that is served, in the order of the reference page.
[[nodiscard]] std::span<const ProviderSpec> all();

// By name; nothing when it is not served.
[[nodiscard]] const ProviderSpec* find(std::string_view name,
                                       std::span<const ProviderSpec> rows = all());

// Providers that configurations of the original may name and that are not served yet.
[[nodiscard]] std::span<const std::string_view> unserved();

}  // namespace bifrost::provider
