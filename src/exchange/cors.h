// What a browser may do here for a page of another site.
//
// A gateway that demands no credential is protected by the network around it alone, and a browser
// in that network carries out what any page on the Internet asks for, whether or not the page may
// read the answer. So without credentials `*` stands for pages of this machine only, and requests
// of other pages are refused. A page can also give its own name the address of this machine (DNS
// rebinding), which makes it one of our own for the browser: on the loopback the name must be ours.
#pragma once

#include "base/result.h"
#include "exchange/client_settings.h"
#include "http/headers.h"

#include <span>
#include <string>
#include <string_view>

namespace bifrost::exchange {

// What protects the gateway beside its network.
struct Doors {
  const CorsSettings& cors;
  bool keyless = true;  // whoever reaches it is served
};

// CORS headers for an answer to this origin; empty when it may not ask, or is no browser.
[[nodiscard]] http::Headers cors_headers(const Doors& doors, const http::Headers& request);
// Those of the answer to a preflight.
[[nodiscard]] http::Headers preflight_headers(const Doors& doors, const http::Headers& request);

// Fails with kPermissionDenied for a page that may not use the gateway. What costs nothing need not
// ask.
[[nodiscard]] Result<void> check_origin(const Doors& doors, const http::Headers& request);

// For a gateway without credentials that listens on the loopback: names of the Internet must be
// among `names`, others and addresses need not. `host` is what the request says. Fails with
// kPermissionDenied.
[[nodiscard]] Result<void> check_host(std::span<const std::string> names, std::string_view host);

}  // namespace bifrost::exchange
