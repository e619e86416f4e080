// Section `proxy_config` of a provider.
#pragma once

#include "config/facts.h"
#include "config/secret.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::provider {

enum class ProxyType : std::uint8_t { kNone, kHttp, kSocks5, kEnvironment };
}  // namespace bifrost::provider

template <>
struct bifrost::config::EnumTexts<bifrost::provider::ProxyType> {
  static constexpr std::string_view kTexts[] = {"none", "http", "socks5", "environment"};
};

namespace bifrost::provider {

struct ProxySettings {
  ProxyType type = ProxyType::kNone;
  std::string url;
  config::Secret username;
  config::Secret password;
  std::string ca_cert_pem;

  void describe(this auto& self, auto& visit) {
    visit.field("type", self.type,
                {.text = "`none`: direct. `http`: through `url`. `environment`: as HTTP_PROXY, "
                         "HTTPS_PROXY and NO_PROXY say. `socks5` is refused: not served yet.",
                 .required = true});
    visit.field("url", self.url,
                {.text = "Address of the proxy; required for `http`.",
                 .form = config::Form::kUrl,
                 .env = true});
    visit.field("username", self.username, {.text = "User name for the proxy."});
    visit.field("password", self.password, {.text = "Password for the proxy."});
    visit.field("ca_cert_pem", self.ca_cert_pem,
                {.text = "Certificates that are trusted for the proxy, as PEM.",
                 .form = config::Form::kPem,
                 .env = true});
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const ProxySettings&, const ProxySettings&) = default;
};

}  // namespace bifrost::provider
