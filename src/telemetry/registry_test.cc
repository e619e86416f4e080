#include "telemetry/registry.h"

#include "base/log.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bifrost::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::unique_ptr<Registry> make_registry(std::vector<std::string> custom_labels = {}) {
  const auto no_process = [] { return ProcessSample{}; };
  return Registry::create(
             {.version = "1.2.3", .custom_labels = std::move(custom_labels), .process = no_process})
      .value();
}

TEST(Registry, SumsTheShards) {
  const auto registry = make_registry();
  Shard& one = registry->add_shard();
  Shard& two = registry->add_shard();
  one.counter(Metric::kTimeouts, {"openai", "connect"}).add(2);
  two.counter(Metric::kTimeouts, {"openai", "connect"}).add(3);
  two.counter(Metric::kTimeouts, {"gemini", "idle"}).add();
  one.gauge(Metric::kInFlight, {"openai"}).add(5);
  two.gauge(Metric::kInFlight, {"openai"}).add(2);
  two.gauge(Metric::kInFlight, {"openai"}).sub();

  const std::string text = registry->scrape();
  EXPECT_THAT(text, HasSubstr("# TYPE bifrost_timeouts_total counter\n"
                              "bifrost_timeouts_total{provider=\"gemini\",phase=\"idle\"} 1\n"
                              "bifrost_timeouts_total{provider=\"openai\",phase=\"connect\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("bifrost_in_flight{provider=\"openai\"} 6\n"));
}

TEST(Registry, SumsHistogramsIntoCumulativeBuckets) {
  const auto registry = make_registry();
  for (const double wait : {0.0005, 0.03, 1000.0}) {
    registry->add_shard().histogram(Metric::kQueueWait, {"openai"}).observe(wait);
  }
  const std::string text = registry->scrape();
  EXPECT_THAT(text, HasSubstr("# TYPE bifrost_queue_wait_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("bifrost_queue_wait_seconds_count{provider=\"openai\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("bifrost_queue_wait_seconds_sum{provider=\"openai\"} 1000.0305"));
  EXPECT_THAT(text, HasSubstr("_bucket{provider=\"openai\",le=\"0.0001\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{provider=\"openai\",le=\"0.05\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{provider=\"openai\",le=\"60\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{provider=\"openai\",le=\"+Inf\"} 3\n"));
}

TEST(Registry, PutsConfiguredLabelsBetweenThePrefixAndTheOwnOnes) {
  const auto registry = make_registry({"team"});
  Shard& shard = registry->add_shard();
  const LabelValue custom[] = {"blue"};
  shard.counter(Metric::kHttpRequests, custom, {"/v1/chat/completions", "POST", "200"}).add();
  const LabelValue target[] = {"openai", "gpt", "", "chat", "k1", "main", "0", "",    "",
                               "",       "",    "", "",     "",   "",     "",  "blue"};
  shard.histogram(Metric::kUpstreamLatency, target, {"true"}).observe(1);
  const std::string text = registry->scrape();
  EXPECT_THAT(text, HasSubstr("http_requests_total{team=\"blue\",path=\"/v1/chat/completions\","
                              "method=\"POST\",status=\"200\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("bifrost_upstream_latency_seconds_count{provider=\"openai\","
                              "model=\"gpt\",method=\"chat\",selected_key_id=\"k1\","
                              "selected_key_name=\"main\",fallback_index=\"0\","
                              "team=\"blue\",is_success=\"true\"} 1\n"))
      << "without the labels that have no value";
}

TEST(Registry, RefusesUnusableLabels) {
  const auto registry = Registry::create({.version = "1", .custom_labels = {"team-name"}});
  ASSERT_FALSE(registry.has_value());
  EXPECT_EQ(registry.error().code, ErrorCode::kConfigInvalid);
  EXPECT_THAT(registry.error().message, HasSubstr("team-name"));
}

TEST(Registry, EscapesLabelValues) {
  const auto registry = make_registry();
  registry->add_shard().counter(Metric::kClientGone, {"say \"hi\"\\ \n now\xFF"}).add();
  EXPECT_THAT(registry->scrape(), HasSubstr(R"(phase="say \"hi\"\\   now?"} 1)"));
}

TEST(Registry, ShowsWhatRunsAndLeavesOutWhatNobodyCounted) {
  const std::string text = make_registry()->scrape();
  EXPECT_THAT(text, HasSubstr("bifrost_build_info{version=\"1.2.3\",compiler=\"clang "));
  EXPECT_THAT(text, Not(HasSubstr("bifrost_timeouts_total")));
  EXPECT_THAT(text, Not(HasSubstr("process_")));
}

TEST(Registry, ShowsLargeCountersExactly) {
  const auto registry = make_registry();
  registry->add_shard().counter(Metric::kKeepAlives).add(1234567890123);
  EXPECT_THAT(registry->scrape(), HasSubstr("bifrost_keep_alives_total 1234567890123\n"));
}

TEST(Registry, ShowsTheProcess) {
  const auto sample = [] {
    return ProcessSample{.cpu_seconds = 1.5, .resident_bytes = 4096, .open_fds = 7};
  };
  const auto registry = Registry::create({.version = "1", .process = sample});
  const std::string text = registry.value()->scrape();
  EXPECT_THAT(text, HasSubstr("# TYPE process_cpu_seconds_total counter\n"
                              "process_cpu_seconds_total 1.5\n"));
  EXPECT_THAT(text, HasSubstr("process_resident_memory_bytes 4096\n"));
  EXPECT_THAT(text, HasSubstr("process_open_fds 7\n"));
  EXPECT_THAT(text, Not(HasSubstr("process_start_time_seconds")));
}

// Whatever is counted, by however many workers, under whatever labels.
TEST(Registry, NeverShowsMoreThanItsRoom) {
  constexpr int kWorkers = 3;
  constexpr int kRounds = 1000;
  const auto registry = make_registry({"team", "zone"});
  const std::string hostile(2 * kLabelValueBytesMax, '"');
  for (int worker = 0; worker < kWorkers; ++worker) {
    Shard& shard = registry->add_shard();
    for (int round = 0; round < kRounds; ++round) {
      const std::string model = fmt::format("{}-{}-{}", worker, round, round % 2 ? hostile : "");
      const LabelValue custom[] = {{model, Standing::kAccepted}, hostile};
      const LabelValue target[] = {"openai",  {model, static_cast<Standing>(round % 4)},
                                   "",        "chat_completion",
                                   "k1",      "main",
                                   "0",       "",
                                   "",        "",
                                   "",        "",
                                   "",        "",
                                   "",        "",
                                   custom[0], custom[1]};
      for (const MetricInfo& info : metric_table()) {
        if (info.type != Type::kHistogram || info.prefix == Prefix::kNone) continue;
        const std::vector<LabelValue> own(info.labels.size(), LabelValue(model));
        std::vector<LabelValue> values(std::begin(custom), std::end(custom));
        if (info.prefix == Prefix::kTarget) values.assign(std::begin(target), std::end(target));
        values.insert(values.end(), own.begin(), own.end());
        shard.histogram(info.id, values).observe(1.0 / 3);
      }
      shard.counter(Metric::kUpstreamRequests, target).add(1.0 / 3);
      shard.counter(Metric::kClientGone, {model}).add(1.0 / 3);
    }
  }
  const std::string text = registry->scrape();
  EXPECT_LT(text.size(), kExpositionBytesMax);
  EXPECT_GT(text.size(), kExpositionBytesMax * 6 / 10) << "it uses its room";
  EXPECT_THAT(text, HasSubstr("model=\"other\""));
  EXPECT_THAT(text, HasSubstr("team=\"other\""));
  EXPECT_THAT(text, HasSubstr("phase=\"_overflow\""));
}

// Run with the thread sanitizer: writers add cells and label sets while a scraper reads.
TEST(Registry, IsScrapedWhileWorkersCount) {
  constexpr int kWorkers = 3;
  constexpr int kRounds = 2000;
  log::configure(log::Level::kWarn, log::Style::kPretty);  // as main does, before threads start
  const auto registry = make_registry();
  std::atomic<int> running = kWorkers;
  std::vector<std::jthread> workers;
  workers.reserve(kWorkers);
  for (int worker = 0; worker < kWorkers; ++worker) {
    workers.emplace_back([&registry, &running] {
      Shard& shard = registry->add_shard();
      Counter& total = shard.counter(Metric::kKeepAlives);
      for (int round = 0; round < kRounds; ++round) {
        total.add();
        shard.counter(Metric::kClientGone, {fmt::format("phase{}", round % 1500)}).add();
        shard.histogram(Metric::kQueueWait, {"openai"}).observe(0.01);
      }
      --running;
    });
  }
  while (running > 0) EXPECT_THAT(registry->scrape(), HasSubstr("bifrost_build_info"));
  workers.clear();

  const std::string text = registry->scrape();
  EXPECT_THAT(text, HasSubstr(fmt::format("bifrost_keep_alives_total {}\n", kWorkers * kRounds)));
  EXPECT_THAT(text, HasSubstr("bifrost_client_gone_total{phase=\"phase0\"} 6\n"));
  EXPECT_THAT(text,
              HasSubstr(fmt::format("_count{{provider=\"openai\"}} {}\n", kWorkers * kRounds)));
}

}  // namespace
}  // namespace bifrost::telemetry
