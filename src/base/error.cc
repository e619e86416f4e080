#include "base/error.h"

#include "base/assert.h"

#include <array>
#include <utility>

namespace bifrost {
namespace {

using enum ErrorCode;

constexpr std::array<ErrorInfo, static_cast<std::size_t>(kCount)> kTable{{
    {kInvalidRequest, "invalid_request", 400, "invalid_request_error", "caller_invalid_request",
     "The request is malformed or contradicts itself. The message names the field and the fix."},
    {kContextLengthExceeded, "context_length_exceeded", 400, "invalid_request_error",
     "caller_invalid_request",
     "The prompt is longer than the model accepts. Shorten it or use a model with more context."},
    {kUnauthenticated, "unauthenticated", 401, "authentication_error", "policy_access_denied",
     "No credential, or one that the gateway does not know."},
    {kPermissionDenied, "permission_denied", 403, "permission_error", "policy_access_denied",
     "The credential is known but may not do this."},
    {kModelBlocked, "model_blocked", 403, "permission_error", "policy_model_blocked",
     "An allow list or deny list refuses the model."},
    {kRouteNotFound, "route_not_found", 404, "not_found_error", "caller_invalid_request",
     "No such path. The reference lists the routes that are served."},
    {kModelNotFound, "model_not_found", 404, "not_found_error", "caller_model_unknown",
     "No configured provider serves the model. Write it as provider/model, or configure a key "
     "that may use it."},
    {kEntryNotFound, "entry_not_found", 404, "not_found_error", "caller_invalid_request",
     "Nothing of this id is configured."},
    {kMethodNotAllowed, "method_not_allowed", 405, "invalid_request_error",
     "caller_invalid_request", "The path exists but not with this method; see the Allow header."},
    {kRequestTimeout, "request_timeout", 408, "invalid_request_error", "caller_cancelled",
     "The request did not arrive completely in time."},
    {kConflict, "conflict", 409, "invalid_request_error", "caller_invalid_request",
     "Something of this name is configured already, or what is to go is still needed, or somebody "
     "else has changed it meanwhile. The message says which."},
    {kOutdated, "outdated", 412, "invalid_request_error", "caller_invalid_request",
     "If-Match names a version that somebody else has replaced. Read the entry again."},
    {kBodyTooLarge, "body_too_large", 413, "invalid_request_error", "caller_invalid_request",
     "The body is larger than client.max_request_body_size_mb."},
    {kTooLargeForMemory, "too_large_for_memory", 413, "invalid_request_error", "bifrost_dropped",
     "The request needs more memory than all requests together may hold: "
     "server.overload.memory_share "
     "of what the gateway has."},
    {kHeaderTooLarge, "header_too_large", 431, "invalid_request_error", "caller_invalid_request",
     "The request line and headers are larger than server.read_buffer_size."},
    {kUnsupportedOperation, "unsupported_operation", 400, "invalid_request_error",
     "caller_invalid_request", "The provider does not offer this operation."},
    {kBudgetExceeded, "budget_exceeded", 402, "billing_error", "policy_budget_exceeded",
     "A budget of the virtual key, or of its team, customer or provider config, is spent. The "
     "message names it, and when it begins anew; repeating the request does not help before."},
    {kRateLimited, "rate_limited", 429, "rate_limit_error", "policy_rate_limited",
     "A limit of requests, tokens or places of the virtual key, or of what it belongs to, or of "
     "the caller's address, is reached. The message names it; Retry-After says when it begins "
     "anew."},
    {kClientGone, "client_gone", 499, "api_error", "caller_cancelled",
     "The caller closed the connection; the provider's call was cancelled."},
    {kQueueFull, "queue_full", 429, "rate_limit_error", "bifrost_dropped",
     "The provider's queue is full. Retry after the time in Retry-After, or raise "
     "concurrency_and_buffer_size."},
    {kQueueTimeout, "queue_timeout", 503, "api_error", "bifrost_dropped",
     "No place in the provider's queue became free in time."},
    {kBusy, "busy", 503, "api_error", "bifrost_dropped",
     "The gateway is short of memory, descriptors or time, or has too much of this kind of work "
     "waiting. Retry after the time in Retry-After; of what, the message says."},
    {kShuttingDown, "shutting_down", 503, "api_error", "bifrost_internal",
     "This replica is going down. Retry: another one answers."},
    {kStoreUnavailable, "store_unavailable", 503, "api_error", "bifrost_internal",
     "The database that keeps the configuration cannot be read or written; requests to models are "
     "served on. The message has what the database said."},
    {kInternal, "internal", 500, "api_error", "bifrost_internal",
     "A fault of the gateway. The request id finds it in the log."},
    {kConfigInvalid, "config_invalid", 500, "api_error", "bifrost_internal",
     "The configuration is not usable. The message names the field and the fix."},
    {kUpstreamInvalidRequest, "upstream_invalid_request", 400, "invalid_request_error",
     "caller_invalid_request", "The provider refused the request. Its own message is passed on."},
    {kUpstreamAuth, "upstream_auth", 401, "authentication_error", "provider_auth_failed",
     "The provider refused the configured key."},
    {kUpstreamBilling, "upstream_billing", 402, "billing_error", "provider_billing",
     "The provider wants money: quota spent or payment failed."},
    {kUpstreamNotFound, "upstream_not_found", 404, "not_found_error", "caller_invalid_request",
     "The provider does not know the model or the resource."},
    {kUpstreamRateLimited, "upstream_rate_limited", 429, "rate_limit_error",
     "provider_rate_limited", "The provider limits the rate. Retry-After passes its own hint on."},
    {kUpstreamOverloaded, "upstream_overloaded", 503, "api_error", "provider_overloaded",
     "The provider has no capacity at the moment."},
    {kUpstreamServerError, "upstream_server_error", 502, "api_error", "provider_server_error",
     "The provider failed."},
    {kUpstreamConnect, "upstream_connect", 502, "api_error", "provider_connection_failed",
     "The provider cannot be reached: DNS, refused, TLS, or the connection broke."},
    {kUpstreamConnectTimeout, "upstream_connect_timeout", 504, "api_error", "provider_timeout",
     "No connection to the provider in time."},
    {kUpstreamHeaderTimeout, "upstream_header_timeout", 504, "api_error", "provider_timeout",
     "The provider did not begin to answer in time. Raise "
     "network_config.default_request_timeout_in_seconds for slow models."},
    {kUpstreamFirstTokenTimeout, "upstream_first_token_timeout", 504, "api_error",
     "provider_timeout", "The stream opened but its first token did not come in time."},
    {kUpstreamIdleTimeout, "upstream_idle_timeout", 504, "api_error", "provider_timeout",
     "The stream was silent for longer than network_config.stream_idle_timeout_in_seconds."},
    {kUpstreamTotalTimeout, "upstream_total_timeout", 504, "api_error", "provider_timeout",
     "The answer took longer than the total limit."},
    {kUpstreamProtocol, "upstream_protocol", 502, "api_error", "provider_server_error",
     "The provider's answer is not what its wire format says."},
    {kUpstreamCutShort, "upstream_cut_short", 502, "api_error", "provider_connection_failed",
     "The provider's stream ended before its end marker; the answer is incomplete."},
    {kCredentialsExhausted, "upstream_credentials_exhausted", 502, "api_error",
     "provider_credentials_exhausted", "The provider refused every configured key."},
    {kUpstreamNoToken, "upstream_no_token", 502, "api_error", "provider_auth_failed",
     "The provider's key needs a token, and none could be fetched. The message says from where and "
     "why; Retry-After, when it is asked for again."},
}};

constexpr bool rows_in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].code) != i) return false;
  }
  return true;
}
static_assert(rows_in_order(), "one row per code, in the order of the enum");

}  // namespace

std::span<const ErrorInfo> error_table() { return kTable; }

const ErrorInfo& error_info(ErrorCode code) {
  const auto index = static_cast<std::size_t>(code);
  BF_ASSERT(index < kTable.size());
  return kTable[index];
}

int Error::status() const {
  // A provider's own 4xx and 5xx is passed on, as a caller that talked to it directly would see.
  if (origin == Origin::kUpstream && upstream_status >= 400 && upstream_status <= 599) {
    return upstream_status;
  }
  return error_info(code).status;
}

Error client_error(ErrorCode code, std::string message, std::string param) {
  return Error{.code = code,
               .origin = Origin::kClient,
               .retry = Retry::kNo,
               .message = std::move(message),
               .param = std::move(param)};
}

Error gateway_error(ErrorCode code, std::string message) {
  return Error{
      .code = code, .origin = Origin::kGateway, .retry = Retry::kNo, .message = std::move(message)};
}

Error upstream_error(ErrorCode code, Retry retry, std::string message) {
  return Error{
      .code = code, .origin = Origin::kUpstream, .retry = retry, .message = std::move(message)};
}

}  // namespace bifrost
