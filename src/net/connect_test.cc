#include "net/connect.h"

#include "net/descriptor_fixture.h"
#include "net/listener.h"
#include "net/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace bifrost::net {
namespace {

constexpr std::chrono::hours kNever{1};
constexpr std::chrono::milliseconds kSoon{2};

Address at(const char* host, std::uint16_t port) { return *Address::from_literal(host, port); }

std::size_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

// A socket on a port of its own. It listens with a full queue, so that the kernel leaves further
// callers without an answer; or it does not listen, and they are refused.
class DeadEnd {
 public:
  enum class Kind : std::uint8_t { kSilent, kRefusing };

  explicit DeadEnd(Kind kind) : sockets_{tcp()} {
    Address any = at("127.0.0.1", 0);
    EXPECT_EQ(::bind(sockets_[0], any.raw(), any.size), 0);
    address_.size = sizeof address_.storage;
    EXPECT_EQ(::getsockname(sockets_[0], reinterpret_cast<sockaddr*>(&address_.storage),  // NOLINT
                            &address_.size),
              0);
    if (kind == Kind::kSilent) fill();
  }
  ~DeadEnd() {
    for (const int fd : sockets_) ::close(fd);
  }
  DeadEnd(const DeadEnd&) = delete;
  DeadEnd& operator=(const DeadEnd&) = delete;

  [[nodiscard]] const Address& address() const { return address_; }

 private:
  static int tcp() { return ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

  void fill() {
    EXPECT_EQ(::listen(sockets_[0], 0), 0);
    for (int i = 0; i < 4; ++i) {
      sockets_.push_back(tcp());
      ignore(::connect(sockets_.back(), address_.raw(), address_.size));
    }
  }

  static void ignore(int /*result*/) {}  // under way, or without an answer already

  std::vector<int> sockets_;
  Address address_;
};

std::unique_ptr<Listener> listener(Loop& loop) {
  auto opened = Listener::open(loop, at("127.0.0.1", 0));
  EXPECT_TRUE(opened);
  return *std::move(opened);
}

Task<void> connect_without_files(CallScope& scope, const Address& address) {
  const NoMoreFiles short_of_them;
  const auto stream = co_await Stream::connect(scope, address);
  EXPECT_FALSE(stream);
  if (stream) co_return;
  EXPECT_EQ(stream.error().code, ErrorCode::kBusy);
  EXPECT_EQ(stream.error().origin, Origin::kGateway);
  EXPECT_EQ(stream.error().retry, Retry::kOtherTarget);
  EXPECT_TRUE(stream.error().retry_after);
}

TEST(Connect, OurOwnShortageIsToldAsOurs) {
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer of undefined behaviour needs descriptors for its own checks";
#endif
  const DeadEnd somewhere(DeadEnd::Kind::kRefusing);
  run_on_loop([&](CallScope& scope) { return connect_without_files(scope, somewhere.address()); });
}

TEST(Interleaved, TakesTheFamiliesInTurn) {
  const std::array<Address, 5> addresses = {at("2001:db8::1", 1), at("2001:db8::2", 1),
                                            at("2001:db8::3", 1), at("192.0.2.1", 1),
                                            at("192.0.2.2", 1)};
  std::vector<std::string> hosts;
  for (const Address& address : interleaved(addresses)) hosts.push_back(address.host());
  EXPECT_THAT(hosts, testing::ElementsAre("2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2",
                                          "2001:db8::3"));
}

Task<void> past_silence(CallScope& scope) {
  const DeadEnd silent(DeadEnd::Kind::kSilent);
  const auto live = listener(scope.loop());
  const std::array addresses = {silent.address(), live->address()};
  const std::size_t before = open_files();
  auto stream = co_await connect_first(scope, addresses, kSoon);
  EXPECT_TRUE(stream);
  if (!stream) co_return;
  EXPECT_EQ((*stream)->peer()->port(), live->address().port());
  EXPECT_EQ(open_files(), before + 1) << "the slower attempt is closed";
}

TEST(ConnectFirst, GoesPastAnAddressThatIsSilent) { run_on_loop(past_silence); }

// With a delay that never ends.
Task<void> past_refusal(CallScope& scope) {
  const DeadEnd refusing(DeadEnd::Kind::kRefusing);
  const auto live = listener(scope.loop());
  const std::array addresses = {refusing.address(), refusing.address(), live->address()};
  auto stream = co_await connect_first(scope, addresses, kNever);
  EXPECT_TRUE(stream);
  if (stream) EXPECT_EQ((*stream)->peer()->port(), live->address().port());
}

TEST(ConnectFirst, GoesPastARefusalAtOnce) { run_on_loop(past_refusal); }

Task<void> in_order(CallScope& scope) {
  const auto first = listener(scope.loop());
  const auto second = listener(scope.loop());
  const std::array addresses = {first->address(), second->address()};
  auto stream = co_await connect_first(scope, addresses, kNever);
  EXPECT_TRUE(stream);
  if (stream) EXPECT_EQ((*stream)->peer()->port(), first->address().port());
}

TEST(ConnectFirst, PrefersTheFirstAddress) { run_on_loop(in_order); }

Task<void> all_refuse(CallScope& scope) {
  const DeadEnd one(DeadEnd::Kind::kRefusing);
  const DeadEnd other(DeadEnd::Kind::kRefusing);
  const std::array addresses = {one.address(), other.address()};
  auto stream = co_await connect_first(scope, addresses, kNever);
  EXPECT_FALSE(stream);
  if (stream) co_return;
  EXPECT_EQ(stream.error().code, ErrorCode::kUpstreamConnect);
  EXPECT_THAT(stream.error().message, testing::HasSubstr(other.address().text()));
}

TEST(ConnectFirst, FailsWithTheLastRefusal) { run_on_loop(all_refuse); }

// More silent addresses than may be tried at once, until the caller's own time is over.
Task<void> out_of_time(CallScope& scope) {
  constexpr CallScope::Expiry kOver{ErrorCode::kUpstreamConnectTimeout, Origin::kUpstream,
                                    Retry::kSameTarget, "no connection in time"};
  const DeadEnd silent(DeadEnd::Kind::kSilent);
  const std::vector<Address> addresses(20, silent.address());
  const std::size_t before = open_files();
  const CallScope::Deadline patience(scope, std::chrono::milliseconds(60), kOver);
  auto stream = co_await connect_first(scope, addresses, kSoon);
  EXPECT_FALSE(stream);
  if (!stream) EXPECT_EQ(stream.error().code, ErrorCode::kUpstreamConnectTimeout);
  EXPECT_EQ(open_files(), before);
}

TEST(ConnectFirst, EndsWithTheCallersTime) { run_on_loop(out_of_time); }

}  // namespace
}  // namespace bifrost::net
