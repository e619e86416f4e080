// From an encoded request to one that can be sent: address, credentials and headers.
//
// The last step that computes.
#pragma once

#include "base/result.h"
#include "dialect/request.h"
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

// A request in its wire format.
struct Outgoing {
  llm::RequestType type;
  std::string_view method = "POST";
  std::string_view path;        // behind the base URL, with its query, as the wire format says it
  std::string_view model = {};  // as the provider knows it; empty: it is about none
  std::string_view accept = "application/json";
  dialect::EncodedRequest encoded = {};
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

// `to.side` offers the type (Endpoint::check_allowed). Fails with kConfigInvalid when a model would
// leave the path of the provider, and with kInvalidRequest when a header holds what no header may.
[[nodiscard]] Result<OutboundRequest> prepare(const Addressee& to, Outgoing outgoing);

// A request of a TokenSource, with what every request has. Fails with kConfigInvalid when a header
// holds what no header may.
[[nodiscard]] Result<OutboundRequest> prepare_token_request(OutboundRequest request);

// `target` below the path of `base`. A version at the end of the base ("https://x/v4") stands for
// the one at the beginning of the target ("/v1/chat/completions"): people configure both kinds.
[[nodiscard]] std::string join_target(const http::Url& base, std::string_view target);

}  // namespace bifrost::provider
