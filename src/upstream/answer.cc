#include "upstream/answer.h"

#include "upstream/told_limit.h"

#include <algorithm>
#include <string>

namespace bifrost::upstream {
namespace {

// For the end of the bytes once the end marker was seen: it is only needed to keep the connection.
constexpr std::chrono::nanoseconds kEndPatience = std::chrono::seconds(1);

constexpr net::CallScope::Expiry kSilent{ErrorCode::kUpstreamIdleTimeout, Origin::kUpstream,
                                         Retry::kSameTarget,
                                         "the provider's stream was silent for too long"};
constexpr net::CallScope::Expiry kTooLong{ErrorCode::kUpstreamTotalTimeout, Origin::kUpstream,
                                          Retry::kOtherTarget, "the answer took too long"};

std::uint64_t size_max(const provider::NetworkSettings& network) {
  return static_cast<std::uint64_t>(network.stream_size_max_mb) << 20U;
}

Error too_large(const provider::Endpoint& endpoint) {
  return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kOtherTarget,
                        "the provider's stream is larger than " +
                            std::to_string(endpoint.settings.network.stream_size_max_mb) +
                            " MiB (providers." + endpoint.name +
                            ".network_config.max_stream_size_mb)");
}

}  // namespace

net::Task<Result<std::string_view>> AnswerStream::read(net::CallScope& scope) {
  if (!peek_given_) {
    peek_given_ = true;
    if (!peeked_.empty()) co_return std::string_view(peeked_);
  }
  if (!peeked_.empty()) std::string().swap(peeked_);
  if (ended_) co_return std::string_view();
  const net::CallScope::Deadline total(scope, limits_.total_until, kTooLong);
  const bool complete = tap_->state().ended;
  const provider::NetworkSettings& network = limits_.endpoint.settings.network;
  const std::chrono::nanoseconds usual = network.stream_idle_timeout;
  const net::CallScope::Deadline silence(scope, complete ? std::min(usual, kEndPatience) : usual,
                                         kSilent);
  auto bytes = co_await source_->read(scope);
  if (!bytes && (!complete || scope.cancelled())) {
    tell_limit(bytes.error(), limits_.endpoint.name, network);
    co_return std::move(bytes).error();
  }
  if (bytes) bytes_ += bytes->size();
  const bool too_much = bytes_ > size_max(network);
  if (too_much && !complete) co_return too_large(limits_.endpoint);
  ended_ = !bytes || bytes->empty() || too_much;
  if (ended_) co_return std::string_view();
  tap_->feed(*bytes);
  co_return *bytes;
}

void AnswerStream::close() {
  source_.reset();
  permit_.release();
}

}  // namespace bifrost::upstream
