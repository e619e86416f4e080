// A provider that answers while it is still sent its request.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

constexpr std::size_t kMiB = 1024 * 1024;

class EarlyAnswerTest : public GatewayTest, public testing::WithParamInterface<bool> {
 protected:
  EarlyAnswerTest() : hasty({.tls = GetParam(), .answer_before_body = true}) {
    values["hasty_url"] = hasty.url();
    start({.providers = {{.url = "${hasty_url}", .network = R"("insecure_skip_verify": true)"}}},
          {"--workers", "1"});
  }
  [[nodiscard]] Response ask_much() const {
    const std::string large(48 * kMiB, 'x');  // more than the kernel takes
    return post(unified().path, unified_request(fmt::format(R"("x_pad": "{}")", large)));
  }
  FakeProvider hasty;
};

INSTANTIATE_TEST_SUITE_P(Transports, EarlyAnswerTest, testing::Bool(),
                         [](const auto& test) { return test.param ? "Tls" : "Plain"; });

// It reads nothing of the body, and does not close either.
TEST_P(EarlyAnswerTest, IsPassedOnAtOnce) {
  hasty.push(Script::json(413, openai_error("too much")).wait(Gate()));
  const Response reply = ask_much();
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(json_text(reply.body, "message"), "too much");
  EXPECT_TRUE(metric_reaches("bifrost_connections", 0, {{"kind", "provider"}}));
  hasty.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(hasty.connection_count(), 2U);
}

}  // namespace
}  // namespace bifrost::test
