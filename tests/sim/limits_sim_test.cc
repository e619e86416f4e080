// Callers who ask for ten times what they use, on a limit that all of them share: how many are
// refused although there is room, and by how much the limit is passed.

#include "base/random.h"
#include "governance/learnt_use.h"
#include "governance/reservation.h"
#include "tests/sim/seeds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <memory>
#include <numbers>
#include <numeric>
#include <vector>

namespace bifrost::governance {
namespace {

constexpr std::size_t kRequests = 500;
constexpr std::int64_t kAsked = 1000;  // tokens; half of the answers have a tenth or less
constexpr std::int64_t kPerTick = 10;  // of a stream
constexpr std::int64_t kPiece = 256;   // by which a stream grows
constexpr LearntUse::Who kWho{.caller = "vk", .provider = "openai", .model = "m"};
constexpr WallTime kNow{};

// Log-normal, as lengths of answers are.
std::int64_t length(Random& random) {
  const double normal =
      std::sqrt(-2 * std::log(1 - random.unit())) * std::cos(2 * std::numbers::pi * random.unit());
  return std::clamp<std::int64_t>(std::llround(100 * std::exp(0.9 * normal)), 1, kAsked);
}

struct Rules {
  bool learns = true;
  bool stops = false;
  std::int64_t limit_percent = 80;  // of what all want together
  std::size_t come_each_tick = 1;
};

struct Outcome {
  std::size_t falsely_refused = 0;
  std::int64_t beyond = 0;  // tokens
  std::size_t streams_max = 0;
  std::int64_t limit = 0;
};

class World {
 public:
  World(std::uint64_t seed, const Rules& rules) : rules_(rules) {
    Random random(seed);
    lengths_.reserve(kRequests);
    for (std::size_t i = 0; i < kRequests; ++i) lengths_.push_back(length(random));
    const auto wanted = std::accumulate(lengths_.begin(), lengths_.end(), std::int64_t{0});
    out_.limit = wanted * rules.limit_percent / 100;
    limits_.push_back(std::make_shared<Limit>(
        LimitTerms{.owner = "key", .unit = Unit::kTokens, .amount = out_.limit}, kNow));
  }

  // Until all have ended.
  Outcome run() {
    std::size_t next = 0;
    while (next < kRequests || !streams_.empty()) {
      const std::size_t until = std::min(kRequests, next + rules_.come_each_tick);
      for (; next < until; ++next) come(lengths_[next]);
      out_.streams_max = std::max(out_.streams_max, streams_.size());
      for (Stream& stream : streams_) advance(stream);
      std::erase_if(streams_, [](const Stream& stream) { return stream.ended; });
    }
    out_.beyond = std::max<std::int64_t>(0, used_ - out_.limit);
    return out_;
  }

 private:
  struct Stream {
    std::int64_t length = 0;
    std::int64_t seen = 0;
    Reservation reservation = {};
    bool ended = false;
  };

  void come(std::int64_t length) {
    std::int64_t expected = kAsked;
    if (rules_.learns) {
      expected = learnt_.expected(kWho, {.output_tokens = kAsked}).output.value_or(kAsked);
    }
    auto held = Reservation::hold({}, limits_, {.tokens = expected}, kNow);
    // Whoever knows how long each answer will be lets it through.
    std::int64_t needed = used_ + length;
    for (const Stream& stream : streams_) needed += stream.length;
    if (held) {
      streams_.push_back({.length = length, .reservation = *std::move(held)});
    } else if (needed <= out_.limit) {
      ++out_.falsely_refused;
    }
  }

  void advance(Stream& stream) {
    stream.seen = std::min(stream.length, stream.seen + kPerTick);
    const bool full = stream.seen > stream.reservation.covered().tokens &&
                      stream.reservation.grow({.tokens = stream.seen + kPiece}, kNow) != nullptr;
    stream.ended = stream.seen == stream.length || (full && rules_.stops);
    if (!stream.ended) return;
    used_ += stream.seen;
    stream.reservation.settle({.tokens = stream.seen});
    if (stream.seen == stream.length) {
      learnt_.learn(kWho, {.output_tokens = kAsked}, {.input = 0, .output = stream.seen});
    }
  }

  const Rules rules_;
  std::vector<std::int64_t> lengths_;
  std::vector<std::shared_ptr<Limit>> limits_;
  LearntUse learnt_;
  std::vector<Stream> streams_;
  std::int64_t used_ = 0;
  Outcome out_;
};

std::size_t falsely_refused(const Rules& rules) {
  std::size_t sum = 0;
  for (const std::uint64_t seed : test::seeds(20)) sum += World(seed, rules).run().falsely_refused;
  return sum;
}

// Nobody would have to be refused: there is more than all of them want.
TEST(LimitsSim, WhatIsLearntLetsABurstThroughThatFits) {
  Rules rules{.limit_percent = 120, .come_each_tick = 2};
  const std::size_t after = falsely_refused(rules);
  rules.learns = false;
  const std::size_t before = falsely_refused(rules);
  std::cout << "refused while there is room: " << before << " before, " << after << " after\n";
  EXPECT_LT(after * 10, before);
}

// The last of a limit: who wants little would fit, and nobody knows how much he wants.
TEST(LimitsSim, WhatIsLearntLeavesLessOfALimitUnused) {
  Rules rules;
  const std::size_t after = falsely_refused(rules);
  rules.learns = false;
  const std::size_t before = falsely_refused(rules);
  std::cout << "refused while there is room: " << before << " before, " << after << " after\n";
  EXPECT_LT(after * 3, before * 2);
}

// What streams are beyond what they hold when no more is left, each of them once.
TEST(LimitsSim, WhoMayFinishPassesTheLimitByNoMoreThanTheStreamsThatRun) {
  for (const std::uint64_t seed : test::seeds(20)) {
    const Outcome outcome = World(seed, {}).run();
    const auto streams = static_cast<std::int64_t>(outcome.streams_max);
    EXPECT_LE(outcome.beyond, streams * kAsked / 10) << seed;
  }
}

TEST(LimitsSim, WhoIsStoppedPassesItByAnEventOfEach) {
  for (const std::uint64_t seed : test::seeds(20)) {
    const Outcome outcome = World(seed, {.stops = true}).run();
    const auto streams = static_cast<std::int64_t>(outcome.streams_max);
    EXPECT_LE(outcome.beyond, streams * kPerTick) << seed;
  }
}

}  // namespace
}  // namespace bifrost::governance
