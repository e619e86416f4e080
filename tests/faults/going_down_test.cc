// The time before the end: requests are still served, and their callers are sent elsewhere.
#include "tests/integration/gateway_fixture.h"

#include <csignal>

namespace bifrost::test {
namespace {

class GoingDownTest : public GatewayTest {};

TEST_F(GoingDownTest, AnswersSayThatTheConnectionEnds) {
  start({.drain_delay_s = 600});
  Gate answer;
  Client idle = connect();
  EXPECT_FALSE(idle.get("/health").headers.contains("connection"));
  Client served = connect();
  provider.push(Script().wait(answer).then(unified().reply()));
  served.send_request("POST", unified().path, {}, unified().request);
  ASSERT_TRUE(answer.wait_until_reached());

  gateway->send_signal(SIGTERM);
  ASSERT_TRUE(gateway->wait_for_log("going down"));
  answer.open();
  Client fresh = connect();
  for (Client* client : {&idle, &served, &fresh}) {
    const Response reply = client == &served ? client->read_response() : client->get("/health");
    EXPECT_EQ(reply.headers.get("connection"), "close");
    EXPECT_TRUE(client->closed_by_peer());
  }
}

}  // namespace
}  // namespace bifrost::test
