// From an encoded request to one that can be sent: address, credentials and headers.
//
// The last step that computes.
#pragma once

#include "base/result.h"
#include "http/headers.h"
#include "http/url.h"
#include "provider/endpoint.h"
#include "provider/outbound_request.h"
#include "provider/settings/header_filter_settings.h"

#include <string>
#include <string_view>

namespace bifrost::provider {

// The caller's side of a request, where there is one.
struct Caller {
  const http::Headers* headers = nullptr;        // may be null
  const HeaderFilterSettings* filter = nullptr;  // null: nothing is filtered
  bool same_dialect = false;                     // it speaks the provider's own wire format
};

struct Outgoing {
  std::string_view model;  // as the provider knows it
  bool stream = false;
  dialect::EncodedRequest encoded;
  Caller caller = {};
};

// Whom a request is for, and as whom.
struct Addressee {
  const Endpoint& endpoint;
  const Side& side;             // of the endpoint
  const Key* key;               // null: the endpoint needs none
  WallTime now = {};            // for signatures
  std::string_view token = {};  // fetched with the key; empty: its value is the credential
};

// A chat. Fails with kUnsupportedOperation when the endpoint does not allow it, and with
// kInvalidRequest or kConfigInvalid when a header holds what no header may.
[[nodiscard]] Result<OutboundRequest> prepare(const Addressee& to, Outgoing outgoing);

// A page of the list of models. An empty token asks for the first.
[[nodiscard]] Result<OutboundRequest> prepare_models(const Addressee& to,
                                                     std::string_view page_token);

// A request of a TokenSource, with what every request has. Fails with kConfigInvalid when a header
// holds what no header may.
[[nodiscard]] Result<OutboundRequest> prepare_token_request(OutboundRequest request);

// `target` below the path of `base`. A version at the end of the base ("https://x/v4") stands for
// the one at the beginning of the target ("/v1/chat/completions"): people configure both kinds.
[[nodiscard]] std::string join_target(const http::Url& base, std::string_view target);

}  // namespace bifrost::provider
