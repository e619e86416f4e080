// What it costs to count a request: one attempt and its end, whole and streamed, with and without
// labels of the configuration; and to tell of it.
#include "record/meter.h"

#include "base/assert.h"
#include "telemetry/registry.h"

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::bench {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<telemetry::Registry> a_registry(std::vector<std::string> labels) {
  auto registry = telemetry::Registry::create({.version = "1", .custom_labels = std::move(labels)});
  BF_ASSERT(registry.has_value());
  return *std::move(registry);
}

// The models are asked for in turn.
void count(benchmark::State& state, std::size_t models, bool stream,
           std::vector<std::string> labels) {
  const auto registry = a_registry(std::move(labels));
  record::KeyStates keys(registry->add_shard());
  record::Meter meter(registry->add_shard(), registry->custom_labels(), keys);
  const http::Headers headers = {{"host", "gateway.internal"},
                                 {"authorization", "Bearer sk-1234567890"},
                                 {"content-type", "application/json"},
                                 {"x-bf-dim-team", "red"},
                                 {"x-bf-dim-feature", "search"}};
  std::vector<std::string> names;
  names.reserve(models);
  for (std::size_t i = 0; i < models; ++i) names.push_back("gpt-4o-2024-08-0" + std::to_string(i));
  std::size_t at = 0;
  for (auto _ : state) {
    const std::string& name = names[at++ % names.size()];
    const record::Service service{.provider = "openai",
                                  .model = name,
                                  .model_name = name,
                                  .key_id = "3f2b7c1e-key-id",
                                  .key_name = "main",
                                  .usage = {.input = 300, .output = 400, .known = true},
                                  .first_content_after = 200ms};
    const record::ModelCall call{
        .model = name, .stream = stream, .service = &service, .upstream_time = 900ms};
    record::Request request{.id = "1",
                            .method = "POST",
                            .path = "/v1/chat/completions",
                            .pattern = "/v1/chat/completions",
                            .route_method = "POST",
                            .operation = "chat_completion",
                            .headers = &headers,
                            .call = &call,
                            .duration = 1s,
                            .status = 200};
    meter.attempt_ended(request, {.provider = service.provider,
                                  .model = service.model_name,
                                  .key_id = service.key_id,
                                  .key_name = service.key_name,
                                  .key_is_configured = true,
                                  .taken = 800ms});
    meter.request_ended(request);
  }
}

void whole(benchmark::State& state) { count(state, 1, false, {}); }
BENCHMARK(whole);

void streamed(benchmark::State& state) { count(state, 1, true, {}); }
BENCHMARK(streamed);

void two_hundred_models(benchmark::State& state) { count(state, 200, false, {}); }
BENCHMARK(two_hundred_models);

void two_labels(benchmark::State& state) { count(state, 1, false, {"team", "feature"}); }
BENCHMARK(two_labels);

// As large as it can be.
void scrape(benchmark::State& state) {
  const auto registry = a_registry({});
  telemetry::Shard& shard = registry->add_shard();
  for (int i = 0; i < 1000; ++i) {
    const std::string model = "gpt-4o-2024-08-" + std::to_string(i);
    std::vector<telemetry::LabelValue> target = {"openai",          model, "",
                                                 "chat_completion", "k1",  "main"};
    target.resize(std::size(telemetry::kTargetLabels), telemetry::LabelValue(""));
    shard.histogram(telemetry::Metric::kUpstreamLatency, target, {"true"}).observe(1);
    shard.histogram(telemetry::Metric::kHttpRequestSize, {model, "POST", "200"}).observe(1);
  }
  std::size_t bytes = 0;
  for (auto _ : state) bytes = registry->scrape().size();
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(scrape)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bifrost::bench

BENCHMARK_MAIN();
