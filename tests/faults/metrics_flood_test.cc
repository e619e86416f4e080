// Callers and providers that make up whatever ends up in a label of a metric.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::size_t kMiB = 1024 * 1024;
constexpr std::size_t kMetricsBytesMax = 1'000'000;

// Whoever is asked for a model that begins like this answers well; other names get a status.
constexpr std::string_view kServed = "served-";

class MetricsFloodTest : public GatewayTest {
 protected:
  MetricsFloodTest() {
    provider.handle([this](const ReceivedRequest& request) {
      const bool served = json_text(request.body, "model").starts_with(kServed);
      return served ? openai().reply() : Script::json(status_, R"({"error": {"message": "no"}})");
    });
  }

  // Two workers, no retries; the key lists one model beside all others.
  void start_gateway() {
    start_with({.config = R"({
      "client": {"prometheus_labels": ["team"]},
      "providers": {"openai": {
        "keys": [{"name": "main", "value": "sk-main", "models": ["*"],
                  "aliases": {"ours": "served-ours"}}],
        "network_config": {"base_url": "${provider_url}", "max_retries": 0}}}})",
                .arguments = {"--workers", "2"}});
  }

  static Response ask(Client& client, std::string_view model, std::string_view team = "") {
    http::Headers headers = {{"content-type", "application/json"}};
    if (!team.empty()) headers.add("x-bf-dim-team", team);
    return client.request("POST", "/v1/chat/completions", headers,
                          fmt::format(R"({{"model": "openai/{}", "messages": [{{"role": "user",)"
                                      R"( "content": "Hi"}}]}})",
                                      model));
  }

  [[nodiscard]] std::string scrape() const { return connect().get("/metrics").body; }

  std::atomic<int> status_ = 500;  // what names that are not served get
};

// The different values of a label.
std::set<std::string> values_of(std::string_view metrics, std::string_view label) {
  std::set<std::string> values;
  const std::string begin = fmt::format("{}=\"", label);
  for (std::size_t at = metrics.find(begin); at != std::string_view::npos;
       at = metrics.find(begin, at)) {
    at += begin.size();
    values.emplace(metrics.substr(at, metrics.find('"', at) - at));
  }
  return values;
}

// Each of these names would have been a cell of its own, and 64 KiB of memory for good.
TEST_F(MetricsFloodTest, LongNamesLeaveMemoryFlat) {
  start_gateway();
  Client client = connect();
  const auto ask_for_junk = [&client](int from, int to) {
    for (int i = from; i < to; ++i) {
      const std::string name = fmt::format("junk-{}-{}", i, std::string(64UL * 1024, 'x'));
      EXPECT_EQ(ask(client, name).status, 400);
    }
  };
  ask_for_junk(0, 50);
  const std::size_t before = gateway->resident_bytes();
  ask_for_junk(50, 450);
  expect_resident_below(before + 8 * kMiB);
  EXPECT_EQ(provider.request_count(), 0U);
  EXPECT_THAT(scrape(), Not(HasSubstr("junk")));
}

TEST_F(MetricsFloodTest, NamesThatNobodyServesAreFewLabelsAndRealOnesAreThere) {
  start_gateway();
  Client client = connect();
  for (const int refusal : {500, 404, 400}) {
    status_ = refusal;
    for (int i = 0; i < 200; ++i) {
      EXPECT_EQ(ask(client, fmt::format("junk-{}-{}", refusal, i)).status, refusal);
    }
  }
  EXPECT_EQ(ask(client, "served-late").status, 200);
  EXPECT_EQ(ask(client, "ours").status, 200);
  ASSERT_TRUE(metric_reaches("bifrost_success_requests_total", 2));
  const std::set<std::string> models = values_of(scrape(), "model");
  EXPECT_THAT(models, AllOf(Contains("served-late"), Contains("served-ours"), Contains("other")));
  // Each worker shows a few.
  EXPECT_LT(models.size(), 100U);
  EXPECT_EQ(gateway->metrics().sum("bifrost_upstream_requests_total"), 602);
  EXPECT_EQ(gateway->metrics().sum("bifrost_success_requests_total", {{"model", "served-late"}}),
            1);
}

// Names that are served, names that are not, labels of callers, statuses that mean nothing, and
// all of it on many routes.
class WorstMixTest : public MetricsFloodTest {
 protected:
  void flood() {
    Client client = connect();
    const std::string quotes(100, '"');
    for (int i = 0; i < 600; ++i) {
      status_ = 400 + i % 200;
      const std::string_view kind = i % 2 == 0 ? "junk" : "served";
      ask(client, fmt::format("{}-{}-{}", kind, i, std::string(100, 'x')),
          fmt::format("team-{}-{}", i, quotes));
      if (i % 3 == 0) client = connect();  // perhaps to another worker
    }
    for (const std::string_view base : {"/v1", "/openai/v1", "/openai", "/litellm/v1", "/langchain",
                                        "/pydanticai", "/cursor", "/anthropic/v1", "/genai/v1beta"})
      for (const std::string_view path :
           {"/chat/completions", "/messages", "/models", "/nothing"}) {
        for (const std::string_view method : {"GET", "POST", "DELETE"}) {
          for (int i = 0; i < 4; ++i) {
            client.request(method, fmt::format("{}{}", base, path),
                           {{"x-bf-dim-team", fmt::format("team-{}-{}", i, quotes)}},
                           method == "POST" ? "{" : "");
            client = connect();
          }
        }
      }
  }
};

TEST_F(WorstMixTest, AllMetricsTogetherAreBelowAMegabyte) {
  start_gateway();
  flood();
  Client client = connect();
  EXPECT_EQ(ask(client, "ours").status, 200);
  ASSERT_TRUE(metric_reaches("bifrost_success_requests_total", 1, {{"model", "served-ours"}}));
  const std::string text = scrape();
  EXPECT_LT(text.size(), kMetricsBytesMax);
  EXPECT_GT(text.size(), kMetricsBytesMax / 2) << "the mix is not the worst";
  EXPECT_THAT(MetricsText(text).malformed(), IsEmpty());
  EXPECT_THAT(values_of(text, "team"), Contains("other"));
  EXPECT_GT(gateway->metrics().sum("bifrost_metric_label_sets_dropped_total"), 0);
}

// Each answer is in memory until it was read.
TEST_F(WorstMixTest, ScrapesThatNobodyReadsAreFew) {
  start_gateway();
  flood();
  const std::size_t before = gateway->resident_bytes();
  std::vector<Client> idle;
  idle.reserve(40);
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n";
  for (int i = 0; i < 40; ++i) {
    idle.push_back(connect({.receive_buffer_bytes = 4096}));
    idle.back().send(requests);
  }
  const auto scrape_comes_to = [this](int wanted) {
    const Deadline deadline = after(kPatience);
    Response reply;
    do {
      reply = connect().get("/metrics");
    } while (reply.status != wanted && std::chrono::steady_clock::now() < deadline);
    return reply;
  };
  const Response refused = scrape_comes_to(429);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.get("retry-after"), "1");
  EXPECT_EQ(connect().get("/health").status, 200);
  expect_resident_below(before + 64 * kMiB);
  idle.clear();
  EXPECT_EQ(scrape_comes_to(200).status, 200);
}

}  // namespace
}  // namespace bifrost::test
