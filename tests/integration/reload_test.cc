// A changed configuration takes effect without a restart, whole or not at all.
#include "tests/integration/gateway_fixture.h"

#include <csignal>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

class ReloadTest : public GatewayTest {
 protected:
  // The provider `openai` at the other address.
  static std::string moved() { return config_text({.providers = {{.url = "${second_url}"}}}); }

  void reload(const std::string& config) {
    gateway->write_config(config);
    gateway->send_signal(SIGHUP);
  }
  bool reloads(double count, const std::string& result) {
    return metric_reaches("bifrost_config_reloads_total", count, {{"result", result}});
  }
};

TEST_F(ReloadTest, TakesEffectAtASignal) {
  start();
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  reload(moved());
  EXPECT_TRUE(gateway->wait_for_log("reloaded"));
  EXPECT_TRUE(reloads(1, "success"));
  second.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(provider.request_count(), 1U);
  EXPECT_EQ(second.request_count(), 1U);
}

TEST_F(ReloadTest, TakesEffectWhenTheFileChanges) {
  start();
  gateway->write_config(moved());
  EXPECT_TRUE(gateway->wait_for_log("reloaded"));
  second.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
}

TEST_F(ReloadTest, ARunningRequestKeepsWhatItBeganWith) {
  start({.providers = {{.network = R"("max_retries": 1, "retry_backoff_initial": 100)"}}});
  Gate first_answer;
  provider.push(Script().wait(first_answer).then(Script::json(503, openai_error("busy"))));
  provider.push(unified().reply());  // for the retry of the same request
  Client waiting = connect();
  waiting.send_request("POST", unified().path, {}, unified().request);
  ASSERT_TRUE(provider.wait_for_requests(1));
  reload(moved());
  ASSERT_TRUE(gateway->wait_for_log("reloaded"));
  first_answer.open();
  EXPECT_EQ(waiting.read_response().status, 200);
  EXPECT_EQ(provider.request_count(), 2U);
  EXPECT_EQ(second.request_count(), 0U);
}

TEST_F(ReloadTest, AnOpenStreamGoesOn) {
  start();
  Gate rest;
  provider.push(openai().held_stream(rest));
  Client client = connect();
  client.send_request("POST", openai().path, {}, openai().stream_request);
  EXPECT_EQ(client.read_head().status, 200);
  // Its provider is gone altogether.
  reload(config_text({.providers = {{.name = "anthropic", .url = "${second_url}"}}}));
  ASSERT_TRUE(gateway->wait_for_log("reloaded"));
  EXPECT_EQ(ask(openai()).status, 404);
  rest.open();
  std::string seen;
  while (const auto event = client.next_event()) seen += event->raw + "\n\n";
  EXPECT_EQ(seen, openai().stream_text());
  EXPECT_EQ(client.end(), End::kComplete);
}

TEST_F(ReloadTest, ABadFileIsRefusedWhole) {
  start();
  reload(R"({"providers": {"openai": {"keys": [{"name": "x", "value": "v", "models": ["*"]}],
             "network_config": {"base_url": "${second_url}", "max_retries": -1}}},
             "no_such_section": {}})");
  EXPECT_TRUE(gateway->wait_for_log("reload refused"));
  EXPECT_TRUE(reloads(1, "failure"));
  EXPECT_THAT(gateway->log(), HasSubstr("max_retries"));  // every problem
  EXPECT_THAT(gateway->log(), HasSubstr("no_such_section"));
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);  // as before
  EXPECT_EQ(second.request_count(), 0U);

  reload(moved());
  EXPECT_TRUE(gateway->wait_for_log("reloaded"));
  second.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
}

TEST_F(ReloadTest, AFileThatIsNoJsonIsRefused) {
  start();
  reload("{");
  EXPECT_TRUE(gateway->wait_for_log("reload refused"));
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
}

TEST_F(ReloadTest, ALargerQueueLetsTheWaitingIn) {
  const auto with_places = [](int places) {
    return config_text(
        {.providers = {{.more = R"("concurrency_and_buffer_size": {"buffer_size": 10, )"
                                R"("concurrency": )" +
                                std::to_string(places) + "}"}}});
  };
  start_with({.config = with_places(1)});
  Gate answer;
  provider.handle(
      [answer](const ReceivedRequest&) { return Script().wait(answer).then(unified().reply()); });
  Client first = connect();
  Client waiting = connect();
  for (Client* client : {&first, &waiting}) {
    client->send_request("POST", unified().path, {}, unified().request);
  }
  ASSERT_TRUE(metric_reaches("bifrost_queue_length", 1));
  reload(with_places(2));
  EXPECT_TRUE(provider.wait_for_requests(2));
  answer.open_for_good();
  EXPECT_EQ(first.read_response().status, 200);
  EXPECT_EQ(waiting.read_response().status, 200);
}

TEST_F(ReloadTest, ConnectionsAreKeptOverAReload) {
  start();
  Client client = connect();
  EXPECT_EQ(client.get("/health").status, 200);
  reload(config_text({.client = R"("required_headers": ["x-team"])"}));
  ASSERT_TRUE(gateway->wait_for_log("reloaded"));
  EXPECT_EQ(client.post(unified().path, unified().request).status, 400);
  EXPECT_EQ(client.get("/health").status, 200);
}

}  // namespace
}  // namespace bifrost::test
