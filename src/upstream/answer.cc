#include "upstream/answer.h"

#include "upstream/told_limit.h"

#include <algorithm>

namespace bifrost::upstream {
namespace {

// For the end of the bytes once the end marker was seen: it is only needed to keep the connection.
constexpr std::chrono::nanoseconds kEndPatience = std::chrono::seconds(1);

constexpr net::CallScope::Expiry kSilent{ErrorCode::kUpstreamIdleTimeout, Origin::kUpstream,
                                         Retry::kSameTarget,
                                         "the provider's stream was silent for too long"};
constexpr net::CallScope::Expiry kTooLong{ErrorCode::kUpstreamTotalTimeout, Origin::kUpstream,
                                          Retry::kOtherTarget, "the answer took too long"};

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
  ended_ = !bytes || bytes->empty();
  if (ended_) co_return std::string_view();
  tap_->feed(*bytes);
  co_return *bytes;
}

void AnswerStream::close() {
  source_.reset();
  permit_.release();
}

}  // namespace bifrost::upstream
