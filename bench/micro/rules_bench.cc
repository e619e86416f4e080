// What routing rules cost a request: none, some that do not match, and one that does.
#include "routing/rules.h"

#include "base/assert.h"
#include "base/random.h"

#include <benchmark/benchmark.h>

#include <string>
#include <utility>

namespace bifrost::bench {
namespace {

class Headers final : public cel::Map {
 public:
  [[nodiscard]] std::optional<cel::Value> find(const cel::Value& key) const override {
    const auto* name = key.get<std::string_view>();
    if (name == nullptr || *name != "x-tier") return std::nullopt;
    return cel::Value(std::string_view("silver"));
  }
  [[nodiscard]] std::size_t size() const override { return 1; }
  [[nodiscard]] std::pair<cel::Value, cel::Value> at(std::size_t /*index*/) const override {
    return {cel::Value(std::string_view("x-tier")), cel::Value(std::string_view("silver"))};
  }
};

class Facts final : public routing::RuleFacts {
 public:
  void set_asked(std::string_view provider, std::string_view model) override {
    provider_ = provider;
    model_ = model;
  }
  [[nodiscard]] std::optional<cel::Value> get(std::size_t variable) const override {
    switch (static_cast<routing::RuleVariable>(variable)) {
      case routing::RuleVariable::kModel:
        return cel::Value(model_);
      case routing::RuleVariable::kProvider:
        return cel::Value(provider_);
      case routing::RuleVariable::kHeaders:
        return cel::Value(headers_);
      case routing::RuleVariable::kBudgetUsed:
        return cel::Value(42.0);
      default:
        return cel::Value(std::string_view("alice"));
    }
  }

 private:
  Headers headers_;
  std::string_view provider_;
  std::string_view model_;
};

// As many rules as the benchmark says, which differ in a name.
routing::RuleSet rules_with(int count, std::string_view condition) {
  routing::RuleSet rules;
  for (int i = 0; i < count; ++i) {
    routing::Rule rule{.id = std::to_string(i), .name = "rule", .targets = {{.model = "other"}}};
    auto program = cel::Program::compile(condition, routing::rule_variables());
    BF_ASSERT(program.has_value());
    rule.condition = *std::move(program);
    rules.add(routing::RuleLevel::kGlobal, {}, std::move(rule));
  }
  return rules;
}

void look_at(benchmark::State& state, std::string_view condition) {
  const routing::RuleSet rules = rules_with(static_cast<int>(state.range(0)), condition);
  Random random(1);
  for (auto _ : state) {
    Facts facts;
    auto routed = rules.route({.model = "gpt-4o", .depth_max = 10}, facts, random);
    benchmark::DoNotOptimize(routed);
  }
}

void one_comparison(benchmark::State& state) { look_at(state, "model == 'x'"); }
BENCHMARK(one_comparison)->Arg(0)->Arg(1)->Arg(10)->Arg(100);

void what_people_write(benchmark::State& state) {
  look_at(state,
          "model in ['gpt-4.1', 'o3', 'o4-mini'] || model.startsWith('gpt-') && "
          "headers['x-tier'] == 'gold' && budget_used < 80.0");
}
BENCHMARK(what_people_write)->Arg(1)->Arg(10)->Arg(100);

void a_header_that_is_not_there(benchmark::State& state) {
  look_at(state, "headers['x-team'] == 'red'");
}
BENCHMARK(a_header_that_is_not_there)->Arg(10);

void a_pattern(benchmark::State& state) { look_at(state, "model.matches('^claude-[34]')"); }
BENCHMARK(a_pattern)->Arg(10);

void a_macro(benchmark::State& state) {
  look_at(state, "['claude-', 'gemini-', 'o3'].exists(p, model.startsWith(p))");
}
BENCHMARK(a_macro)->Arg(10);

}  // namespace
}  // namespace bifrost::bench

BENCHMARK_MAIN();
