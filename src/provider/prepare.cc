#include "provider/prepare.h"

#include "base/strings.h"
#include "base/try.h"
#include "base/version.h"
#include "http/h1/head.h"
#include "provider/forward.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace bifrost::provider {
namespace {

constexpr std::string_view kBetaHeader = "anthropic-beta";
constexpr std::string_view kVersionHeader = "anthropic-version";

// ---------------------------------------------------------------------------------------------
// Addresses

// "v1", "v1beta", "v4".
bool is_version(std::string_view segment) {
  return segment.size() >= 2 && segment[0] == 'v' && segment[1] >= '0' && segment[1] <= '9';
}

std::string_view last_segment(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

struct Address {
  http::Url url;
  std::string target;
};

Address address(const Endpoint& endpoint, const Key* key, llm::RequestType type,
                std::string_view usual_target) {
  const http::Url& base = key != nullptr && key->url ? *key->url : endpoint.base;
  const PathOverride* override = endpoint.path_override(type);
  if (override == nullptr) return {base, join_target(base, usual_target)};
  if (override->url) return {*override->url, override->url->target()};
  return {base, join_target(base, override->target)};
}

// ---------------------------------------------------------------------------------------------
// Credentials

// Tokens of an OAuth login are bearer tokens where keys have a header of their own.
constexpr std::string_view kAnthropicOAuthBeta = "oauth-2025-04-20";
constexpr std::string_view kGoogleOAuthPrefix = "ya29.";

void add_bearer(http::Headers& headers, std::string_view value) {
  headers.set("authorization", "Bearer " + std::string(value));
}

void add_credentials(const Endpoint& endpoint, const Key* key, http::Headers& headers,
                     BetaFeatures& betas) {
  if (key == nullptr || key->settings.value.empty()) return;
  const std::string& value = key->settings.value.reveal();
  switch (endpoint.spec->auth) {
    case AuthScheme::kNone:
      return;
    case AuthScheme::kBearer:
      return add_bearer(headers, value);
    case AuthScheme::kApiKeyHeader:
      if (!value.starts_with(kAnthropicLoginPrefix)) return headers.set("x-api-key", value);
      betas.add(kAnthropicOAuthBeta);
      return add_bearer(headers, value);
    case AuthScheme::kGoogleApiKey:
      if (value.starts_with(kGoogleOAuthPrefix)) return add_bearer(headers, value);
      return headers.set("x-goog-api-key", value);
  }
  std::unreachable();
}

// ---------------------------------------------------------------------------------------------
// Headers

// The last guard against a line break in a header, wherever its text came from. The value is not
// repeated in the message: it may be a credential.
Result<void> check(const http::Headers& headers) {
  for (const http::Header& header : headers) {
    if (http::h1::valid_token(header.name) && http::h1::valid_value(header.value)) continue;
    return client_error(ErrorCode::kInvalidRequest,
                        "a header to the provider holds a control character or has no valid name",
                        std::string(utf8_prefix(header.name, 64)));
  }
  return {};
}

// Puts `from` over what is there; beta features are joined instead.
void overlay(const http::Headers& from, http::Headers& headers, BetaFeatures& betas) {
  for (const http::Header& header : from) {
    if (iequals(header.name, kBetaHeader)) {
      betas.add(header.value);
    } else {
      headers.set(header.name, header.value);
    }
  }
}

// Of a caller who speaks Anthropic's own format, what Anthropic's API reads from headers.
http::Headers native_headers(const Endpoint& endpoint, const Caller& caller) {
  http::Headers out;
  if (!caller.same_dialect || endpoint.dialect().name != "anthropic") return out;
  for (const http::Header& header : *caller.headers) {
    if (iequals(header.name, kBetaHeader)) out.add(kBetaHeader, header.value);
    if (iequals(header.name, kVersionHeader)) out.set(kVersionHeader, header.value);
  }
  return out;
}

http::Headers operator_headers(const Endpoint& endpoint) {
  http::Headers out;
  for (const auto& [name, value] : endpoint.settings.network.extra_headers) {
    out.add(name, value.reveal());
  }
  return out;
}

// From the weakest to the strongest: our own, the row's, the body's, the caller's, the operator's.
http::Headers headers_for(const Endpoint& endpoint, const Key* key, const http::Headers& of_body,
                          const Caller& caller, http::Headers headers) {
  BetaFeatures betas;
  headers.add("accept-encoding", "identity");  // streams are read as they come
  headers.add("user-agent", user_agent());
  add_credentials(endpoint, key, headers, betas);
  for (const StaticHeader& header : endpoint.spec->headers) headers.set(header.name, header.value);
  overlay(of_body, headers, betas);
  if (caller.headers != nullptr) {
    static const config::HeaderFilterSettings kNoFilter;
    overlay(native_headers(endpoint, caller), headers, betas);
    overlay(
        forwarded_headers(*caller.headers, caller.filter != nullptr ? *caller.filter : kNoFilter),
        headers, betas);
  }
  overlay(operator_headers(endpoint), headers, betas);
  betas.filter(endpoint.settings.network.beta_header_overrides);
  if (const std::string value = betas.value(); !value.empty()) headers.set(kBetaHeader, value);
  return headers;
}

Error unsupported(const Endpoint& endpoint, llm::RequestType type) {
  Error error = gateway_error(ErrorCode::kUnsupportedOperation,
                              "provider " + endpoint.name + " does not offer " +
                                  std::string(llm::name_of(type)) +
                                  ", or its configuration does not allow it");
  error.retry = Retry::kOtherTarget;
  return error;
}

}  // namespace

std::string join_target(const http::Url& base, std::string_view target) {
  std::string_view prefix = base.path;
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (target.starts_with('/') && is_version(last_segment(prefix))) {
    const auto end = std::min(target.find_first_of("/?", 1), target.size());
    if (is_version(target.substr(1, end - 1))) target.remove_prefix(end);
  }
  std::string out(prefix);
  out += target;
  if (!out.starts_with('/')) out.insert(0, "/");
  if (!base.query.empty()) {
    out += out.find('?') == std::string::npos ? '?' : '&';
    out += base.query;
  }
  return out;
}

Result<OutboundRequest> prepare(const Endpoint& endpoint, const Key* key, Outgoing outgoing) {
  const llm::RequestType type = {llm::Operation::kChat, outgoing.stream};
  if (!endpoint.allows(type)) return unsupported(endpoint, type);

  const std::string usual = endpoint.spec->chat_path.empty()
                                ? endpoint.dialect().chat_path(outgoing.model, outgoing.stream)
                                : std::string(endpoint.spec->chat_path);
  auto [url, target] = address(endpoint, key, type, usual);
  http::Headers first = {
      {"content-type", "application/json"},
      {"accept", outgoing.stream ? "text/event-stream" : "application/json"},
  };
  OutboundRequest request{
      .url = std::move(url),
      .target = std::move(target),
      .headers =
          headers_for(endpoint, key, outgoing.encoded.headers, outgoing.caller, std::move(first)),
      .body = std::move(outgoing.encoded.body),
  };
  BF_TRY_VOID(check(request.headers));
  return request;
}

Result<OutboundRequest> prepare_models(const Endpoint& endpoint, const Key* key,
                                       std::string_view page_token) {
  constexpr llm::RequestType kType = {llm::Operation::kListModels};
  if (!endpoint.allows(kType)) return unsupported(endpoint, kType);
  const std::string usual = endpoint.spec->models_path.empty()
                                ? endpoint.dialect().models_path(page_token)
                                : std::string(endpoint.spec->models_path);
  auto [url, target] = address(endpoint, key, kType, usual);
  OutboundRequest request{
      .method = "GET",
      .url = std::move(url),
      .target = std::move(target),
      .headers = headers_for(endpoint, key, {}, {}, {{"accept", "application/json"}}),
      .body = {},
  };
  BF_TRY_VOID(check(request.headers));
  return request;
}

}  // namespace bifrost::provider
