// Servers that answer before they have read the request.
#include "client/link_fixture.h"
#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::client {
namespace {

using namespace std::chrono_literals;
using net::CallScope;
using net::Task;

constexpr std::string_view kTooLarge =
    "HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\nno";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

constexpr CallScope::Expiry kTooLate{ErrorCode::kUpstreamHeaderTimeout, Origin::kUpstream,
                                     Retry::kNo, "too late"};

// More than the kernel takes, so that writing it waits for a reader.
const std::string& large() {
  static const std::string kText(1'000'000, 'x');
  return kText;
}

// The answer to a large request; none after a second.
Task<Result<http::ResponseHead>> post(CallScope& scope, Link& link) {
  const CallScope::Deadline patience(scope, 1s, kTooLate);
  co_return co_await link.connection().exchange(scope, "POST", kGet, large());
}

Task<void> refused(CallScope& scope) {
  Link link(scope);
  co_await link.serve(kTooLarge);
  auto head = co_await post(scope, link);
  EXPECT_TRUE(head && head->status == 413);
  EXPECT_EQ(co_await link.body(), "no");
  EXPECT_FALSE(link.connection().reusable());
}

TEST(EarlyAnswer, IsReadAtOnceAndNothingMoreIsSent) { net::run_in_fake_time(refused); }

Task<void> refused_and_gone(CallScope& scope) {
  Link link(scope);
  co_await link.serve("HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n");
  link.vanish();
  auto head = co_await link.connection().exchange(scope, "POST", kGet, large());
  EXPECT_TRUE(head && head->status == 413);
}

TEST(EarlyAnswer, IsReadFromAServerThatHasGone) { net::run_in_fake_time(refused_and_gone); }

// A server that says something, a piece each millisecond, and then reads the request, or does not.
class Server {
 public:
  Server(CallScope& scope, Link& link, std::vector<std::string_view> says, bool reads)
      : tasks_(scope.loop()) {
    tasks_.spawn("server", [this, &link, says, reads](CallScope& own) {
      return run(own, link.server(), says, reads);
    });
  }
  Task<void> done(CallScope& scope) { EXPECT_TRUE(co_await tasks_.drained(scope)); }

  std::size_t got = 0;

 private:
  Task<void> run(CallScope& own, net::Stream& stream, std::vector<std::string_view> says,
                 bool reads) {
    for (const std::string_view piece : says) {
      EXPECT_TRUE(co_await net::sleep_for(own, 1ms));
      EXPECT_TRUE(co_await stream.write(own, piece));
    }
    std::string buffer(4096, '\0');
    while (reads && got < kGet.size() + large().size()) {
      auto bytes = co_await stream.read(own, buffer);
      if (!bytes || *bytes == 0) break;
      got += *bytes;
    }
    if (reads) EXPECT_TRUE(co_await stream.write(own, kOk));
  }

  net::TaskGroup tasks_;
};

Task<void> in_pieces(CallScope& scope) {
  Link link(scope);
  Server server(scope, link,
                {kTooLarge.substr(0, 9), kTooLarge.substr(9, 20), kTooLarge.substr(29)}, false);
  auto head = co_await post(scope, link);
  EXPECT_TRUE(head && head->status == 413);
  EXPECT_EQ(co_await link.body(), "no");
  co_await server.done(scope);
}

TEST(EarlyAnswer, MayComeInPieces) { net::run_in_fake_time(in_pieces); }

Task<void> interim(CallScope& scope) {
  Link link(scope);
  Server server(scope, link,
                {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"},
                true);
  auto head = co_await post(scope, link);
  EXPECT_TRUE(head && head->status == 200);
  EXPECT_EQ(co_await link.body(), "ok");
  EXPECT_EQ(server.got, kGet.size() + large().size());
  EXPECT_TRUE(link.connection().reusable());
  co_await server.done(scope);
}

TEST(EarlyAnswer, IsNotTheOneThatOnlyAnnouncesAnother) { net::run_in_fake_time(interim); }

Task<void> good(CallScope& scope) {
  Link link(scope);
  const std::string head_text =
      "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(kOk.size()) + "\r\n\r\n";
  Server server(scope, link, {head_text}, true);
  auto head = co_await post(scope, link);
  EXPECT_TRUE(head && head->status == 200);
  EXPECT_EQ(co_await link.body(), kOk);
  EXPECT_FALSE(link.connection().reusable());
  co_await server.done(scope);
  EXPECT_EQ(server.got, kGet.size() + large().size());
}

TEST(EarlyAnswer, ThatIsGoodStillGetsItsRequest) { net::run_in_fake_time(good); }

Task<void> none(CallScope& scope) {
  Link link(scope);
  link.close();
  auto head = co_await post(scope, link);
  EXPECT_TRUE(!head && head.error().code == ErrorCode::kUpstreamCutShort);
  EXPECT_FALSE(link.connection().answered());
}

TEST(EarlyAnswer, IsNotWaitedForFromAServerThatHasClosed) { net::run_in_fake_time(none); }

}  // namespace
}  // namespace bifrost::client
