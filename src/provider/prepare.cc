#include "provider/prepare.h"

#include "base/strings.h"
#include "base/try.h"
#include "base/version.h"
#include "http/h1/head.h"
#include "llm/model_name.h"
#include "provider/forward.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace bifrost::provider {
namespace {

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

Address address(const Addressee& to, llm::RequestType type, std::string_view usual_target) {
  const http::Url& base = to.key != nullptr && to.key->url ? *to.key->url : to.side.base;
  const PathOverride* override = to.endpoint.path_override(type);
  if (override == nullptr) return {base, join_target(base, usual_target)};
  if (override->url) return {*override->url, override->url->target()};
  return {base, join_target(base, override->target)};
}

bool leads_away(std::string_view segment) {
  const auto plain = percent_decode(segment);
  return !plain || llm::is_dot_segment(*plain);
}

// The last guard against a path that a server would read as another one. No caller gets so far;
// an alias of the configuration may.
Result<void> check_path(const Endpoint& endpoint, std::string_view model, std::string_view target) {
  if (target.find_first_of(".%") == std::string_view::npos) return {};  // as most are
  if (std::ranges::none_of(split(target.substr(0, target.find('?')), '/'), leads_away)) return {};
  Error error = gateway_error(ErrorCode::kConfigInvalid,
                              "provider " + endpoint.name + ": model " + quoted(model) +
                                  " would leave the path of the provider: correct the model_id "
                                  "of its alias");
  error.retry = Retry::kOtherTarget;
  return error;
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
http::Headers native_headers(const Side& side, const Caller& caller) {
  http::Headers out;
  if (!caller.same_dialect || side.dialect().name != "anthropic") return out;
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
http::Headers headers_for(const Addressee& to, const http::Headers& of_body, const Caller& caller,
                          http::Headers headers) {
  BetaFeatures betas;
  headers.add("accept-encoding", "identity");  // streams are read as they come
  headers.add("user-agent", user_agent());
  for (const StaticHeader& header : to.side.spec->headers) headers.set(header.name, header.value);
  overlay(of_body, headers, betas);
  if (caller.headers != nullptr) {
    static const HeaderFilterSettings kNoFilter;
    overlay(native_headers(to.side, caller), headers, betas);
    overlay(
        forwarded_headers(*caller.headers, caller.filter != nullptr ? *caller.filter : kNoFilter),
        headers, betas);
  }
  overlay(operator_headers(to.endpoint), headers, betas);
  betas.filter(to.endpoint.settings.network.beta_header_overrides);
  if (const std::string value = betas.value(); !value.empty()) headers.set(kBetaHeader, value);
  return headers;
}

// Signs a request that is otherwise complete.
Result<OutboundRequest> finished(const Addressee& to, OutboundRequest request) {
  if (!to.token.empty()) {
    BF_TRY_VOID(to.endpoint.spec->tokens->signing->sign(request, to.token, to.now));
  } else if (to.key != nullptr && !to.key->settings.value.empty()) {
    BF_TRY_VOID(to.side.spec->signing->sign(request, to.key->settings.value.reveal(), to.now));
  }
  BF_TRY_VOID(check(request.headers));
  return request;
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

Result<OutboundRequest> prepare(const Addressee& to, Outgoing outgoing) {
  const std::string_view special = to.side.spec->path_of(outgoing.type.operation);
  const std::string_view usual = special.empty() ? outgoing.path : special;
  BF_TRY_VOID(check_path(to.endpoint, outgoing.model, usual));
  auto [url, target] = address(to, outgoing.type, usual);
  http::Headers first;
  if (outgoing.method != "GET") first.add("content-type", "application/json");
  first.add("accept", std::string(outgoing.accept));
  return finished(
      to, {.method = std::string(outgoing.method),
           .url = std::move(url),
           .target = std::move(target),
           .headers = headers_for(to, outgoing.encoded.headers, outgoing.caller, std::move(first)),
           .body = std::move(outgoing.encoded.body)});
}

Result<OutboundRequest> prepare_token_request(OutboundRequest request) {
  request.headers.set("accept-encoding", "identity");
  if (!request.headers.contains("user-agent")) request.headers.add("user-agent", user_agent());
  if (check(request.headers) && http::is_request_target(request.target)) return request;
  return gateway_error(ErrorCode::kConfigInvalid,
                       "a field of the key holds what no request for a token may hold, such as a "
                       "line break");
}

}  // namespace bifrost::provider
