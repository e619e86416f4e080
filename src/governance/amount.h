// What a request uses, in every unit that a limit may count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace bifrost::governance {

enum class Unit : std::uint8_t { kRequests, kTokens, kNanoDollars, kConcurrent };

// Money is integer nano-dollars: 1 USD is 1'000'000'000 of them.
struct Amount {
  std::int64_t requests = 0;
  std::int64_t tokens = 0;
  std::int64_t nano_dollars = 0;
  std::int64_t concurrent = 0;  // of what has ended: none

  [[nodiscard]] std::int64_t of(Unit unit) const {
    switch (unit) {
      case Unit::kRequests:
        return requests;
      case Unit::kTokens:
        return tokens;
      case Unit::kNanoDollars:
        return nano_dollars;
      case Unit::kConcurrent:
        return concurrent;
    }
    std::unreachable();
  }

  Amount& operator+=(const Amount& other) {
    requests += other.requests;
    tokens += other.tokens;
    nano_dollars += other.nano_dollars;
    concurrent += other.concurrent;
    return *this;
  }
  friend bool operator==(const Amount&, const Amount&) = default;
};

// Nano-dollars as dollars, exactly: "10.25". At least `decimals` digits follow the point.
[[nodiscard]] std::string dollars_text(std::int64_t nano_dollars, std::size_t decimals = 2);

}  // namespace bifrost::governance
