// Callers that try one virtual key after the other, beside one who has a good one.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kMiB = 1024 * 1024;

class BadKeysTest : public GatewayTest {
 protected:
  static constexpr int kKeysEach = 1'000;
  static constexpr std::array kHeaders = {"authorization", "x-bf-vk", "x-api-key",
                                          "x-goog-api-key"};

  // Every key another one, in each of the headers, some of them long.
  void try_keys(int caller) const {
    Client client = connect();
    for (int i = 0; i < kKeysEach; ++i) {
      const std::string key =
          fmt::format("sk-bf-bad-{}-{}-{}", caller, i, std::string(i % 10 == 0 ? 4'096 : 16, 'x'));
      const std::string_view name = kHeaders[static_cast<std::size_t>(i) % kHeaders.size()];
      const Response reply =
          client.request("POST", unified().path,
                         {{"content-type", "application/json"},
                          {std::string(name), name == "authorization" ? "Bearer " + key : key}},
                         unified().request);
      if (reply.status != 401) ++wrong_;
    }
  }

  mutable std::atomic<int> wrong_ = 0;
};

TEST_F(BadKeysTest, AFloodOfThemLeavesNothingAndNobodyElseNotices) {
  provider.handle([](const ReceivedRequest&) { return unified().reply(); });
  start({.client = R"("enforce_auth_on_inference": true)",
         .governance = R"("virtual_keys": [{"id": "1", "name": "good", "value": "sk-bf-good",
                                            "allow_all_providers": true}])"});
  try_keys(-1);
  const std::size_t before = gateway->resident_bytes();
  std::atomic<bool> flooding = true;
  int good = 0;
  {
    constexpr int kFlooders = 4;
    std::vector<std::jthread> callers;
    callers.reserve(kFlooders);
    for (int i = 0; i < kFlooders; ++i) callers.emplace_back([this, i] { try_keys(i); });
    std::jthread watcher([&] {
      for (std::jthread& caller : callers) caller.join();
      flooding = false;
    });
    Client client = connect();
    while (flooding) {
      const Response reply = client.request(
          "POST", unified().path,
          {{"content-type", "application/json"}, {"authorization", "Bearer sk-bf-good"}},
          unified().request);
      ASSERT_EQ(reply.status, 200);
      ++good;
    }
  }
  EXPECT_EQ(wrong_, 0);
  EXPECT_GT(good, 0);
  EXPECT_EQ(provider.request_count(), static_cast<std::size_t>(good));
  expect_resident_below(before + 8 * kMiB);
  EXPECT_THAT(connect().get("/metrics").body, Not(HasSubstr("sk-bf-bad")));
  EXPECT_LT(gateway->log().size(), 64U * 1024) << "not a line for each";
}

}  // namespace
}  // namespace bifrost::test
