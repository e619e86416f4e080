#include "upstream/proxies.h"

#include "base/strings.h"
#include "base/try.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::upstream {
namespace {

Result<std::shared_ptr<const client::Proxy>> make_proxy(std::string_view url_text,
                                                        std::string_view username,
                                                        std::string_view password) {
  BF_TRY(const http::Url url, http::parse_url(url_text));
  if (url.tls) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "proxy_config.url: a proxy is spoken to in http, not https");
  }
  auto proxy = std::make_shared<client::Proxy>();
  proxy->host = url.host;
  proxy->port = url.port;
  if (!username.empty()) {
    proxy->authorization =
        "Basic " + base64_encode(std::string(username) + ":" + std::string(password));
  }
  return std::shared_ptr<const client::Proxy>(std::move(proxy));
}

// NO_PROXY: names and domains, "*" for all.
bool excluded(std::string_view host, std::string_view no_proxy) {
  return std::ranges::any_of(split(no_proxy, ','), [&](std::string_view entry) {
    entry = trim(entry);
    if (entry.empty()) return false;
    if (entry == "*" || iequals(entry, host)) return true;
    if (entry.starts_with('.')) entry.remove_prefix(1);
    return host.size() > entry.size() && host[host.size() - entry.size() - 1] == '.' &&
           iequals(host.substr(host.size() - entry.size()), entry);
  });
}

std::string first_set(const config::Environment& environment,
                      std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (auto value = environment.get(name); value && !value->empty()) return *value;
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const client::Proxy>> proxy_for(const provider::ProxySettings& settings,
                                                       const http::Url& url,
                                                       const config::Environment& environment) {
  switch (settings.type) {
    case provider::ProxyType::kNone:
    case provider::ProxyType::kSocks5:
      return std::shared_ptr<const client::Proxy>();
    case provider::ProxyType::kHttp:
      return make_proxy(settings.url, settings.username.reveal(), settings.password.reveal());
    case provider::ProxyType::kEnvironment:
      break;
  }
  if (excluded(url.host, first_set(environment, {"NO_PROXY", "no_proxy"}))) {
    return std::shared_ptr<const client::Proxy>();
  }
  const std::string text = url.tls ? first_set(environment, {"HTTPS_PROXY", "https_proxy"})
                                   : first_set(environment, {"HTTP_PROXY", "http_proxy"});
  if (text.empty()) return std::shared_ptr<const client::Proxy>();
  return make_proxy(text, settings.username.reveal(), settings.password.reveal());
}

Result<std::shared_ptr<const client::Proxy>> proxy_for(
    const provider::GlobalProxySettings& settings, const http::Url& url) {
  if (!settings.enabled || excluded(url.host, settings.no_proxy)) {
    return std::shared_ptr<const client::Proxy>();
  }
  return make_proxy(settings.url, settings.username, settings.password.reveal());
}

Result<std::shared_ptr<const client::Proxy>> proxy_of_environment(
    const http::Url& url, const config::Environment& environment) {
  return proxy_for({.type = provider::ProxyType::kEnvironment}, url, environment);
}

}  // namespace bifrost::upstream
