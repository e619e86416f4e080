#include "net/listener.h"

#include "net/descriptor_fixture.h"
#include "net/loop_fixture.h"
#include "net/pair_fixture.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace bifrost::net {
namespace {

// A listener, and callers that wait to be accepted.
class Waiting {
 public:
  explicit Waiting(Loop& loop)
      : listener_(*Listener::open(loop, *Address::from_literal("127.0.0.1", 0))) {}

  Task<std::unique_ptr<Stream>> connect(CallScope& scope) {
    auto stream = co_await Stream::connect(scope, listener_->address());
    EXPECT_TRUE(stream);
    co_return *std::move(stream);
  }
  Task<std::unique_ptr<Stream>> accept(CallScope& scope) {
    auto stream = co_await listener_->accept(scope);
    EXPECT_TRUE(stream);
    co_return *std::move(stream);
  }
  [[nodiscard]] const Address& address() const { return listener_->address(); }
  [[nodiscard]] bool last_is_beyond() const { return listener_->last_is_beyond(); }

 private:
  std::unique_ptr<Listener> listener_;
};

Task<void> accept_without_files(CallScope& scope) {
  constexpr int kCallers = 3;
  Waiting waiting(scope.loop());
  auto first = co_await waiting.connect(scope);
  auto served = co_await waiting.accept(scope);
  EXPECT_FALSE(waiting.last_is_beyond());
  std::vector<std::unique_ptr<Stream>> callers;
  for (int i = 0; i < kCallers; ++i) callers.push_back(co_await waiting.connect(scope));
  {
    const NoMoreFiles short_of_them;
    for (const auto& caller : callers) {
      auto refused = co_await waiting.accept(scope);
      EXPECT_TRUE(waiting.last_is_beyond());
      EXPECT_TRUE(refused->write_now("no"));
      refused.reset();
      EXPECT_EQ(co_await read_to_end(scope, *caller), "no");
    }
  }
  auto later = co_await waiting.connect(scope);
  served = co_await waiting.accept(scope);
  EXPECT_FALSE(waiting.last_is_beyond());
}

TEST(Listener, TakesCallersToTellThemWhereNoDescriptorIsLeft) {
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer of undefined behaviour needs descriptors for its own checks";
#endif
  run_on_loop(accept_without_files);
}

Task<void> leave_descriptors_to_others(CallScope& scope) {
  Waiting waiting(scope.loop());
  auto first = co_await waiting.connect(scope);
  auto second = co_await waiting.connect(scope);
  // One that the listener holds back, and one for a caller.
  scope.loop().set_descriptors_max(NoMoreFiles::second_free_descriptor() + 1);
  auto served = co_await waiting.accept(scope);
  EXPECT_FALSE(waiting.last_is_beyond());
  auto refused = co_await waiting.accept(scope);
  EXPECT_TRUE(waiting.last_is_beyond());
  refused.reset();
  const auto third = co_await Stream::connect(scope, waiting.address());
  EXPECT_TRUE(!third && third.error().code == ErrorCode::kBusy);
}

TEST(Listener, LeavesDescriptorsToOthers) { run_on_loop(leave_descriptors_to_others); }

}  // namespace
}  // namespace bifrost::net
