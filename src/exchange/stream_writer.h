// A stream to the caller: the pieces that are given, and signs of life while there are none, in
// the dialect's legal no-op form.
//
// Load balancers cut connections that are silent for a minute; models may think for longer. The
// first sign commits the status 200, even before the provider has answered: a later failure is
// then written as an error inside the stream.
//
// Nothing else writes to the answer while one of these lives. A sign goes out from a timer's
// callback, so never inside of a piece; it is left out while a piece waits for a slow caller.
#pragma once

#include "exchange/exchange.h"
#include "net/loop.h"
#include "record/meter.h"
#include "telemetry/cell.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace bifrost::exchange {

class StreamWriter final : private net::Timer {
 public:
  // The silence begins now. References outlive the writer.
  StreamWriter(Exchange& exchange, record::Meter& meter);

  // Begins the answer of the provider that serves the exchange, unless a sign of life has begun
  // it; then its headers come too late.
  void begin();
  // As Responder::write and Responder::end. After the end, or a failure, there are no more signs.
  net::Task<Result<void>> write(std::string_view piece);
  net::Task<Result<void>> end();

  // How many events with content the pieces up to now had: what is between two is measured.
  void count_content(std::uint64_t content_events);

 private:
  void fire() override;
  void touch();
  void begin_answer(http::Headers headers);

  Exchange& exchange_;
  record::Meter& meter_;
  std::optional<telemetry::Counted> open_;
  telemetry::Histogram* between_events_ = nullptr;
  std::uint64_t content_events_ = 0;
  SteadyTime last_content_;
};

}  // namespace bifrost::exchange
