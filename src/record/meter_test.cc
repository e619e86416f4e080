#include "record/meter.h"

#include "base/limits.h"
#include "telemetry/registry.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace bifrost::record {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class MeterTest : public ::testing::Test {
 protected:
  MeterTest()
      : registry_(*telemetry::Registry::create({.version = "1", .custom_labels = {"task"}})) {}

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

  http::Headers headers_ = {{"x-bf-dim-task", "red"}};
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
  EXPECT_THAT(text, HasSubstr("task=\"red\""));
  EXPECT_THAT(text, HasSubstr("bifrost_error_requests_total{"));
  EXPECT_THAT(text, Not(HasSubstr("bifrost_success_requests_total{")));
}

// What callers make up is no label of it.
TEST_F(MeterTest, CountsWhyItMatteredWhoAsked) {
  const auto refused = [this](Error error, std::string_view type) {
    error.upstream_type = type;
    Request ended = request();
    ended.error = &error;
    meter_.request_ended(ended);
  };
  const Error unknown = client_error(ErrorCode::kUnauthenticated, "sk-bf-made-up is not known");
  refused(unknown, "virtual_key_required");
  refused(unknown, "access_not_found");
  refused(unknown, "access_not_found");
  refused(client_error(ErrorCode::kPermissionDenied, "no"), "access_blocked");
  refused(unknown, "");
  refused(client_error(ErrorCode::kPermissionDenied, "no"), "provider_blocked");
  refused(upstream_error(ErrorCode::kUpstreamAuth, Retry::kNo, "no"), "access_not_found");
  const std::string text = scrape();
  const auto count = [](std::string_view reason, int times) {
    return HasSubstr(
        fmt::format("bifrost_access_refused_total{{reason=\"{}\"}} {}\n", reason, times));
  };
  EXPECT_THAT(
      text, AllOf(count("no_credential", 1), count("unknown_credential", 2),
                  count("blocked_credential", 1), count("operator", 1), Not(HasSubstr("made-up"))));
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

TEST_F(MeterTest, ANameThatNobodyServedIsSeldomASeriesOfItsOwn) {
  const Error error = upstream_error(ErrorCode::kUpstreamServerError, Retry::kSameTarget, "no");
  for (int i = 0; i < 1000; ++i) {
    const std::string junk = fmt::format("junk-{}-{}", i, std::string(400, 'x'));
    meter_.attempt_ended(request(), {.provider = "openai", .model = junk, .error = &error});
  }
  meter_.attempt_ended(request(), {.provider = "openai", .model = "gpt-4o"});
  const std::string text = scrape();
  EXPECT_THAT(text, HasSubstr("model=\"gpt-4o\""));
  EXPECT_THAT(text, HasSubstr("model=\"other\""));
  EXPECT_THAT(text, Not(HasSubstr(fmt::format("junk-{}-", limits::kTriedModelsMax))));
  EXPECT_LT(text.size(), 250'000U);
}

TEST_F(MeterTest, AModelThatFailedInACrowdIsShownOnceItIsServed) {
  const Error error = upstream_error(ErrorCode::kUpstreamServerError, Retry::kSameTarget, "no");
  for (int i = 0; i < 1000; ++i) {
    const std::string provider = fmt::format("provider{}", i % 10);
    const std::string junk = fmt::format("junk{}", i);
    meter_.attempt_ended(request(), {.provider = provider, .model = junk, .error = &error});
  }
  // Until there is no place left, however many there were.
  for (const char* name : {"first", "second", "third", "late"}) {
    meter_.attempt_ended(request(), {.provider = "openai", .model = name, .error = &error});
  }
  EXPECT_THAT(scrape(), Not(HasSubstr("model=\"late\"")));
  meter_.attempt_ended(request(), {.provider = "openai", .model = "late"});
  EXPECT_THAT(scrape(), HasSubstr("bifrost_upstream_requests_total{provider=\"openai\","
                                  "model=\"late\""));
}

TEST_F(MeterTest, AModelThatTheProviderDoesNotKnowIsOther) {
  const Error error = upstream_error(ErrorCode::kUpstreamNotFound, Retry::kOtherTarget, "no");
  const std::vector<ConfiguredModels> configured = {{"openai", {"retired"}}};
  meter_.configure(configured);
  for (const char* name : {"junk", "retired"}) {
    meter_.attempt_ended(request(), {.provider = "openai", .model = name, .error = &error});
  }
  EXPECT_THAT(scrape(), Not(HasSubstr("junk")));
  EXPECT_THAT(scrape(), HasSubstr("model=\"other\""));
  EXPECT_THAT(scrape(), HasSubstr("model=\"retired\""));
}

TEST_F(MeterTest, AHistogramThatNobodyFillsIsNotShown) {
  const Service service{.provider = "openai", .model = "m", .model_name = "m"};
  const ModelCall call{.model = "m", .stream = true, .service = &service};
  Request ended = request();
  ended.call = &call;
  meter_.attempt_ended(ended, {.provider = "openai", .model = "m"});
  meter_.request_ended(ended);
  const std::string text = scrape();
  EXPECT_THAT(text, HasSubstr("bifrost_stream_first_token_latency_seconds_count"));
  EXPECT_THAT(text, HasSubstr("is_success=\"true\""));
  EXPECT_THAT(text, Not(HasSubstr("is_success=\"false\"")));
  EXPECT_THAT(text, Not(HasSubstr("bifrost_overhead_latency_microseconds")));
  EXPECT_THAT(text, Not(HasSubstr("bifrost_stream_inter_token_latency_seconds")));
}

TEST_F(MeterTest, WhatTheGatewayIsShortOfIsNoFailureOfAProvider) {
  const Error error = gateway_error(ErrorCode::kBusy, "no socket is left");
  Attempt attempt{.provider = "openai", .model = "m", .error = &error};
  meter_.attempt_ended(request(), attempt);
  EXPECT_THAT(scrape(), Not(HasSubstr("bifrost_upstream_requests_total{")));
  EXPECT_THAT(scrape(), HasSubstr("bifrost_queue_wait_seconds_count{provider=\"openai\"} 1"));
  attempt.answered = true;  // then there was no memory for what it said
  meter_.attempt_ended(request(), attempt);
  EXPECT_THAT(scrape(), HasSubstr("bifrost_upstream_requests_total{provider=\"openai\""));
  EXPECT_THAT(scrape(), Not(HasSubstr("is_success=\"false\"")));
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

// A request of alice's, by a rule.
struct CallerLabels : MeterTest {
  void serve(std::string_view key, std::string_view model = "gpt-4o") {
    const Service service{.provider = "openai",
                          .model = model,
                          .model_name = model,
                          .key_id = "k1",
                          .key_name = "main",
                          .usage = {.input = 3, .output = 4, .known = true},
                          .nano_dollars = 2'000'000'000};
    const ModelCall call{.model = model,
                         .rule_id = "r-1",
                         .rule_name = "gold",
                         .routing_engine = "routing-rule",
                         .caller = {.virtual_key_id = key,
                                    .virtual_key_name = "alice",
                                    .team_id = "t-1",
                                    .team_name = "blue",
                                    .customer_id = "c-1",
                                    .customer_name = "acme"},
                         .service = &service};
    Request ended = request();
    ended.call = &call;
    meter_.request_ended(ended);
  }
};

TEST_F(CallerLabels, AreOnCountersAndNotOnHistograms) {
  serve("vk-1");
  const std::string text = scrape();
  EXPECT_THAT(text, HasSubstr(R"(virtual_key_id="vk-1",virtual_key_name="alice",)"
                              R"(routing_engine_used="routing-rule",routing_rule_id="r-1",)"
                              R"(routing_rule_name="gold",team_id="t-1",team_name="blue",)"
                              R"(customer_id="c-1",customer_name="acme")"));
  const std::size_t cost = text.find("\nbifrost_cost_total{");
  ASSERT_NE(cost, std::string::npos);
  EXPECT_THAT(text.substr(cost, text.find('\n', cost + 1) - cost),
              AllOf(HasSubstr(R"(virtual_key_id="vk-1")"), HasSubstr("} 2")));
  const std::size_t retries = text.find("\nbifrost_request_retries_bucket{");
  ASSERT_NE(retries, std::string::npos);
  EXPECT_THAT(text.substr(retries, text.find('\n', retries + 1) - retries),
              Not(HasSubstr("alice")));
}

TEST_F(CallerLabels, OfManyKeysFillNoMoreThanTheirRoom) {
  for (int i = 0; i < 20'000; ++i) serve(fmt::format("vk-{}", i));
  const std::string text = scrape();
  EXPECT_LT(text.size(), 1'000'000U);
  EXPECT_THAT(text, HasSubstr(R"(virtual_key_id="vk-0")"));
  EXPECT_THAT(text, HasSubstr(R"(virtual_key_id="other")"));
  EXPECT_THAT(text, Not(HasSubstr(R"(provider="_overflow")"))) << "sums by provider stay true";
}

}  // namespace
}  // namespace bifrost::record
