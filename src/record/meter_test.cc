#include "record/meter.h"

#include "telemetry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace bifrost::record {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class MeterTest : public ::testing::Test {
 protected:
  MeterTest()
      : registry_(*telemetry::Registry::create({.version = "1", .custom_labels = {"team_id"}})) {}

  [[nodiscard]] Request request() const {
    return {.id = "1",
            .method = "POST",
            .path = "/v1/chat/completions",
            .pattern = "/v1/chat/completions",
            .route_method = "POST",
            .operation = "chat_completion",
            .headers = &headers_,
            .status = 200};
  }
  [[nodiscard]] std::string scrape() const { return registry_->scrape(); }

  http::Headers headers_ = {{"x-bf-dim-team-id", "red"}};
  std::unique_ptr<telemetry::Registry> registry_;
  KeyStates keys_{registry_->add_shard()};
  Meter meter_{registry_->add_shard(), registry_->custom_labels(), keys_};
};

TEST_F(MeterTest, CountsARequestThatNoModelAnswered) {
  const Error error = client_error(ErrorCode::kModelNotFound, "no");
  Request ended = request();
  ended.status = 404;
  ended.error = &error;
  meter_.request_ended(ended);
  const std::string text = scrape();
  EXPECT_THAT(text, HasSubstr("http_requests_total{"));
  EXPECT_THAT(text, HasSubstr("team_id=\"red\""));
  EXPECT_THAT(text, HasSubstr("bifrost_error_requests_total{"));
  EXPECT_THAT(text, Not(HasSubstr("bifrost_success_requests_total{")));
}

TEST_F(MeterTest, CountsTokensAndTimesOfWhoServed) {
  const Service service{.provider = "openai",
                        .model = "gpt-4o",
                        .model_name = "fast",
                        .key_id = "k1",
                        .key_name = "main",
                        .usage = {.input = 3, .output = 4, .known = true}};
  const ModelCall call{.model = "openai/fast", .service = &service, .upstream_time = 9ms};
  Request ended = request();
  ended.call = &call;
  ended.duration = 10ms;
  meter_.request_ended(ended);
  const std::string text = scrape();
  EXPECT_THAT(text, HasSubstr("bifrost_success_requests_total{"));
  EXPECT_THAT(text, HasSubstr("alias=\"fast\""));
  EXPECT_THAT(text, HasSubstr("model=\"gpt-4o\""));
}

TEST_F(MeterTest, AnUnknownRouteMakesNoSeriesOfItsOwn) {
  Request lost = request();
  lost.method = "FROBNICATE";
  lost.path = "/secret/path";
  lost.pattern = lost.route_method = lost.operation = {};
  lost.status = 404;
  meter_.request_ended(lost);
  EXPECT_THAT(scrape(), Not(HasSubstr("secret")));
  EXPECT_THAT(scrape(), Not(HasSubstr("FROBNICATE")));
  EXPECT_THAT(scrape(), HasSubstr("unmatched"));
}

TEST_F(MeterTest, WatchesConfiguredKeysOnly) {
  const Error refused = upstream_error(ErrorCode::kUpstreamAuth, Retry::kReplaceKey, "no");
  Attempt attempt{
      .provider = "openai", .model = "m", .key_id = "own", .key_name = "direct", .error = &refused};
  meter_.attempt_ended(request(), attempt);
  EXPECT_THAT(scrape(), Not(HasSubstr("bifrost_provider_key_up{")));
  attempt.key_id = "k1";
  attempt.key_is_configured = true;
  meter_.attempt_ended(request(), attempt);
  EXPECT_THAT(scrape(), HasSubstr("bifrost_provider_key_up{"));
  EXPECT_EQ(keys_.of("openai", "k1", "direct").value(), 0);
  attempt.error = nullptr;
  meter_.attempt_ended(request(), attempt);
  EXPECT_EQ(keys_.of("openai", "k1", "direct").value(), 1);
}

}  // namespace
}  // namespace bifrost::record
