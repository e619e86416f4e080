// The end of every request: what happened, as values, to everybody who keeps it.
#pragma once

#include "exchange/exchange.h"
#include "record/sink.h"

#include <span>

namespace bifrost::exchange {

// An exchange as sinks see it; views into it, so good until it changes.
class ExchangeRecord {
 public:
  explicit ExchangeRecord(const Exchange& exchange);
  ExchangeRecord(const ExchangeRecord&) = delete;  // it points into itself
  ExchangeRecord& operator=(const ExchangeRecord&) = delete;

  [[nodiscard]] record::Request& request() { return request_; }

 private:
  record::Service service_;
  record::ModelCall call_;
  record::Request request_;
};

// Gives back what the request held on its caller's limits, but for what it has used. Before the
// last byte of an answer, so that a caller who has read it finds the room again; but where only so
// many may run at once, not before the socket has taken the others: who reads nothing still runs.
// Only the first call counts.
void settle(Exchange& exchange);

// The same when it goes out of scope, by an exception too.
class SettledAtLast {
 public:
  explicit SettledAtLast(Exchange& exchange) : exchange_(exchange) {}
  ~SettledAtLast() { settle(exchange_); }
  SettledAtLast(const SettledAtLast&) = delete;
  SettledAtLast& operator=(const SettledAtLast&) = delete;

 private:
  Exchange& exchange_;
};

// Settles what the request held on its caller's limits, and tells the sinks that it has ended.
// Always the last step, whatever came before.
void finish(Exchange& exchange, const Clock& clock, std::span<record::Sink* const> sinks);

}  // namespace bifrost::exchange
