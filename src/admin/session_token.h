// Sessions of the administrator: what he is given when he signs in.
//
// The token is a secret that stands in a cookie or in the client; the database has its digest, and
// what the session was begun for, as far as the token can tell: so with another name or password of
// the administrator, all of his sessions end.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "governance/settings/auth_settings.h"
#include "http/headers.h"
#include "store/access_store.h"

#include <chrono>
#include <string>
#include <string_view>

namespace bifrost::admin {

inline constexpr auto kSessionLife = std::chrono::hours(24);

// What nobody can guess, behind a prefix that says what it is for.
[[nodiscard]] std::string new_token(std::string_view prefix);
// Does it look like one? What does not, need not be looked up.
[[nodiscard]] bool is_session_token(std::string_view text);
// What a page has to send with a change (header x-csrf-token) when the token comes by a cookie.
[[nodiscard]] std::string csrf_token(std::string_view token);
// A page of another site has a browser send the cookie, and cannot read what it has to send with
// it. Fails with kPermissionDenied.
[[nodiscard]] Result<void> check_csrf(const http::Headers& headers, std::string_view token);

Result<void> begin_session(store::AccessStore& store, const governance::AuthSettings& administrator,
                           std::string_view token, WallTime now);
[[nodiscard]] Result<bool> is_session(store::AccessStore& store,
                                      const governance::AuthSettings& administrator,
                                      std::string_view token, WallTime now);
// Was there one?
Result<bool> end_session(store::AccessStore& store, std::string_view token);

}  // namespace bifrost::admin
