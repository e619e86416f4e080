// What a request uses, in every unit that a limit may count.
#pragma once

#include <algorithm>
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

  [[nodiscard]] auto& of(this auto&& self, Unit unit) {
    switch (unit) {
      case Unit::kRequests:
        return self.requests;
      case Unit::kTokens:
        return self.tokens;
      case Unit::kNanoDollars:
        return self.nano_dollars;
      case Unit::kConcurrent:
        return self.concurrent;
    }
    std::unreachable();
  }

  // As much as `other` in each unit, or what it is where that is more.
  void raise_to(const Amount& other) {
    requests = std::max(requests, other.requests);
    tokens = std::max(tokens, other.tokens);
    nano_dollars = std::max(nano_dollars, other.nano_dollars);
    concurrent = std::max(concurrent, other.concurrent);
  }
  friend bool operator==(const Amount&, const Amount&) = default;
};

// Nano-dollars as dollars, exactly: "10.25". At least `decimals` digits follow the point.
[[nodiscard]] std::string dollars_text(std::int64_t nano_dollars, std::size_t decimals = 2);

}  // namespace bifrost::governance
