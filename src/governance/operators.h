// Who may use the management API.
//
// The administrator of the configuration, by HTTP Basic (RFC 7617). Without one the API is open
// where nobody but this machine can connect, and closed elsewhere and to what a proxy passes on.
#pragma once

#include "base/result.h"
#include "governance/settings/auth_settings.h"
#include "http/headers.h"

namespace bifrost::governance {

// Fails with kUnauthenticated, and with kPermissionDenied where it is closed. How long it takes
// says nothing about the password.
[[nodiscard]] Result<void> check_operator(const AuthSettings& settings,
                                          const http::Headers& headers, bool on_loopback);

}  // namespace bifrost::governance
