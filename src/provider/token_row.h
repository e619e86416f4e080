// Providers whose keys are exchanged for tokens, as rows of the table would have it. For tests.
//
// Their server of tokens answers in words: "token <text> <seconds>", or "next <path>".
#pragma once

#include "base/strings.h"
#include "dialect/dialect.h"
#include "provider/endpoint.h"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::provider {

inline constexpr std::string_view kTokenHost = "login.test";
inline constexpr std::string_view kCloudHost = "api.cloud.test";

// Keys that begin with "sk-" are no secrets to get tokens with.
inline Result<std::vector<http::Url>> cloud_addresses(const KeySettings& key) {
  if (key.value.reveal().starts_with("sk-")) return std::vector<http::Url>();
  if (key.value.reveal() == "unusable") {
    return gateway_error(ErrorCode::kConfigInvalid, "value: it is no secret of this cloud");
  }
  return std::vector{http::Url{
      .tls = false, .host = std::string(kTokenHost), .port = 80, .path = {}, .query = {}}};
}

inline Result<OutboundRequest> ask_cloud(const Key& key, WallTime now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  return OutboundRequest{
      .url = key.token_urls.front(),
      .target = "/token",
      .headers = {{"content-type", "text/plain"}},
      .body = key.settings.value.reveal() + " at " + std::to_string(seconds.count())};
}

inline Result<TokenStep> read_cloud(const TokenAnswer& answer) {
  const auto words = split(answer.body, ' ');
  if (words.size() == 2 && words[0] == "next") {
    OutboundRequest next = answer.asked;
    next.target = words[1];
    return next;
  }
  if (words.size() != 3 || words[0] != "token") {
    return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kNo, "there is no token in it");
  }
  std::int64_t seconds = 0;
  std::from_chars(words[2].data(), words[2].data() + words[2].size(), seconds);
  return Grant{.token = config::Secret(std::string(words[1])),
               .lifetime = std::chrono::seconds(seconds)};
}

inline constexpr TokenSource kCloudTokens = {.text = "a token of the cloud",
                                             .addresses = cloud_addresses,
                                             .ask = ask_cloud,
                                             .read = read_cloud};

inline ProviderSpec cloud_row() {
  return {.name = "cloud",
          .title = "Cloud",
          .sides = {{.dialect = dialect::find("openai_chat"), .signing = &kApiKeyHeader}},
          .base_url = "http://api.cloud.test",
          .tokens = &kCloudTokens};
}

// The same at the machine's own server of metadata; a key needs no value for it.
inline constexpr TokenSource kMachineTokens = {.text = "a token of the machine",
                                               .addresses = cloud_addresses,
                                               .ask = ask_cloud,
                                               .read = read_cloud,
                                               .link_local = true};

// The whole table, and these rows.
inline const std::vector<ProviderSpec>& rows_with_cloud() {
  static const std::vector<ProviderSpec> kRows = [] {
    std::vector<ProviderSpec> rows(all().begin(), all().end());
    rows.push_back(cloud_row());
    rows.push_back(cloud_row());
    rows.back().name = "machine";
    rows.back().tokens = &kMachineTokens;
    return rows;
  }();
  return kRows;
}

}  // namespace bifrost::provider
