// Where a provider's keys are not what its requests show: how a token is asked for with a key, and
// how the answer is read. A row of the provider table may name one; upstream/credentials.h does
// everything else: when to ask, once for all who wait, keeping, renewing, limits, errors.
//
// The functions compute: no waiting, no clock but the time that they are given. Their errors are
// shown to callers, so they hold neither the token, nor a secret of the key, nor the answer.
//
// No row of the table names one yet; upstream/credentials_test.cc has the first, for tests.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/secret.h"
#include "http/url.h"
#include "provider/outbound_request.h"
#include "provider/sign.h"

#include <chrono>
#include <string_view>
#include <variant>
#include <vector>

namespace bifrost::provider {

struct Key;
struct KeySettings;

// A token as it was given out. It is one line of text, whatever is in it: a signature that needs
// several values (AWS) takes them apart again.
struct Grant {
  config::Secret token;
  std::chrono::seconds lifetime{};  // from now on
};

// The token, or what has to be asked next to get it (an exchange of one token for another).
using TokenStep = std::variant<Grant, OutboundRequest>;

struct TokenAnswer {
  const Key& key;
  const OutboundRequest& asked;  // what it is the answer to
  std::string_view body;         // of an answer with a good status
  WallTime now;
};

struct TokenSource {
  std::string_view text;  // for the reference page: "a token of Entra ID"
  // Every address that is asked with this key; none: the key's value is its credential. Called
  // once for a configuration. Fails with kConfigInvalid and a message that names the field.
  Result<std::vector<http::Url>> (*addresses)(const KeySettings& key);
  // The first request; its URL is one of the addresses.
  Result<OutboundRequest> (*ask)(const Key& key, WallTime now);
  Result<TokenStep> (*read)(const TokenAnswer& answer);
  // How requests show the token, in place of their side's own way.
  const Signing* signing = &kBearer;
  // The addresses are the machine's own metadata server: reached without a proxy, and link-local,
  // where no configured address ever may be.
  bool link_local = false;
};

}  // namespace bifrost::provider
