// What it costs to decide where a request goes: the plan, and a key of the target.
#include "base/assert.h"
#include "base/random.h"
#include "provider/registry.h"
#include "routing/keys.h"
#include "routing/plan.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace bifrost::bench {
namespace {

constexpr int kKeys = 8;  // of each provider

provider::Registry a_registry() {
  provider::Providers providers;
  for (const char* name : {"openai", "anthropic", "gemini", "openrouter", "groq"}) {
    auto& settings = providers.append(name);
    for (int i = 0; i < kKeys; ++i) {
      auto& key = settings.keys.emplace_back();
      key.name = "key-" + std::to_string(i);
      key.value = config::Secret("secret");
      key.models = {"*"};
    }
  }
  auto registry = provider::Registry::build(providers);
  BF_ASSERT(registry.has_value());
  return *std::move(registry);
}

void plan_and_pick(benchmark::State& state, std::string_view model,
                   const std::vector<std::string>& fallbacks) {
  const provider::Registry registry = a_registry();
  Random random(1);
  for (auto _ : state) {
    auto plan = routing::plan(registry, {.model = model, .fallbacks = fallbacks});
    BF_ASSERT(plan.has_value());
    const routing::Target& target = plan->targets.front();
    auto picker = routing::KeyPicker::make(*target.endpoint, target.model);
    BF_ASSERT(picker.has_value());
    auto key = picker->pick(random);
    BF_ASSERT(key.has_value());
    benchmark::DoNotOptimize(key);
  }
}

void named_provider(benchmark::State& state) { plan_and_pick(state, "openai/gpt-4o", {}); }
BENCHMARK(named_provider);

void bare_model(benchmark::State& state) { plan_and_pick(state, "claude-sonnet-4", {}); }
BENCHMARK(bare_model);

void with_fallbacks(benchmark::State& state) {
  plan_and_pick(state, "openai/gpt-4o", {"anthropic/claude-sonnet-4", "gemini/gemini-2.5-flash"});
}
BENCHMARK(with_fallbacks);

}  // namespace
}  // namespace bifrost::bench

BENCHMARK_MAIN();
