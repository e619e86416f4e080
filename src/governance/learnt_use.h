// What requests really use of what they ask for, learnt for each caller and model from those that
// have ended.
//
// Most answers are a tenth as long as `max_tokens` allows. Who holds all of it on his limits is
// refused while there is room; who holds what nineteen of twenty of his requests used is not, and
// the streams among the rest grow.
//
// A table of fixed size that all workers share, without a lock. Any thread may learn and ask.
#pragma once

#include "governance/quantile.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace bifrost::governance {

class LearntUse {
 public:
  static constexpr std::size_t kPlaces = 2048;  // pairs of caller and model that are remembered

  struct Who {
    std::string_view caller;
    std::string_view provider;
    std::string_view model;
  };
  struct Asked {
    std::int64_t bytes = 0;          // of its body
    std::int64_t output_tokens = 0;  // at most; 0: it does not say
  };
  struct Tokens {
    std::int64_t input = 0;
    std::int64_t output = 0;
  };
  // Absent: too few have ended for that.
  struct Expected {
    std::optional<std::int64_t> input;
    std::optional<std::int64_t> output;
  };

  LearntUse();

  void learn(const Who& who, const Asked& asked, const Tokens& used);
  [[nodiscard]] Expected expected(const Who& who, const Asked& asked) const;

 private:
  struct Place {
    std::atomic<std::uint64_t> owner{0};  // 0: nobody
    std::atomic<std::uint32_t> credit{0};
    Quantile input;   // tokens of each byte
    Quantile share;   // of what was asked for
    Quantile output;  // tokens, where it was not said
  };
  static constexpr std::size_t kWays = 4;  // places that a pair may have
  using Ways = std::span<Place, kWays>;

  [[nodiscard]] Ways ways_of(std::uint64_t owner) const;
  // Null: a newcomer has to wait.
  [[nodiscard]] Place* place_for(std::uint64_t owner);

  std::unique_ptr<std::array<Place, kPlaces>> places_;
};

}  // namespace bifrost::governance
