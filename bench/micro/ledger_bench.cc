// What the ledger's writer can store: rows of usage, with their sums by the hour and the counters
// of their limits, in batches. SQLite in a folder of its own; with BIFROST_BENCH_POSTGRES ("host
// port user password database") the same into a PostgreSQL.
#include "base/assert.h"
#include "base/clock.h"
#include "store/migrations.h"
#include "store/postgres/connection.h"
#include "store/sql_ledger.h"
#include "store/sqlite/connection.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace bifrost::bench {
namespace {

constexpr std::size_t kBatch = 1'000;
constexpr std::int64_t kHour = 3'600'000'000'000;
constexpr std::size_t kKeys = 50;
constexpr std::size_t kModels = 5;

// Of a key, its team and its customer: three budgets, and tokens and requests of each.
std::vector<store::LimitUse> limits_of(const std::string& key) {
  std::vector<store::LimitUse> out;
  for (const std::string& owner : {key, std::string("team"), std::string("customer")}) {
    const store::UsageWindow window{.start = 0, .end = 24 * kHour};
    out.push_back({"requests of rate " + owner, store::UsageUnit::kRequests, window, 1});
    out.push_back({"tokens of rate " + owner, store::UsageUnit::kTokens, window, 512});
    out.push_back({"dollars of " + owner, store::UsageUnit::kNanoDollars, window, 1'280'000});
  }
  return out;
}

store::LedgerBatch batch_at(std::int64_t sequence) {
  store::LedgerBatch batch;
  batch.rows.reserve(kBatch);
  for (std::size_t i = 0; i < kBatch; ++i, ++sequence) {
    const std::string key = "virtual-key-" + std::to_string(i % kKeys);
    store::UsageRow row{.journal = {.node = 1, .worker = 0},
                        .sequence = sequence,
                        .time = sequence * 1'000'000,
                        .request_id = "3f1c2a88-0d5e-4c2f-9a1b-000000000000",
                        .virtual_key = key,
                        .team = "team",
                        .customer = "customer",
                        .provider = "openai",
                        .provider_key = "main",
                        .model = "model-" + std::to_string(i % kModels)};
    row.usage.input = 256;
    row.usage.output = 256;
    row.nano_dollars = 1'280'000;
    row.limits = limits_of(key);
    batch.rows.push_back(std::move(row));
  }
  batch.positions = {{.journal = {.node = 1, .worker = 0}, .next = sequence}};
  return batch;
}

void append(benchmark::State& state, std::unique_ptr<store::sql::Connection> connection) {
  BF_ASSERT(store::migrate(*connection, store::migrations(), WallTime()).has_value());
  store::SqlLedger ledger(std::move(connection));
  const auto stored = ledger.position({.node = 1, .worker = 0});
  BF_ASSERT(stored.has_value());
  std::int64_t sequence = *stored;
  for (auto _ : state) {
    state.PauseTiming();
    const store::LedgerBatch batch = batch_at(sequence);
    state.ResumeTiming();
    const auto done = ledger.append(batch);
    if (!done) {
      state.SkipWithError(done.error().message.c_str());
      return;
    }
    sequence += static_cast<std::int64_t>(kBatch);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}

void append_to_sqlite(benchmark::State& state) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() /
                                       ("bifrost-ledger-bench-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  auto connection = store::sqlite::open((folder / "ledger.db").string());
  BF_ASSERT(connection.has_value());
  append(state, *std::move(connection));
  std::filesystem::remove_all(folder);
}
BENCHMARK(append_to_sqlite)->UseRealTime();

void append_to_postgres(benchmark::State& state) {
  const char* const where = std::getenv("BIFROST_BENCH_POSTGRES");
  std::istringstream words(where == nullptr ? "" : where);
  const std::vector<std::string> parts{std::istream_iterator<std::string>(words), {}};
  if (parts.size() != 5) {
    state.SkipWithError("BIFROST_BENCH_POSTGRES is not \"host port user password database\"");
    return;
  }
  static const SystemClock clock;
  auto connection = store::postgres::open({.host = parts[0],
                                           .port = parts[1],
                                           .user = parts[2],
                                           .password = parts[3],
                                           .database = parts[4]},
                                          clock);
  if (!connection) {
    state.SkipWithError(connection.error().message.c_str());
    return;
  }
  append(state, *std::move(connection));
}
BENCHMARK(append_to_postgres)->UseRealTime();

}  // namespace
}  // namespace bifrost::bench

BENCHMARK_MAIN();
