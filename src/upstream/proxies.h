// Which proxy is on the way to an address.
#pragma once

#include "base/result.h"
#include "client/origin.h"
#include "config/environment.h"
#include "http/url.h"
#include "provider/settings/global_proxy.h"
#include "provider/settings/provider_settings.h"

#include <memory>

namespace bifrost::upstream {

// By the settings of a provider; null: none. Fails with kConfigInvalid.
[[nodiscard]] Result<std::shared_ptr<const client::Proxy>> proxy_for(
    const provider::ProxySettings& settings, const http::Url& url,
    const config::Environment& environment);

// By the settings of the proxy of all; null: it is not enabled, or not for this address.
[[nodiscard]] Result<std::shared_ptr<const client::Proxy>> proxy_for(
    const provider::GlobalProxySettings& settings, const http::Url& url);

// By HTTP_PROXY, HTTPS_PROXY and NO_PROXY alone.
[[nodiscard]] Result<std::shared_ptr<const client::Proxy>> proxy_of_environment(
    const http::Url& url, const config::Environment& environment);

}  // namespace bifrost::upstream
