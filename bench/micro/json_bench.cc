// How fast a request body is looked through and edited, beside an index over all of it.
#include "base/assert.h"
#include "bench/micro/conversation.h"
#include "json/document.h"
#include "json/scan.h"
#include "json/splice.h"

#include <benchmark/benchmark.h>

namespace bifrost::bench {
namespace {

void sizes(benchmark::internal::Benchmark* benchmark) {
  for (const std::int64_t bytes : kBodySizes) benchmark->Arg(bytes);
}

void count_bytes(benchmark::State& state, const std::string& body) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

void scan_members(benchmark::State& state) {
  std::string body = conversation(static_cast<std::size_t>(state.range(0)));
  json::reserve_padding(body);
  json::Scanner scanner;
  for (auto _ : state) {
    auto members = scanner.scan_members(body);
    BF_ASSERT(members.has_value());
    benchmark::DoNotOptimize(members);
  }
  count_bytes(state, body);
}
BENCHMARK(scan_members)->Apply(sizes);

void scan_and_splice_model(benchmark::State& state) {
  std::string body = conversation(static_cast<std::size_t>(state.range(0)));
  json::reserve_padding(body);
  json::Scanner scanner;
  for (auto _ : state) {
    auto members = scanner.scan_members(body);
    BF_ASSERT(members.has_value());
    json::Splice splice(body);
    splice.replace((*members)->front().value, R"("gpt-4o")");
    benchmark::DoNotOptimize(splice.apply());
  }
  count_bytes(state, body);
}
BENCHMARK(scan_and_splice_model)->Apply(sizes);

void parse_document(benchmark::State& state) {
  const std::string body = conversation(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    auto document = json::Document::parse(body);
    BF_ASSERT(document.has_value());
    benchmark::DoNotOptimize(document);
  }
  count_bytes(state, body);
}
BENCHMARK(parse_document)->Apply(sizes);

}  // namespace
}  // namespace bifrost::bench

BENCHMARK_MAIN();
