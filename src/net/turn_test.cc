// Whoever never has to wait gives the others a turn all the same.
#include "net/listener.h"
#include "net/loop_fixture.h"
#include "net/pair_fixture.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace bifrost::net {
namespace {

constexpr int kBufferBytes = 1024 * 1024;
constexpr std::size_t kMost = 300'000;  // of what goes through a pair while somebody looks

// How often the loop has gone round.
class Rounds {
 public:
  explicit Rounds(Loop& loop) : loop_(loop) { next(); }
  ~Rounds() { EXPECT_FALSE(running_); }
  [[nodiscard]] int count() const { return count_; }
  // To be awaited before the end: the loop holds a function of ours.
  Task<void> stop(CallScope& scope) {
    stopping_ = true;
    while (running_) EXPECT_TRUE(co_await sleep_for(scope, std::chrono::milliseconds(1)));
  }

 private:
  void next() {
    loop_.post([this] {
      ++count_;
      running_ = !stopping_;
      if (running_) next();
    });
  }

  Loop& loop_;
  int count_ = 0;
  bool running_ = true;
  bool stopping_ = false;
};

// As much as the kernel takes, at most kMost.
std::size_t fill(Stream& stream) {
  std::size_t bytes = 0;
  while (bytes < kMost && stream.write_now(std::string(1000, 'x'))) bytes += 1000;
  EXPECT_GT(bytes, kMost / 2);
  return bytes;
}

Task<void> reads(CallScope& scope, std::size_t piece, std::size_t bytes_a_round) {
  const StreamPair pair = stream_pair(scope.loop(), kBufferBytes);
  std::size_t left = fill(*pair.far);
  const std::size_t expected = left / bytes_a_round;
  Rounds rounds(scope.loop());
  std::string buffer(piece, '\0');
  while (left > 0) {
    auto got = co_await pair.near->read(scope, buffer);
    EXPECT_TRUE(got);
    if (!got) break;
    left -= *got;
  }
  EXPECT_GE(rounds.count(), static_cast<int>(expected));
  co_await rounds.stop(scope);
}

TEST(Turn, OfAReaderEndsAfterSoManyBytes) {
  run_in_fake_time([](CallScope& scope) { return reads(scope, 32 * 1024, 170'000); });
}

TEST(Turn, OfAReaderOfSmallPiecesEndsSooner) {
  run_in_fake_time([](CallScope& scope) { return reads(scope, 10, 1000); });
}

Task<void> writes(CallScope& scope) {
  const StreamPair pair = stream_pair(scope.loop(), kBufferBytes);
  Rounds rounds(scope.loop());
  const std::string piece(1000, 'x');
  for (std::size_t sent = 0; sent < kMost / 2; sent += piece.size()) {
    EXPECT_TRUE(co_await pair.near->write(scope, piece));
  }
  EXPECT_GE(rounds.count(), 4);
  co_await rounds.stop(scope);
}

TEST(Turn, OfAWriterEndsToo) { run_in_fake_time(writes); }

Task<void> accepts(CallScope& scope) {
  constexpr int kConnections = 100;
  auto listener = Listener::open(scope.loop(), *Address::from_literal("127.0.0.1", 0));
  EXPECT_TRUE(listener);
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < kConnections; ++i) {
    auto stream = co_await Stream::connect(scope, (*listener)->address());
    EXPECT_TRUE(stream);
    if (stream) streams.push_back(*std::move(stream));
  }
  Rounds rounds(scope.loop());
  for (int i = 0; i < kConnections; ++i) EXPECT_TRUE(co_await (*listener)->accept(scope));
  EXPECT_GE(rounds.count(), 3);
  co_await rounds.stop(scope);
}

TEST(Turn, OfAListenerEndsAfterSoManyConnections) { run_on_loop(accepts); }

Task<void> one(CallScope& scope, int& before, const int& other) {
  co_await scope.next_turn();
  before = other;
}
Task<void> another(CallScope& /*scope*/, int& other) {
  ++other;
  co_return;
}

TEST(Turn, GoesToEveryoneWhoIsReady) {
  FakeClock clock;
  Loop loop(clock);
  int before = 0;
  int other = 0;
  TaskGroup group(loop);
  group.spawn("one", [&](CallScope& scope) { return one(scope, before, other); });
  for (int i = 0; i < 3; ++i) {
    group.spawn("another", [&](CallScope& scope) { return another(scope, other); });
  }
  run_on(loop, [&](CallScope& scope) { return stop_when_drained(scope, group); });
  EXPECT_EQ(before, 3);
}

Task<void> cancelled(CallScope& scope) {
  CallScope call(scope.loop());
  call.cancel(kGoingDown);
  const StreamPair pair = stream_pair(scope.loop(), kBufferBytes);
  const std::string piece(1000, 'x');
  // It does not wait for ever for a turn that it does not take.
  Result<void> written;
  for (int i = 0; i < 1000 && written; ++i) written = co_await pair.near->write(call, piece);
  EXPECT_TRUE(!written && written.error().code == ErrorCode::kShuttingDown);
}

TEST(Turn, OfACancelledCallIsItsLast) { run_in_fake_time(cancelled); }

}  // namespace
}  // namespace bifrost::net
