#include "upstream/answer.h"

#include "base/try.h"

#include <algorithm>

namespace bifrost::upstream {
namespace {

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
  const net::CallScope::Deadline silence(scope, limits_.silence, kSilent);
  BF_CO_TRY(const std::string_view bytes, co_await source_->read(scope));
  if (bytes.empty()) {
    ended_ = true;
  } else {
    tap_->feed(bytes);
  }
  co_return bytes;
}

void AnswerStream::close() {
  source_.reset();
  permit_.release();
}

}  // namespace bifrost::upstream
