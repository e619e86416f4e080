#include "exchange/used.h"

#include <algorithm>
#include <cstdint>

namespace bifrost::exchange {
namespace {

// Text and JSON of English take four to five bytes a token.
constexpr std::uint64_t kBytesPerToken = 4;

// Where a provider has not told its usage, because the stream runs, was cut, or it never does: what
// was expected of the input, and of the answer what was seen: a token for each piece, or what its
// bytes weigh.
llm::Usage counted(const ModelCall& call) {
  const dialect::TapState& seen = call.seen();
  llm::Usage usage = seen.usage;
  if (usage.input_total() == 0) usage.input = call.expected.input;
  const bool told = seen.finished && usage.known;
  const auto untold = static_cast<std::int64_t>(seen.untold_bytes / kBytesPerToken);
  const std::int64_t output = std::max(static_cast<std::int64_t>(seen.content_events),
                                       usage.output_total() + (told ? 0 : untold));
  usage.output += std::max<std::int64_t>(0, output - usage.output_total());
  return usage;
}

// Did nobody wait for a provider that was at it? It has read the input by then, and wants its
// money.
bool left_alone(const Exchange& exchange) {
  if (!exchange.error || !exchange.call->reached) return false;
  switch (exchange.error->code) {
    case ErrorCode::kClientGone:
    case ErrorCode::kUpstreamHeaderTimeout:
    case ErrorCode::kUpstreamFirstTokenTimeout:
    case ErrorCode::kUpstreamIdleTimeout:
    case ErrorCode::kUpstreamTotalTimeout:
    case ErrorCode::kUpstreamCutShort:
      return true;
    default:
      return false;
  }
}

Used used_of(const llm::Usage& usage, const catalog::Price* price, bool estimated) {
  return {.anything = true,
          .estimated = estimated,
          .usage = usage,
          .price = price,
          .nano_dollars = price == nullptr ? 0 : catalog::cost(*price, usage)};
}

}  // namespace

governance::Amount Used::amount() const {
  if (!anything) return {};
  return {.requests = 1, .tokens = usage.total(), .nano_dollars = nano_dollars};
}

Used used_by(const Exchange& exchange) {
  const ModelCall& call = *exchange.call;
  if (call.served) {
    const llm::Usage usage = counted(call);
    return used_of(usage, call.served_facts.price(), usage != call.seen().usage || !usage.known);
  }
  if (!left_alone(exchange)) return {};
  return used_of({.input = call.expected.input}, call.expected_facts.price(), true);
}

}  // namespace bifrost::exchange
