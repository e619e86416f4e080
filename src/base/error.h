// What went wrong, who caused it, and what may be tried next.
//
// Philosophy: a code says what happened in words that a caller can act on, never how our code
// noticed it. Two situations that need the same reaction from everybody share a code; two that
// need different reactions do not. One table (`error_info`) turns a code into an HTTP status, a
// type, a metric label and a line of documentation; dialects only shape the body.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bifrost {

enum class ErrorCode : std::uint8_t {
  // The caller's doing.
  kInvalidRequest,         // malformed or contradictory request
  kContextLengthExceeded,  // the prompt does not fit the model
  kUnauthenticated,
  kPermissionDenied,
  kModelBlocked,  // an allow or deny list refuses the model
  kRouteNotFound,
  kModelNotFound,  // no configured provider serves the model
  kEntryNotFound,  // nothing of this id is configured
  kMethodNotAllowed,
  kRequestTimeout,  // the caller did not finish sending in time
  kConflict,        // something of this name is there, or is still needed, or was changed meanwhile
  kOutdated,        // If-Match names a version that is not the current one
  kBodyTooLarge,
  kTooLargeForMemory,  // it would not fit into all the memory that requests may hold
  kHeaderTooLarge,
  kUnsupportedOperation,
  kBudgetExceeded,  // the money of a limit that he falls under is spent
  kRateLimited,     // the requests, tokens or places of a limit that he falls under are used up
  kClientGone,      // the caller left before the answer was complete
  // Our own limits and faults.
  kQueueFull,     // the provider's queue is full, the request was dropped
  kQueueTimeout,  // waited for a place in the provider's queue for too long
  kBusy,          // memory, descriptors, time or our own threads are short: not now
  kShuttingDown,
  kStoreUnavailable,  // the database of the configuration cannot be read or written
  kInternal,
  kConfigInvalid,
  // The provider's doing.
  kUpstreamInvalidRequest,  // the provider refused the request as the caller's fault
  kUpstreamAuth,
  kUpstreamBilling,
  kUpstreamNotFound,
  kUpstreamRateLimited,
  kUpstreamOverloaded,
  kUpstreamServerError,
  kUpstreamConnect,  // DNS, refused, TLS, or the connection broke
  kUpstreamConnectTimeout,
  kUpstreamHeaderTimeout,  // no response head in time
  kUpstreamFirstTokenTimeout,
  kUpstreamIdleTimeout,  // silence between two events
  kUpstreamTotalTimeout,
  kUpstreamProtocol,      // an answer that is not what the wire format says
  kUpstreamCutShort,      // the stream ended before its end marker
  kCredentialsExhausted,  // every key of the provider was refused
  kUpstreamNoToken,       // the provider's key needs a token, and none could be fetched
  kCount,                 // number of codes, not a code
};

enum class Origin : std::uint8_t { kClient, kGateway, kUpstream };

// What the executor may do next. Each step includes the ones after it: a failure that may be
// retried on the same target may also be tried on another one.
enum class Retry : std::uint8_t {
  kSameTarget,   // again with the same key, after a pause
  kOtherKey,     // again with another key of the provider, after a pause
  kReplaceKey,   // the key is dead for this request: another key, at once
  kOtherTarget,  // this provider cannot help; a fallback may
  kNo,           // nobody can help: the request itself is at fault, or the caller has left
};

// One row of the error table.
struct ErrorInfo {
  ErrorCode code;
  std::string_view name;         // stable identifier, e.g. "upstream_rate_limited"
  int status;                    // HTTP status when the provider gave none
  std::string_view openai_type;  // `error.type` in OpenAI-shaped bodies
  std::string_view error_type;   // value of the metric label `error_type`
  std::string_view text;         // for the reference page: what it means and what to do
};

std::span<const ErrorInfo> error_table();
const ErrorInfo& error_info(ErrorCode code);

// A failure as a value. `message` is for people and never holds a secret.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  Origin origin = Origin::kGateway;
  Retry retry = Retry::kNo;
  std::string message = {};
  std::string param = {};  // path of the offending field, when one is known: "messages[2].role"

  // What the provider said, when it was the provider.
  int upstream_status = 0;                                    // 0: no answer
  std::string upstream_type = {};                             // its own `type`
  std::string upstream_code = {};                             // its own `code`
  std::string upstream_body = {};                             // raw body, bounded
  std::optional<std::chrono::milliseconds> retry_after = {};  // a floor, from any retry hint

  // A retry budget is spent: callers that repeat it by themselves should not.
  bool repeat_unwanted = false;

  // The status that the caller gets.
  [[nodiscard]] int status() const;
  [[nodiscard]] std::string_view name() const { return error_info(code).name; }
};

// Shorthands for the usual cases.
Error client_error(ErrorCode code, std::string message, std::string param = {});
Error gateway_error(ErrorCode code, std::string message);
Error upstream_error(ErrorCode code, Retry retry, std::string message);

}  // namespace bifrost
