#include "exchange/stream_watch.h"

#include "exchange/booking.h"
#include "governance/refusal.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace bifrost::exchange {
namespace {

using governance::Amount;

// So many tokens beyond what is used are taken at once: a part of what is held already, so that
// long answers ask seldom, within these.
constexpr std::int64_t kPieceTokensMin = 256;
constexpr std::int64_t kPieceTokensMax = 4096;
constexpr std::int64_t kPieceShare = 8;

bool counts_what_streams_use(const Exchange& exchange) {
  if (exchange.snapshot->client.access.admission != governance::AdmissionMode::kReserve) {
    return false;
  }
  const Amount covered = exchange.call->reservation.covered();
  return std::min(covered.tokens, covered.nano_dollars) < governance::kLimitMax;
}

bool within(const Amount& used, const Amount& most) {
  return used.tokens <= most.tokens && used.nano_dollars <= most.nano_dollars;
}

// What is used, and a piece of output on top.
Amount with_piece(const Used& used, std::int64_t tokens) {
  llm::Usage usage = used.usage;
  usage.output += tokens;
  Amount out{.tokens = usage.total()};
  if (used.price != nullptr) out.nano_dollars = catalog::cost(*used.price, usage);
  return out;
}

}  // namespace

StreamWatch::StreamWatch(Exchange& exchange, const Clock& clock, record::Meter& meter)
    : exchange_(exchange),
      clock_(clock),
      meter_(meter),
      limited_(counts_what_streams_use(exchange)),
      covered_(exchange.call->reservation.covered()),
      enough_(covered_) {}

StreamWatch::~StreamWatch() {
  if (!full_) return;
  const Amount used = used_by(exchange_).amount();
  meter_.overshot(used.tokens - covered_.tokens, used.nano_dollars - covered_.nano_dollars);
}

bool StreamWatch::may_go_on() {
  if (!limited_ && !exchange_.call->entry) return true;
  const Used used = used_by(exchange_);
  book_progress(exchange_, used);
  return !limited_ || within(used.amount(), enough_) || grow(used);
}

bool StreamWatch::grow(const Used& used) {
  const bool stops =
      exchange_.snapshot->client.access.on_limit_reached == governance::OnLimitReached::kStop;
  ModelCall& call = *exchange_.call;
  const std::int64_t piece =
      std::clamp(call.reservation.held().tokens / kPieceShare, kPieceTokensMin, kPieceTokensMax);
  const Amount whole = with_piece(used, piece);
  const WallTime now = clock_.wall();
  const governance::Limit* full = call.reservation.grow(whole, now);
  if (full == nullptr) {
    book_growth(exchange_);
    covered_ = call.reservation.covered();
    enough_ = covered_;
    return true;
  }
  enough_ = whole;  // others may have given something back by then
  if (!std::exchange(full_, true) && !stops) meter_.stream_at_limit(false);
  if (stops) reason_ = "this answer ends here: " + governance::refusal(*full, now).message;
  return !stops;
}

void StreamWatch::stopped() { meter_.stream_at_limit(true); }

}  // namespace bifrost::exchange
