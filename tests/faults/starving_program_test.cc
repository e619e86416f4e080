// The whole program, all of its threads, while allocations fail at random.
#include "tests/integration/gateway_fixture.h"
#include "tests/support/starving_gateway/shared_shortage.h"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <thread>

namespace bifrost::test {
namespace {

struct Ask {
  std::string_view method;
  std::string path;
  std::string body;
};

class StarvingProgramTest : public GatewayTest, public testing::WithParamInterface<int> {
 protected:
  static constexpr std::uint64_t kSeed = 20261127;
  static constexpr int kCallers = 4;

  void SetUp() override {
    if (!kNewCanFail) GTEST_SKIP() << "nothing fails in this build";
    for (FakeProvider* each : {&provider, &second}) {
      each->handle([](const ReceivedRequest& request) { return answer(request); });
    }
    shortage_ = std::make_unique<SharedShortage>(file_.c_str());
    start_with(
        {.config = config_text({.providers = {{.network = R"("max_retries": 0)"},
                                              {.name = "anthropic", .url = "${second_url}"}}}),
         .environment = {{kShortageVariable, file_.string()}},
         .arguments = {"--workers", "2"},
         .binary = starving_gateway_binary()});
    asks_ = asks();
  }

  static Script answer(const ReceivedRequest& request) {
    if (request.method == "GET") return Script::json(200, R"({"data": [{"id": "gpt-test"}]})");
    const WireSample& sample = request.target.ends_with("/messages") ? anthropic() : openai();
    return request.body.contains("\"stream\"") ? sample.stream() : sample.reply();
  }

  // Each is answered with 200 where there is memory.
  static std::vector<Ask> asks() {
    const std::string translated = R"({"model": "anthropic/claude-test", "messages": [)"
                                   R"({"role": "user", "content": "Hi"}]})";
    return {{"POST", openai().path, openai().request},
            {"POST", unified().path, unified().request},
            {"POST", unified().stream_path, unified().stream_request},
            {"POST", unified().path, translated},
            {"POST", unified().path, R"({"stream": true, )" + translated.substr(1)},
            {"GET", "/v1/models", ""},
            {"GET", "/health", ""},
            {"GET", "/metrics", ""}};
  }
  [[nodiscard]] Response make(const Ask& ask) const {
    return connect().request(ask.method, ask.path, {{"content-type", "application/json"}},
                             ask.body);
  }

  // Callers one after the other, each of a connection of its own, whatever they are told.
  void suffer(int rounds) const {
    std::vector<std::jthread> callers;
    callers.reserve(kCallers);
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([this, rounds] {
        for (int round = 0; round < rounds; ++round) {
          for (const Ask& ask : asks_) {
            const Response reply = make(ask);
            EXPECT_NE(reply.end, End::kTimeout) << ask.path;
            EXPECT_NE(reply.end, End::kMalformed) << ask.path;
          }
        }
      });
    }
  }

  const TemporaryDirectory directory_;
  const std::filesystem::path file_ = directory_.path() / "shortage";
  std::unique_ptr<SharedShortage> shortage_;
  std::vector<Ask> asks_;
};

// By how many allocations one fails.
INSTANTIATE_TEST_SUITE_P(OneOf, StarvingProgramTest, testing::Values(40, 400, 4'000),
                         [](const auto& test) { return std::to_string(test.param); });

TEST_P(StarvingProgramTest, ServesAsBeforeOnceThereIsMemory) {
  (*shortage_)->begin_at_random(kSeed, GetParam());
  suffer(10);
  gateway->send_signal(SIGHUP);
  suffer(10);
  (*shortage_)->end();
  EXPECT_GT((*shortage_)->failed, 10);
  for (int round = 0; round < 10; ++round) {
    for (const Ask& ask : asks_) EXPECT_EQ(make(ask).status, 200) << ask.path;
  }
  EXPECT_TRUE(metric_reaches("bifrost_active_requests", 0, {{"method", "POST"}}));
  EXPECT_TRUE(metric_reaches("bifrost_active_requests", 1));  // this one
  EXPECT_TRUE(metric_reaches("bifrost_connections", 1, {{"kind", "client"}}));
  for (const char* gauge : {"bifrost_in_flight", "bifrost_queue_length", "bifrost_streams_open"}) {
    EXPECT_TRUE(metric_reaches(gauge, 0));
  }
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(gateway->exits_with(0));
}

TEST_P(StarvingProgramTest, EndsCleanlyWhileThereIsNone) {
  (*shortage_)->begin_at_random(kSeed, GetParam());
  suffer(5);
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(gateway->exits_with(0));
}

}  // namespace
}  // namespace bifrost::test
