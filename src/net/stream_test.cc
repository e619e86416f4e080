#include "net/stream.h"

#include "net/listener.h"
#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <unistd.h>

namespace bifrost::net {
namespace {

using namespace std::chrono_literals;

constexpr CallScope::Expiry kTooSlow{ErrorCode::kUpstreamIdleTimeout, Origin::kUpstream, Retry::kNo,
                                     "too slow"};

struct Pair {
  std::unique_ptr<Stream> near;
  std::unique_ptr<Stream> far;
};

Task<Pair> connected(CallScope& scope) {
  auto address = Address::from_literal("127.0.0.1", 0);
  auto listener = Listener::open(scope.loop(), *address);
  EXPECT_TRUE(listener);
  auto near = co_await Stream::connect(scope, (*listener)->address());
  EXPECT_TRUE(near);
  auto far = co_await (*listener)->accept(scope);
  EXPECT_TRUE(far);
  co_return Pair{*std::move(near), *std::move(far)};
}

Task<std::string> read_all(CallScope& scope, Stream& stream) {
  std::string all;
  std::array<char, 1000> buffer{};
  while (true) {
    auto got = co_await stream.read(scope, buffer);
    EXPECT_TRUE(got);
    if (!got || *got == 0) co_return all;
    all.append(buffer.data(), *got);
  }
}

Task<void> writes_pieces_in_order(CallScope& scope) {
  Pair pair = co_await connected(scope);
  const std::string big(3'000'000, 'x');
  // More than the kernel buffers: the writer has to wait for the reader.
  TaskGroup writer(scope.loop());
  writer.spawn("write", [&](CallScope& own) {
    return [](CallScope& inner, Stream& stream, std::string_view body) -> Task<void> {
      EXPECT_TRUE(co_await stream.write(inner, "head ", body));
      EXPECT_TRUE(co_await stream.write(inner, "", " tail"));
      stream.shutdown_write();
    }(own, *pair.near, big);
  });
  const std::string all = co_await read_all(scope, *pair.far);
  EXPECT_EQ(all, "head " + big + " tail");
  EXPECT_TRUE(co_await writer.drained(scope));
}

TEST(Stream, WritesPiecesInOrderHoweverSlowTheReader) {
  run_on_loop([](CallScope& scope) { return writes_pieces_in_order(scope); });
}

Task<void> read_ends_at_its_deadline(CallScope& scope) {
  Pair pair = co_await connected(scope);
  std::array<char, 10> buffer{};
  {
    const CallScope::Deadline patience(scope, 5ms, kTooSlow);
    auto got = co_await pair.near->read(scope, buffer);
    EXPECT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kUpstreamIdleTimeout);
  }
  // Nothing was lost: the stream goes on.
  EXPECT_TRUE(co_await pair.far->write(scope, "late"));
  auto got = co_await pair.near->read(scope, buffer);
  EXPECT_TRUE(got);
  EXPECT_EQ(std::string(buffer.data(), *got), "late");
}

TEST(Stream, AReadThatTimedOutLosesNothing) {
  run_on_loop([](CallScope& scope) { return read_ends_at_its_deadline(scope); });
}

Task<void> notices_a_peer_that_leaves(CallScope& scope) {
  Pair pair = co_await connected(scope);
  bool left = false;
  pair.near->on_peer_closed([&] { left = true; });
  pair.far.reset();
  while (!left) {
    auto slept = co_await sleep_for(scope, 1ms);
    EXPECT_TRUE(slept);
  }
  EXPECT_TRUE(pair.near->peer_closed());
}

TEST(Stream, NoticesThatThePeerLeavesWithoutReading) {
  run_on_loop([](CallScope& scope) { return notices_a_peer_that_leaves(scope); });
}

Task<void> signs_of_life_do_not_cut_messages(CallScope& scope) {
  Pair pair = co_await connected(scope);
  // Fill the socket until a sign of life is only partly taken, then write: order must hold.
  std::size_t taken = 0;
  while (pair.near->write_now(std::string(100'000, 'k'))) ++taken;
  EXPECT_GT(taken, 0U);
  TaskGroup writer(scope.loop());
  writer.spawn("write", [&](CallScope& own) {
    return [](CallScope& inner, Stream& stream) -> Task<void> {
      EXPECT_TRUE(co_await stream.write(inner, "end"));
      stream.shutdown_write();
    }(own, *pair.near);
  });
  const std::string all = co_await read_all(scope, *pair.far);
  EXPECT_EQ(all, std::string(taken * 100'000, 'k') + "end");
  EXPECT_TRUE(co_await writer.drained(scope));
}

TEST(Stream, BytesTakenWithoutWaitingStayWhole) {
  run_on_loop([](CallScope& scope) { return signs_of_life_do_not_cut_messages(scope); });
}

TEST(Stream, ConnectingToNobodyFails) {
  run_on_loop([](CallScope& scope) -> Task<void> {
    return [](CallScope& own) -> Task<void> {
      auto free = Listener::open(own.loop(), *Address::from_literal("127.0.0.1", 0));
      const Address address = (*free)->address();
      free->reset();
      auto stream = co_await Stream::connect(own, address);
      EXPECT_FALSE(stream);
      EXPECT_EQ(stream.error().code, ErrorCode::kUpstreamConnect);
    }(scope);
  });
}

// A certificate made for the test by the openssl program.
class TlsStream : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("bifrost-tls-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout " +
        key() + " -out " + certificate() + " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string key() const { return folder_ / "key.pem"; }
  [[nodiscard]] std::string certificate() const { return folder_ / "cert.pem"; }
  [[nodiscard]] std::string certificate_pem() const {
    std::ifstream in(certificate());
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::filesystem::path folder_;
};

Task<void> shake_hands(CallScope& scope, std::shared_ptr<const TlsContext> server,
                       std::shared_ptr<const TlsContext> client, bool& trusted,
                       std::string& received) {
  Pair pair = co_await connected(scope);
  TaskGroup far(scope.loop());
  far.spawn("server", [&](CallScope& own) {
    return
        [](CallScope& inner, Stream& stream, std::shared_ptr<const TlsContext> tls) -> Task<void> {
          auto shaken = co_await stream.start_tls(inner, std::move(tls), {});
          if (!shaken) co_return;
          const std::string big(200'000, 'y');
          auto written = co_await stream.write(inner, big);
          ignore(written, "the client may have refused us");
          stream.shutdown_write();
        }(own, *pair.far, server);
  });
  auto shaken = co_await pair.near->start_tls(scope, std::move(client), "127.0.0.1");
  trusted = shaken.has_value();
  if (trusted) received = co_await read_all(scope, *pair.near);
  pair.near.reset();
  EXPECT_TRUE(co_await far.drained(scope));
}

TEST_F(TlsStream, CarriesBytesWhenTheCertificateIsTrusted) {
  auto server = TlsContext::server({.certificate_file = certificate(), .key_file = key()});
  ASSERT_TRUE(server) << server.error().message;
  auto client = TlsContext::client({.ca_pem = certificate_pem()});
  ASSERT_TRUE(client) << client.error().message;
  bool trusted = false;
  std::string received;
  run_on_loop(
      [&](CallScope& scope) { return shake_hands(scope, *server, *client, trusted, received); });
  EXPECT_TRUE(trusted);
  EXPECT_EQ(received, std::string(200'000, 'y'));
}

TEST_F(TlsStream, RefusesACertificateThatNobodyVouchesFor) {
  auto server = TlsContext::server({.certificate_file = certificate(), .key_file = key()});
  auto client = TlsContext::client({});
  bool trusted = true;
  std::string received;
  run_on_loop(
      [&](CallScope& scope) { return shake_hands(scope, *server, *client, trusted, received); });
  EXPECT_FALSE(trusted);
}

TEST_F(TlsStream, SaysWhatIsWrongWithFilesThatCannotBeUsed) {
  auto missing = TlsContext::server({.certificate_file = "/nowhere", .key_file = key()});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kConfigInvalid);
  auto nonsense = TlsContext::client({.ca_pem = "not a certificate"});
  EXPECT_FALSE(nonsense);
}

}  // namespace
}  // namespace bifrost::net
