// The port of operators is guarded by where it listens itself, not by where callers connect.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::test {
namespace {

class OperatorsPortTest : public GatewayTest {
 protected:
  // Callers come to `host`, operators to `admin_host`.
  void start_on(const std::string& host, std::string_view admin_host) {
    GatewayOptions options{
        .config = config_text({.server = fmt::format(R"("admin_port": {}, "admin_host": "{}")",
                                                     admin_port_, admin_host)})};
    std::ranges::replace(options.usual_arguments, "127.0.0.1", host);
    start_with(std::move(options));
  }
  // As a browser asks for a page of a stranger who gave his name the address of this machine.
  [[nodiscard]] static int status_by_name(std::uint16_t port) {
    return Client(port).request("GET", "/metrics", {{"host", "evil.com"}}).status;
  }
  [[nodiscard]] int of_callers() const { return status_by_name(gateway->port()); }
  [[nodiscard]] int of_operators() const { return status_by_name(admin_port_); }

 private:
  const std::uint16_t admin_port_ = port_to_tell();
};

TEST_F(OperatorsPortTest, OnTheLoopbackKnowsNoNamesOfStrangersWhereverCallersConnect) {
  start_on("0.0.0.0", "127.0.0.1");
  EXPECT_EQ(of_operators(), 403);
  EXPECT_EQ(of_callers(), 200);
}

TEST_F(OperatorsPortTest, OpenToANetworkAnswersByAnyNameWhereverCallersConnect) {
  start_on("127.0.0.1", "0.0.0.0");
  EXPECT_EQ(of_operators(), 200);
  EXPECT_EQ(of_callers(), 403);
}

}  // namespace
}  // namespace bifrost::test
