// Who asks: from the head of a request alone, so that a stranger costs no memory for a body.
#pragma once

#include "base/result.h"
#include "governance/access_settings.h"
#include "governance/directory.h"
#include "governance/principal.h"
#include "http/message.h"
#include "provider/endpoint.h"
#include "routing/constraints.h"

#include <memory>
#include <string_view>

namespace bifrost::governance {

// What is known of a caller. The pin has views into the request's headers.
struct Caller {
  const Principal* principal = &anybody();  // never null; of the snapshot
  routing::KeyPin pin = {};                 // `x-bf-api-key-id` or `x-bf-api-key`

  // Keys that the caller brought, in place of configured ones; null: none. Behind a pointer, since
  // hardly anybody has one, and streams are long.
  std::unique_ptr<const provider::Key> direct_key = nullptr;
  // The token of one who has logged in with Anthropic, as Claude Code does. It stands in place of a
  // key at Anthropic, and nobody else may see it.
  std::unique_ptr<const provider::Key> anthropic_login = nullptr;
  // A credential is demanded, and the direct key is all that there is. Nobody here can check it: it
  // is good for calls that its provider checks, and for nothing else.
  bool own_key_only = false;

  [[nodiscard]] routing::Constraints constraints() const {
    return {.access = &principal->access, .pin = pin, .own_key_only = own_key_only};
  }
  // For what the gateway answers or pays for itself. Fails with kUnauthenticated.
  [[nodiscard]] Result<void> check_known() const;
};

struct IdentifyRequest {
  const Directory& directory;
  WallTime now;
  const http::RequestHead& head;
  std::string_view path;     // without the query
  std::string_view dialect;  // that the route speaks; empty: none
};

// Fails with kInvalidRequest when a required header is missing, with kUnauthenticated when a
// credential is demanded and there is none, or nobody knows it (types "virtual_key_required" and
// "access_not_found"), and with kPermissionDenied when it is not valid any more ("access_blocked").
[[nodiscard]] Result<Caller> identify(const AccessSettings& settings,
                                      const IdentifyRequest& request);

}  // namespace bifrost::governance
