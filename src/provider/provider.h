// The providers that are served, each as one row of plain data.
//
// A provider is an endpoint that speaks a dialect: where it is, how it wants to be authenticated,
// and where it departs from the letter of its wire format. Everything else reads the table: the
// endpoints that a configuration makes of it, the reference page, the conformance suite.
#pragma once

#include "dialect/dialect.h"
#include "llm/operation.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bifrost::provider {

// How the value of a key is shown to the provider. A key without a value shows nothing, which only
// providers whose key rule is kOptional or kNone accept.
enum class AuthScheme : std::uint8_t {
  kNone,
  kBearer,        // Authorization: Bearer <value>
  kApiKeyHeader,  // x-api-key: <value>
  kGoogleApiKey,  // x-goog-api-key: <value>
};

// Must a configured provider have keys with values?
enum class KeyRule : std::uint8_t { kRequired, kOptional, kNone };

// What nearly every provider offers.
inline constexpr llm::RequestTypes kChatAndModels = {
    {llm::Operation::kListModels}, {llm::Operation::kChat, false}, {llm::Operation::kChat, true}};

struct StaticHeader {
  std::string_view name;
  std::string_view value;
};

struct ProviderSpec {
  std::string_view name;   // in configurations, "provider/model" and metric labels
  std::string_view title;  // for people
  const dialect::Dialect* dialect = nullptr;
  std::string_view base_url = {};  // empty: the configuration or the key has to say
  AuthScheme auth = AuthScheme::kBearer;
  KeyRule key_rule = KeyRule::kRequired;
  std::string_view key_env = {};      // holds the key when nothing is configured
  std::string_view chat_path = {};    // instead of the dialect's
  std::string_view models_path = {};  // instead of the dialect's
  std::span<const StaticHeader> headers = {};
  dialect::Flavor flavor = {};
  llm::RequestTypes offers = kChatAndModels;
  bool url_per_key = false;       // each key may name its own server
  bool sends_done_marker = true;  // ends its streams as the dialect says
  bool built_in = false;          // answered by this program, without a network
  // The provider's name of a model, where it is not what callers write. Null: the same.
  std::string (*wire_model)(std::string_view model) = nullptr;
  // How the same servers are spoken to in Anthropic's format, for keys with
  // use_anthropic_endpoints. It says only what differs: dialect, auth, headers, chat_path and
  // flavor. Null: not at all.
  const ProviderSpec* anthropic_side = nullptr;
  std::string_view docs = {};   // the page that the row was written from
  std::string_view notes = {};  // for the reference page: what the other members do not say
};

// Every provider that is served, in the order of the reference page.
[[nodiscard]] std::span<const ProviderSpec> all();

// By name; nothing when it is not served.
[[nodiscard]] const ProviderSpec* find(std::string_view name);

// Providers that configurations of the original may name and that are not served yet.
[[nodiscard]] std::span<const std::string_view> unserved();

}  // namespace bifrost::provider
