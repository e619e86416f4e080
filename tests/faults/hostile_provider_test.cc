// Providers that send without end, or break off inside an event.
#include "tests/integration/gateway_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kMiB = 1024 * 1024;

// Of the sample's stream: what comes up to the first content.
std::vector<std::string> opening(const WireSample& sample) {
  const auto begin = sample.events.begin();
  return {begin, begin + static_cast<std::ptrdiff_t>(sample.first_content_at) + 1};
}

// What a caller sees of one stream.
struct Seen {
  std::string events;  // but the last
  Event last;
  End end = End::kOpen;
};

Seen read_stream(Client& client) {
  Seen seen;
  EXPECT_EQ(client.read_head().status, 200);
  while (auto event = client.next_event()) {
    if (!seen.last.raw.empty()) seen.events += seen.last.raw + "\n\n";
    seen.last = *std::move(event);
  }
  seen.end = client.end();
  return seen;
}

class HostileProviderTest : public GatewayTest, public testing::WithParamInterface<WireSample> {
 protected:
  Seen ask_for_stream() {
    Client client = connect();
    client.send_request("POST", GetParam().stream_path, {}, GetParam().stream_request);
    return read_stream(client);
  }

  // The stream ended with an error after its opening, and everybody was told so.
  void expect_failed(const Seen& seen, std::string_view message) {
    std::string expected;
    for (const std::string& event : opening(GetParam())) expected += event;
    EXPECT_EQ(seen.events, expected);
    EXPECT_THAT(seen.last.data, HasSubstr("\"error\""));
    EXPECT_THAT(seen.last.data, HasSubstr(message));
    EXPECT_THAT(seen.last.raw, Not(HasSubstr("xxx")));  // nothing of what broke off
    EXPECT_EQ(seen.end, End::kComplete);
    EXPECT_TRUE(metric_reaches("bifrost_error_requests_total", 1));
    EXPECT_EQ(gateway->metrics().sum("bifrost_success_requests_total"), 0);
    EXPECT_TRUE(gateway->wait_for_log("failed"));
  }
};

INSTANTIATE_TEST_SUITE_P(Dialects, HostileProviderTest, testing::ValuesIn(all_samples()),
                         [](const auto& test) { return test.param.name; });

TEST_P(HostileProviderTest, AnEventWithoutEndIsAnErrorInTheStream) {
  start({.providers = {{.name = GetParam().provider}}});
  std::vector<std::string> events = opening(GetParam());
  events.push_back("data: \"" + std::string(17 * kMiB, 'x') + "\"\n\n");
  provider.push(Script::events(events, {.before_end = Gate()}));
  expect_failed(ask_for_stream(), "larger than");
  EXPECT_TRUE(provider.wait_for_abort());
}

TEST_P(HostileProviderTest, ACutInsideALargeEventIsAnErrorInTheStream) {
  start({.providers = {{.name = GetParam().provider}}});
  Script script =
      Script().head(200, {{"content-type", "text/event-stream"}, {"transfer-encoding", "chunked"}});
  for (const std::string& event : opening(GetParam())) script.chunk(event);
  script.chunk("data: \"" + std::string(kMiB, 'x'));
  provider.push(script.end(Ending::kCut));
  expect_failed(ask_for_stream(), "");
}

TEST_P(HostileProviderTest, AStreamWithoutEndIsAnErrorInTheStream) {
  start({.providers = {{.name = GetParam().provider, .network = R"("max_stream_size_mb": 1)"}}});
  std::vector<std::string> events = opening(GetParam());
  events.push_back(": " + std::string(2 * kMiB, 'x') + "\n\n");
  provider.push(Script::events(events, {.before_end = Gate()}));
  expect_failed(ask_for_stream(), "network_config.max_stream_size_mb");
  EXPECT_TRUE(provider.wait_for_abort());
}

}  // namespace
}  // namespace bifrost::test
