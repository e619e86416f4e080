// A worker that stands still is seen from the operators' port, which another thread serves, and is
// no reason for the others to refuse.
#include "tests/faults/stopped_thread.h"
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace bifrost::test {
namespace {

constexpr int kCallers = 32;
constexpr int kRequests = 10;

class StalledWorkerTest : public GatewayTest {
 protected:
  void start_workers(const std::string& count) {
    start(
        {.server = fmt::format(
             R"("admin_port": {}, "overload": {{"stalled_after_in_seconds": "1s"}})", admin_port_)},
        {"--workers", count});
  }
  [[nodiscard]] Response ask_operators(std::string_view path) const {
    return Client(admin_port_).get(path);
  }
  [[nodiscard]] double lag() const {
    return MetricsText(ask_operators("/metrics").body)
        .sum("bifrost_overload_pressure", {{"monitor", "loop_lag"}});
  }

 private:
  const std::uint16_t admin_port_ = port_to_tell();
};

TEST_F(StalledWorkerTest, IsToldToWhoeverWatchesTheProgramAndIsPressureAsLongAsItLasts) {
  start_workers("1");
  EXPECT_EQ(ask_operators("/livez").status, 200);
  auto worker = StoppedThread::stop(gateway->pid(), "worker");
  ASSERT_NE(worker, nullptr) << "this test needs the right to trace its own children";
  EXPECT_TRUE(comes_true([&] { return ask_operators("/livez").status == 503; }));
  EXPECT_EQ(ask_operators("/livez").body, R"({"status":"stalled"})");
  EXPECT_TRUE(comes_true([&] { return lag() == 1; }));
  // Nobody is sent away from a gateway for what passes.
  EXPECT_EQ(ask_operators("/health").status, 200);

  worker = nullptr;
  EXPECT_TRUE(comes_true([&] { return ask_operators("/livez").status == 200; }));
  EXPECT_TRUE(comes_true([&] { return lag() < 1; }));
  provider.push(unified().reply());
  const Response after_it = ask();
  EXPECT_EQ(after_it.status, 200) << after_it.body;
}

TEST_F(StalledWorkerTest, TheOthersGoOn) {
  start_workers("2");
  // Enough for the kernel to give some to each worker.
  std::vector<Client> callers;
  callers.reserve(kCallers);
  for (int i = 0; i < kCallers; ++i) {
    callers.push_back(connect());
    ASSERT_EQ(callers.back().get("/health").status, 200);
  }
  auto worker = StoppedThread::stop(gateway->pid(), "worker");
  ASSERT_NE(worker, nullptr) << "this test needs the right to trace its own children";
  ASSERT_TRUE(comes_true([&] { return lag() == 1; }));
  for (Client& caller : callers) {
    caller.send_request("GET", "/health");
    caller.wait_at_most(std::chrono::milliseconds(10));
  }
  Client* served = nullptr;
  ASSERT_TRUE(comes_true([&] {
    const auto found =
        std::ranges::find_if(callers, [](Client& caller) { return caller.read_head().status > 0; });
    if (found != callers.end()) served = &*found;
    return served != nullptr;
  }));
  served->wait_at_most(kPatience);
  while (served->read_piece()) {
  }
  const WireSample& sample = unified();
  const http::Headers low = {{"content-type", "application/json"}, {"x-bf-priority", "low"}};
  for (int i = 0; i < kRequests; ++i) {
    provider.push(sample.reply());
    const Response reply = served->request("POST", sample.path, low, sample.request);
    EXPECT_EQ(reply.status, 200) << reply.body;
  }
  EXPECT_EQ(lag(), 1);
}

}  // namespace
}  // namespace bifrost::test
