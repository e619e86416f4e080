// The price sheet that is fetched: when it counts, and what a bad one changes.
#include "tests/integration/gateway_fixture.h"
#include "tests/support/temporary_directory.h"

#include <fmt/format.h>

#include <csignal>
#include <string>
#include <utility>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string sheet(std::string_view input_cost) {
  return fmt::format(
      R"({{"sample_spec": {{"mode": "chat"}}, "openai/gpt-4o": {{"litellm_provider": "openai",
          "mode": "chat", "input_cost_per_token": {}, "output_cost_per_token": 1e-05}}}})",
      input_cost);
}

class PriceSheetTest : public GatewayTest {
 protected:
  void SetUp() override {
    provider.handle([](const ReceivedRequest& /*request*/) {
      return Script::json(
          200, R"({"id":"c","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{)"
               R"("index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],)"
               R"("usage":{"prompt_tokens":1000,"completion_tokens":0,"total_tokens":1000}})");
    });
    publish(Script::json(200, sheet("1e-06")));
  }
  // What the source of the sheet answers from now on.
  void publish(const Script& script) {
    second.handle([script](const ReceivedRequest& /*request*/) { return script; });
  }
  // On what the runs before have left in the folder.
  void run_with(std::string_view pricing) {
    ConfigText config;
    config.sections = fmt::format(R"("framework": {{"pricing": {{{}}}}})", pricing);
    std::string text = config_text(config);
    for (const auto& [name, url] :
         {std::pair("${provider_url}", provider.url()), std::pair("${second_url}", second.url())}) {
      if (const auto at = text.find(name); at != std::string::npos) {
        text.replace(at, std::string_view(name).size(), url);
      }
    }
    folder_.write("config.json", text);
    start_with({.values = {{"dir", folder_.path()}}});
  }
  void run() { run_with(R"("pricing_url": "${second_url}/prices.json?token=hush")"); }
  void stop() {
    gateway->send_signal(SIGTERM);
    EXPECT_TRUE(gateway->exits_with(0));
  }
  Response sync() const { return connect().request("POST", "/api/pricing/force-sync", {}, {}); }
  std::string cost() const {
    return std::string(
        connect()
            .request(
                "POST", "/v1/chat/completions", {},
                R"({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "hi"}]})")
            .headers.get("x-bifrost-cost"));
  }

  TemporaryDirectory folder_;
};

TEST_F(PriceSheetTest, CountsOnceItIsRead) {
  run();
  ASSERT_TRUE(second.wait_for_requests(1)) << "at the start";
  const Response read = sync();
  EXPECT_EQ(read.status, 200) << read.body;
  EXPECT_THAT(read.body, HasSubstr(R"("status":"success")"));
  EXPECT_THAT(read.body, HasSubstr(R"("models":1,"skipped":0)"));
  EXPECT_EQ(cost(), "0.001");
  EXPECT_GT(gateway->metrics().sum("bifrost_price_sheet_timestamp_seconds", {}), 1.7e9);
  EXPECT_EQ(second.requests().front().target, "/prices.json?token=hush");
  publish(Script::json(200, sheet("2e-06")));
  EXPECT_EQ(sync().status, 200);
  EXPECT_EQ(cost(), "0.002");
  EXPECT_THAT(gateway->log(), Not(HasSubstr("hush")));
}

TEST_F(PriceSheetTest, IsKeptForAStartWithoutItsSource) {
  run();
  EXPECT_EQ(sync().status, 200);
  stop();
  publish(Script::json(500, "{}"));
  run();
  EXPECT_EQ(cost(), "0.001");
  EXPECT_EQ(sync().status, 502);
  EXPECT_EQ(cost(), "0.001");
  stop();
  // Of another source it is not.
  run_with(R"("pricing_url": "${second_url}/others.json")");
  EXPECT_EQ(cost(), "0.0025");
}

TEST_F(PriceSheetTest, ABadOneChangesNothingAndIsSaidOnce) {
  run();
  EXPECT_EQ(sync().status, 200);
  for (const std::string& bad :
       {std::string("<html>"), sheet("\"free\""), sheet("7"), std::string("{}"),
        "{" + std::string(std::size_t{17} << 20U, ' ') + "}"}) {
    publish(Script::json(200, bad));
    const Response refused = sync();
    EXPECT_EQ(refused.status, 502) << bad.substr(0, 40);
    EXPECT_EQ(cost(), "0.001") << bad.substr(0, 40);
  }
  const std::string log = gateway->log();
  constexpr std::string_view kSaid = "the price sheet cannot be read";
  EXPECT_EQ(log.find(kSaid), log.rfind(kSaid));
  EXPECT_NE(log.find(kSaid), std::string::npos);
  publish(Script::json(200, sheet("3e-06")));
  EXPECT_EQ(sync().status, 200);
  EXPECT_EQ(cost(), "0.003");
}

TEST_F(PriceSheetTest, MayBeAFile) {
  folder_.write("prices.json", sheet("1e-06"));
  run_with(fmt::format(R"("pricing_url": "{}/prices.json")", folder_.path().string()));
  EXPECT_EQ(sync().status, 200);
  EXPECT_EQ(cost(), "0.001");
  folder_.write("prices.json", sheet("4e-06"));
  EXPECT_EQ(sync().status, 200);
  EXPECT_EQ(cost(), "0.004");
}

TEST_F(PriceSheetTest, IsThatOfTheProgramWhereNoneIsConfigured) {
  run_with("");
  EXPECT_EQ(cost(), "0.0025");
  const Response none = sync();
  EXPECT_EQ(none.status, 400);
  EXPECT_THAT(none.body, HasSubstr("framework.pricing.pricing_url"));
  EXPECT_EQ(gateway->metrics().sum("bifrost_price_sheet_timestamp_seconds", {}), 0);
  EXPECT_EQ(second.request_count(), 0U);
}

TEST_F(PriceSheetTest, ASilentSourceHoldsUpNeitherStartNorEnd) {
  publish(Script::nothing(Ending::kSilence));
  run();
  EXPECT_EQ(cost(), "0.0025");
  ASSERT_TRUE(second.wait_for_requests(1));
  stop();
}

}  // namespace
}  // namespace bifrost::test
