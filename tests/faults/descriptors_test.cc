// A gateway with few file descriptors, and callers that want all of them.
#include "net/dns_server_fixture.h"
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <vector>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

constexpr int kDescriptors = 160;
constexpr std::string_view kNoStages = R"("overload": {"stop_keep_alive_at": 2, "close_idle_at": 2,
                                                       "refuse_low_priority_at": 2,
                                                       "refuse_at": 2})";

class DescriptorsTest : public GatewayTest {
 protected:
  // With so many descriptors, soft and hard, and a port for operators.
  [[nodiscard]] GatewayOptions few(int descriptors, ConfigText config = {}) {
    const std::filesystem::path starter =
        scripts_.write("start.sh", fmt::format("#!/bin/sh\nulimit -n {}\nexec {} \"$@\"\n",
                                               descriptors, gateway_binary().string()));
    std::filesystem::permissions(starter, std::filesystem::perms::owner_all);
    config.server = fmt::format(R"("admin_port": {}{}{})", admin_port_,
                                config.server.empty() ? "" : ", ", config.server);
    return {.config = config_text(config),
            .values = {{"provider_url", provider.url()}},
            .arguments = {"--workers", "2"},
            .binary = starter};
  }
  void start_with_few(const ConfigText& config, int descriptors = kDescriptors) {
    start_with(few(descriptors, config));
    operator_.emplace(admin_port_);
    ASSERT_TRUE(comes_true([&] { return operator_->get("/health").status == 200; }));
  }
  // Connects, and begins a request, so that it is not idle.
  [[nodiscard]] Client greedy() const {
    Client client = connect();
    client.send("GET / HTTP/1.1\r\n");
    return client;
  }
  [[nodiscard]] static Response ask_over(Client& client) {
    return client.post(unified().path, unified().request);
  }
  // Over a connection that was there before.
  [[nodiscard]] double metric(std::string_view name, const MetricsText::Labels& labels) {
    return MetricsText(operator_->get("/metrics").body).sum(name, labels);
  }
  [[nodiscard]] double refused(std::string_view reason) {
    return metric("bifrost_refused_total", {{"reason", std::string(reason)}});
  }
  [[nodiscard]] double connected() { return metric("bifrost_connections", {{"kind", "client"}}); }
  // Of those that came and are not in, each was refused.
  [[nodiscard]] bool all_are_told(double came, std::string_view reason) {
    return comes_true([&] { return connected() + refused(reason) >= came; });
  }
  // The lowest number that the gateway does not use.
  [[nodiscard]] rlim_t lowest_free() const {
    rlim_t number = 0;
    while (std::filesystem::exists(
        std::filesystem::symlink_status(fmt::format("/proc/{}/fd/{}", gateway->pid(), number)))) {
      ++number;
    }
    return number;
  }
  [[nodiscard]] Client another_operator() const { return Client(admin_port_); }
  void limit_descriptors(rlim_t soft) const {
    rlimit limit{};
    ASSERT_EQ(::prlimit(gateway->pid(), RLIMIT_NOFILE, nullptr, &limit), 0);
    limit.rlim_cur = soft;
    ASSERT_EQ(::prlimit(gateway->pid(), RLIMIT_NOFILE, &limit, nullptr), 0);
  }

 private:
  TemporaryDirectory scripts_;
  const std::uint16_t admin_port_ = port_to_tell();
  std::optional<Client> operator_;
};

// More callers than there are descriptors: those who are in are served, for each of them a
// connection to its provider too; the others are told; operators see it.
TEST_F(DescriptorsTest, CallersLeaveSomeForTheirRequestsAndForOperators) {
  constexpr int kGreedy = 2 * kDescriptors;
  start_with_few({.server = R"("overload": {"close_idle_at": 2})"});
  EXPECT_TRUE(gateway->wait_for_log("raise their limit"));
  provider.push(unified().reply());
  Client good = connect();
  EXPECT_EQ(ask_over(good).status, 200);
  std::vector<Client> greedy_ones;
  greedy_ones.reserve(kGreedy);
  for (int i = 0; i < kGreedy; ++i) greedy_ones.push_back(greedy());
  EXPECT_TRUE(all_are_told(1 + kGreedy, "connections")) << "nobody hangs in the kernel's queue";
  EXPECT_GT(connected(), kDescriptors / 5);
  EXPECT_LT(connected(), kDescriptors / 2);
  EXPECT_EQ(greedy().read_response().status, 503);
  for (int i = 0; i < 3; ++i) {
    provider.push(unified().reply());
    EXPECT_EQ(ask_over(good).status, 200);
  }
  EXPECT_EQ(another_operator().get("/health").status, 200);
  greedy_ones.clear();
  ASSERT_TRUE(comes_true([&] { return connected() == 1; }));
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
}

// As many requests at once as there may be callers, and a provider that does not answer: each has
// its descriptor, and those of operators are left.
TEST_F(DescriptorsTest, AsManyRequestsAsCallersLeaveOperatorsTheirs) {
  start_with_few({.server = R"("overload": {"stop_keep_alive_at": 2})"});
  Gate answer;
  provider.handle([&](const ReceivedRequest& /*request*/) {
    return Script().wait(answer).then(unified().reply());
  });
  std::vector<Client> callers;
  ASSERT_TRUE(comes_true([&] {
    callers.push_back(connect());
    callers.back().send_request("POST", unified().path, {{"content-type", "application/json"}},
                                unified().request);
    return refused("connections") > 0;
  }));
  const auto inside = static_cast<std::size_t>(connected());
  EXPECT_TRUE(provider.wait_for_requests(inside));
  std::vector<Client> operators;
  for (int i = 0; i < 4; ++i) {
    operators.push_back(another_operator());
    EXPECT_EQ(operators.back().get("/health").status, 200);
  }
  answer.open_for_good();
  std::size_t served = 0;
  for (Client& caller : callers) served += caller.read_response().status == 200 ? 1U : 0U;
  EXPECT_EQ(served, inside);
}

// Not one is left: whoever comes is told with the one that is held back for that.
TEST_F(DescriptorsTest, WithoutAnyDescriptorCallersAreToldAndRequestsGoOn) {
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer of undefined behaviour needs descriptors for its own checks";
#endif
  constexpr int kGreedy = 50;
  start_with_few({.server = std::string(kNoStages)});
  provider.push(unified().reply());
  Client good = connect();
  EXPECT_EQ(ask_over(good).status, 200);
  limit_descriptors(lowest_free());
  std::vector<Client> greedy_ones;
  greedy_ones.reserve(kGreedy);
  for (int i = 0; i < kGreedy; ++i) greedy_ones.push_back(greedy());
  EXPECT_TRUE(all_are_told(1 + kGreedy, "descriptors")) << "nobody hangs in the kernel's queue";
  EXPECT_LT(connected(), 10) << "what was open for a moment when the limit was found";
  EXPECT_TRUE(gateway->wait_for_log("cannot accept more connections"));
  EXPECT_EQ(greedy().read_response().status, 503);
  provider.push(unified().reply());
  EXPECT_EQ(ask_over(good).status, 200);
  limit_descriptors(kDescriptors);
  greedy_ones.clear();
  ASSERT_TRUE(comes_true([&] { return connect().get("/health").status == 200; }));
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
}

// The name of the provider cannot be asked for: it is at no fault, and neither is its key.
TEST_F(DescriptorsTest, AProviderThatCannotBeLookedUpIsNotBlamed) {
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer of undefined behaviour needs descriptors for its own checks";
#endif
  const net::DnsServer server([](const net::DnsQuestion& /*question*/) {
    return net::DnsSays{.addresses = {"127.0.0.1"}};
  });
  start_with_few({.providers = {{.url = fmt::format("http://api.test:{}", provider.port())}},
                  .server = fmt::format(R"({}, "dns": {{"servers": ["{}"]}})", kNoStages,
                                        server.address().text())});
  Client good = connect();
  ASSERT_EQ(good.get("/health").status, 200);
  limit_descriptors(lowest_free());
  const Response refused = ask_over(good);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(json_text(refused.body, "type"), "busy");
  EXPECT_THAT(refused.body, HasSubstr("the gateway cannot look up api.test"));
  EXPECT_EQ(refused.headers.get("retry-after"), "1");
  EXPECT_EQ(metric("bifrost_upstream_requests_total", {}), 0);
  EXPECT_EQ(metric("bifrost_dns_lookup_seconds_count", {{"result", "shortage"}}), 1);
  limit_descriptors(kDescriptors);
  provider.handle([](const ReceivedRequest& /*request*/) { return unified().reply(); });
  EXPECT_TRUE(comes_true([&] { return ask_over(good).status == 200; })) << "after a second";
}

// What it needs at least it says itself, and with that it serves.
TEST_F(DescriptorsTest, WithTooFewItDoesNotStart) {
  GatewayProcess hopeless(few(24));
  EXPECT_TRUE(hopeless.exits_with(1));
  constexpr std::string_view kBefore = "may have 24 file descriptors, and needs at least ";
  const std::string log = hopeless.log();
  ASSERT_THAT(log, HasSubstr(kBefore));
  const int least = std::stoi(log.substr(log.find(kBefore) + kBefore.size()));
  EXPECT_TRUE(GatewayProcess(few(least - 1)).exits_with(1));

  start_with_few({}, least);
  provider.push(unified().reply());
  Client caller = connect();
  EXPECT_EQ(ask_over(caller).status, 200);
  EXPECT_EQ(another_operator().get("/health").status, 200);
}

}  // namespace
}  // namespace bifrost::test
