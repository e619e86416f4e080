// Section `proxy_config`: the proxy of everything that has none of its own.
#pragma once

#include "config/facts.h"
#include "config/secret.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::config {
class CheckScope;
}

namespace bifrost::provider {

enum class GlobalProxyType : std::uint8_t { kHttp, kSocks5, kTcp };
}  // namespace bifrost::provider

template <>
struct bifrost::config::EnumTexts<bifrost::provider::GlobalProxyType> {
  static constexpr std::string_view kTexts[] = {"http", "socks5", "tcp"};
};

namespace bifrost::provider {

struct GlobalProxySettings {
  bool enabled = false;
  std::optional<GlobalProxyType> type;
  std::string url;
  std::string username;
  config::Secret password;
  std::string ca_cert_pem;
  std::string no_proxy;
  std::int64_t timeout = 0;
  bool enable_for_inference = false;
  bool enable_for_api = false;

  void describe(this auto& self, auto& visit) {
    visit.field("enabled", self.enabled, {.text = "Whether it is used.", .is_switch = true});
    visit.field("type", self.type,
                {.text = "`http`, and that where it is absent. The others are refused where it is "
                         "enabled: not served yet."});
    visit.field("url", self.url,
                {.text = "Its address; required where it is enabled.",
                 .form = config::Form::kUrl,
                 .env = true});
    visit.field("username", self.username, {.text = "User name for it.", .env = true});
    visit.field("password", self.password, {.text = "Password for it."});
    visit.field("ca_cert_pem", self.ca_cert_pem,
                {.text = "Certificates that are trusted on the way through it, as PEM.",
                 .form = config::Form::kPem,
                 .env = true});
    visit.field("no_proxy", self.no_proxy,
                {.text = "Names and domains that are reached without it, with commas between "
                         "them; `*` is all."});
    visit.field("timeout", self.timeout,
                {.text = "Seconds until it must have taken the connection; `0`: as without it.",
                 .minimum = 0,
                 .maximum = 300});
    visit.field("enable_for_inference", self.enable_for_inference,
                {.text = "For providers whose own `proxy_config` is `none`."});
    visit.field("enable_for_api", self.enable_for_api,
                {.text = "For the price sheet, in place of what the environment says."});
    visit.unserved("skip_tls_verify", config::Shape::kBool, "The proxy is spoken to in http.");
    visit.unserved("enable_for_scim", config::Shape::kBool, "For provisioning of users.");
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const GlobalProxySettings&, const GlobalProxySettings&) = default;
};

}  // namespace bifrost::provider
