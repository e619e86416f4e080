// Providers whose names have to be looked up, and name servers that are not well.
#include "net/dns_server_fixture.h"
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <sys/resource.h>

namespace bifrost::test {
namespace {

using net::DnsQuestion;
using net::DnsSays;
using net::DnsServer;
using ::testing::HasSubstr;

// dead.test is at a server that says nothing, none.test is nowhere, everything else is here.
DnsSays usual(const DnsQuestion& question) {
  if (question.name == "dead.test") return {.silent = true};
  if (question.name.starts_with("none.")) return {.rcode = 3, .soa_minimum = 1};
  return {.addresses = {"127.0.0.1"}};
}

class DnsTest : public GatewayTest {
 protected:
  static std::string use(const DnsServer& server) {
    return fmt::format(R"("dns": {{"servers": ["{}"]}})", server.address().text());
  }
  // openai at the one name, anthropic at the other.
  ConfigText config(const DnsServer& server, std::string_view openai_host,
                    std::string_view anthropic_host = "live.test") const {
    return {.providers = {{.url = fmt::format("http://{}:{}", openai_host, provider.port()),
                           .network = R"("max_retries": 3)",
                           .more = R"("concurrency_and_buffer_size":
                                  {"concurrency": 4000, "buffer_size": 4000})"},
                          {.name = "anthropic",
                           .url = fmt::format("http://{}:{}", anthropic_host, second.port())}},
            .server = use(server)};
  }
};

TEST_F(DnsTest, AProviderIsFoundByItsName) {
  const DnsServer server(usual);
  start(config(server, "api.test"));
  provider.push(unified().reply());
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(provider.requests()[0].headers.get("host"),
            fmt::format("api.test:{}", provider.port()));
  EXPECT_GE(gateway->metrics().sum("bifrost_dns_lookup_seconds_count", {{"result", "found"}}), 1);
}

// What brought all providers down once: more callers than the queue for look-ups had places.
TEST_F(DnsTest, AThousandCallersOfADeadNameDoNotHoldUpAnotherProvider) {
  constexpr std::size_t kCallers = 1'000;
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 10'000);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);

  const DnsServer server(usual);
  start(config(server, "dead.test"));
  std::vector<Client> waiting;
  for (std::size_t i = 0; i < kCallers; ++i) {
    waiting.push_back(connect());
    waiting.back().send_request("POST", unified().path, {}, unified().request);
  }
  ASSERT_TRUE(server.wait_until_asked("dead.test"));
  second.push(anthropic().reply());
  EXPECT_EQ(ask(anthropic()).status, 200);
  for (Client& client : waiting) {
    const Response reply = client.read_response();
    EXPECT_EQ(reply.status, 502);
    EXPECT_THAT(reply.body, HasSubstr("cannot resolve dead.test"));
  }
  EXPECT_LT(server.asked("dead.test"), kCallers) << "one question for all of them";
  EXPECT_TRUE(metric_reaches("bifrost_in_flight", 0));
}

TEST_F(DnsTest, ANameThatIsNotThereIsLeftForAFallback) {
  const DnsServer server(usual);
  start(config(server, "none.test"));
  second.push(anthropic().reply());
  const Response reply = post("/v1/chat/completions", unified_request(kFallback));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "anthropic");
  const Response failed = ask();
  EXPECT_EQ(failed.status, 502);
  EXPECT_THAT(failed.body, HasSubstr("cannot resolve none.test: there is no such name"));
}

// An address of a name is judged like one that stands in the configuration.
TEST_F(DnsTest, ANameThatLeadsToAForbiddenAddressIsRefused) {
  const DnsServer server([](const DnsQuestion&) {
    return DnsSays{.addresses = {"169.254.169.254", "64:ff9b::169.254.169.254"}};
  });
  start(config(server, "metadata.test"));
  const Response reply = ask();
  EXPECT_EQ(reply.status, 502);
  EXPECT_THAT(reply.body, HasSubstr("a link-local address, which is never allowed"));
}

TEST_F(DnsTest, OldAddressesAreUsedWhileTheServerIsAway) {
  std::atomic<bool> away = false;
  const DnsServer server([&](const DnsQuestion&) {
    return DnsSays{.silent = away, .addresses = {"127.0.0.1"}, .ttl = 1};
  });
  provider.handle([](const ReceivedRequest&) {
    return Script::reply(200, {{"content-type", "application/json"}, {"connection", "close"}},
                         unified().answer);
  });
  start(config(server, "api.test"), {"--workers", "1"});
  EXPECT_EQ(ask().status, 200);
  away = true;
  while (gateway->metrics().sum("bifrost_dns_stale_answers_total") == 0) {
    ASSERT_EQ(ask().status, 200);  // until the second is over
  }
}

TEST_F(DnsTest, AReloadChangesTheServers) {
  const DnsServer old([](const DnsQuestion&) { return DnsSays{.rcode = 3, .soa_minimum = 1}; });
  const DnsServer server(usual);
  start(config(old, "api.test"));
  EXPECT_EQ(ask().status, 502);
  gateway->write_config(config_text(config(server, "api.test")));
  ASSERT_TRUE(gateway->wait_for_log("reloaded"));
  provider.handle([](const ReceivedRequest&) { return unified().reply(); });
  const Deadline deadline = after(kPatience);
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < deadline) status = ask().status;
  EXPECT_EQ(status, 200) << "the answer of the old one is forgotten after a second";
}

TEST_F(DnsTest, ALookUpThatIsUnderWayDoesNotKeepTheGatewayUp) {
  const DnsServer server(usual);
  start(config(server, "dead.test"));
  Client waiting = connect();
  waiting.send_request("POST", unified().path, {}, unified().request);
  ASSERT_TRUE(server.wait_until_asked("dead.test"));
  gateway->send_signal(SIGTERM);
  ASSERT_TRUE(gateway->wait_for_log("draining"));
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(gateway->exits_with(0));
}

}  // namespace
}  // namespace bifrost::test
