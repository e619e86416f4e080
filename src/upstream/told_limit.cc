#include "upstream/told_limit.h"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>

namespace bifrost::upstream {
namespace {

struct Limit {
  std::string_view setting;
  std::chrono::milliseconds value;
};

std::optional<Limit> limit_of(ErrorCode code, const provider::NetworkSettings& network) {
  const Limit idle = {"stream_idle_timeout_in_seconds", network.stream_idle_timeout};
  switch (code) {
    case ErrorCode::kQueueTimeout:
      return Limit{"queue_timeout_in_seconds", network.queue_timeout};
    case ErrorCode::kUpstreamConnectTimeout:
      return Limit{"connect_timeout_in_seconds", network.connect_timeout};
    case ErrorCode::kUpstreamHeaderTimeout:
      return Limit{"default_request_timeout_in_seconds", network.request_timeout};
    case ErrorCode::kUpstreamFirstTokenTimeout:
      // Without a limit of its own the first token has that of every other.
      if (network.first_token_timeout.count() == 0) return idle;
      return Limit{"first_token_timeout_in_seconds", network.first_token_timeout};
    case ErrorCode::kUpstreamIdleTimeout:
      return idle;
    case ErrorCode::kUpstreamTotalTimeout:
      return Limit{"total_timeout_in_seconds", network.total_timeout};
    default:
      return std::nullopt;
  }
}

std::string seconds(std::chrono::milliseconds value) {
  std::array<char, 32> text{};
  const auto written =
      std::to_chars(text.begin(), text.end(), std::chrono::duration<double>(value).count(),
                    std::chars_format::fixed);
  return {text.data(), written.ptr};
}

}  // namespace

void tell_limit(Error& error, std::string_view provider, const provider::NetworkSettings& network) {
  const auto limit = limit_of(error.code, network);
  // A time-out that the provider reported itself is its own.
  if (!limit || error.upstream_status != 0) return;
  error.message += " (providers." + std::string(provider) + ".network_config." +
                   std::string(limit->setting) + " is " + seconds(limit->value) + ")";
}

}  // namespace bifrost::upstream
