// What the gateway's own routes say about an answer inside of it, as `extra_fields`: who gave it,
// for which model, how long it took, what was dropped from the request.
#pragma once

#include "exchange/exchange.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::exchange {

class ExtraFields {
 public:
  // Once the exchange is served, which outlives this.
  explicit ExtraFields(const Exchange& exchange);

  // Puts them into the body of a whole answer, in place of those that a gateway behind this one
  // has put there (`present`).
  void add_to(std::string& body, bool present) const;

  // The object for a whole answer.
  [[nodiscard]] std::string whole() const;
  // The object for a chunk of a stream; `latency` goes up to now. The last one has the raw request.
  [[nodiscard]] std::string chunk(dialect::ChunkPlace place,
                                  std::chrono::nanoseconds latency) const;

 private:
  void append(std::string& out, std::chrono::nanoseconds latency,
              std::optional<dialect::ChunkPlace> chunk, std::string_view raw_response) const;

  const Exchange& exchange_;
  bool raw_request_;
  bool raw_response_;
};

}  // namespace bifrost::exchange
