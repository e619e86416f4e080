// A worker that stands still is seen from the operators' port, which another thread serves.
#include "tests/faults/stopped_thread.h"
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <string>

namespace bifrost::test {
namespace {

class StalledWorkerTest : public GatewayTest {
 protected:
  void SetUp() override {
    start(
        {.server = fmt::format(
             R"("admin_port": {}, "overload": {{"stalled_after_in_seconds": "1s"}})", admin_port_)},
        {"--workers", "1"});
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

}  // namespace
}  // namespace bifrost::test
