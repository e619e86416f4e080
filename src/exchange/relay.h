// From the provider's answer to the caller: as it came when both speak one dialect, translated
// otherwise. A stream is one loop: await a piece, translate, await the write. Nothing is queued in
// between, so a slow caller slows the provider.
#pragma once

#include "base/clock.h"
#include "exchange/call.h"
#include "exchange/exchange.h"
#include "exchange/stream_writer.h"

namespace bifrost::exchange {

struct RelayContext {
  Exchange& exchange;
  const Call& call;
  const Clock& clock;
  record::Meter& meter;
  upstream::HeavyWork heavy = {};
};

// Writes the whole answer. Fails with kClientGone, or when the answer cannot be understood.
net::Task<Result<void>> relay_whole(RelayContext context);

// Writes the stream to its end, or to where its caller's limits have no more. An error in the
// middle is written as the dialect's own in-stream error; it is returned as well, for the log and
// the metrics.
net::Task<Result<void>> relay_stream(RelayContext context, StreamWriter& writer);

}  // namespace bifrost::exchange
