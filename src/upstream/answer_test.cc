#include "upstream/execute_fixture.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::upstream {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMiB = 1024 * 1024;
constexpr std::string_view kFirst =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n";

class AnswerStreamTest : public ExecuteTest {
 protected:
  // What comes of a stream of the opening and these pieces, up to its end or its error.
  Result<std::size_t> bytes_of(std::vector<std::string> pieces, provider::NetworkSettings network) {
    configure({{.name = "openai", .network = std::move(network)}});
    ScriptedTransport transport([&](const ScriptedTransport::Sent&) {
      std::vector<ScriptedReply::Piece> all = {{.bytes = std::string(kFirst)}};
      for (const std::string& piece : pieces) all.push_back({.bytes = piece});
      return ScriptedReply::events(std::move(all));
    });
    PassingCall call(true);
    const auto targets = plan("openai/m");
    auto served = run(transport, targets, call);
    if (!served) return std::move(served).error();
    Result<std::size_t> bytes = std::size_t{0};
    net::Loop loop(clock_);
    net::run_on(loop, [&](net::CallScope& scope) {
      return read_all(scope, *served->answer->stream, bytes);
    });
    return bytes;
  }

 private:
  static net::Task<void> read_all(net::CallScope& scope, AnswerStream& stream,
                                  Result<std::size_t>& bytes) {
    while (true) {
      auto piece = co_await stream.read(scope);
      if (!piece) {
        bytes = std::move(piece).error();
        co_return;
      }
      if (piece->empty()) co_return;
      *bytes += piece->size();
    }
  }
};

TEST_F(AnswerStreamTest, IsAsLargeAsItMayBe) {
  const std::string rest(kMiB - kFirst.size(), ' ');
  const auto bytes = bytes_of({rest}, {.stream_size_max_mb = 1});
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_EQ(*bytes, kMiB);
}

TEST_F(AnswerStreamTest, IsAnErrorBeyondThat) {
  const auto bytes =
      bytes_of(std::vector<std::string>(2000, std::string(1000, ' ')), {.stream_size_max_mb = 1});
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, ErrorCode::kUpstreamProtocol);
  EXPECT_EQ(bytes.error().message,
            "the provider's stream is larger than 1 MiB "
            "(providers.openai.network_config.max_stream_size_mb)");
}

}  // namespace
}  // namespace bifrost::upstream
