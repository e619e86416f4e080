// A provider that sends more than it was asked for, over a connection that others will use.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using PooledConnectionTest = GatewayTest;

std::string answer_of(std::string_view body) {
  return fmt::format(
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
      body.size(), body);
}

// Both in one write: what comes once the connection is in use again looks like its answer.
TEST_F(PooledConnectionTest, AnAnswerBehindTheAnswerIsForNobody) {
  start();
  constexpr std::string_view kForeign =
      R"({"choices":[{"index":0,"message":{"content":"of somebody else"}}]})";
  provider.push(Script().raw(answer_of(unified().answer) + answer_of(kForeign)));
  provider.push(unified().reply());
  for (int i = 0; i < 2; ++i) {
    const Response reply = ask();
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.body, Not(HasSubstr("of somebody else")));
  }
  EXPECT_EQ(provider.connection_count(), 2U);
}

TEST_F(PooledConnectionTest, AConnectionThatChangedItsProtocolIsNotUsedAgain) {
  start({.providers = {{.network = R"("max_retries": 0)"}}});
  provider.push(Script().raw("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  EXPECT_EQ(ask().status, 502);
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(provider.connection_count(), 2U);
}

}  // namespace
}  // namespace bifrost::test
