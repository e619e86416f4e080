#include "exchange/services.h"

#include "base/try.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace bifrost::exchange {
namespace {

Desk::StoreState store_state(const Desk* desk) {
  return desk != nullptr ? desk->store_state() : Desk::StoreState{};
}

}  // namespace

std::size_t heavy_threads() {
  return std::max<std::size_t>(1, std::thread::hardware_concurrency() / 2);
}

net::Task<Result<Services::Scrape>> Services::scrape(net::CallScope& scope) {
  BF_CO_TRY(upstream::Permit place, co_await scrapes_open->enter(scope));
  BF_CO_TRY(std::string text,
            co_await net::run_blocking(scope, scraper, [this] { return gather(); }));
  co_return Scrape{.place = std::move(place), .text = std::move(text)};
}

std::string Services::gather() {
  // The gauges below have a single writer.
  const std::lock_guard lock(scrape_mutex);
  for (const auto& [provider, gate] : gates.all()) {
    shard.gauge(telemetry::Metric::kInFlight, {provider})
        .set(static_cast<double>(gate->in_flight()));
    shard.gauge(telemetry::Metric::kQueueLength, {provider})
        .set(static_cast<double>(gate->waiting()));
  }
  shard.gauge(telemetry::Metric::kConnections, {"client"})
      .set(static_cast<double>(callers.connections.open()));
  gather_overload();
  if (ledger) gather_ledger();
  gather_stores();
  if (prices != nullptr) gather_prices();
  return metrics.scrape();
}

void Services::gather_overload() {
  using telemetry::Metric;
  shard.gauge(Metric::kRequestMemory).set(static_cast<double>(overload.memory().held()));
  shard.gauge(Metric::kRequestMemoryLimit).set(static_cast<double>(overload.memory().limit()));
  for (std::size_t i = 0; i < overload::kMonitorCount; ++i) {
    shard.gauge(Metric::kOverloadPressure, {overload::kMonitorNames[i]})
        .set(overload.pressure(static_cast<overload::Monitor>(i)));
  }
  for (std::size_t i = 0; i < overload::kActionCount; ++i) {
    shard.gauge(Metric::kOverloadAction, {overload::kActionNames[i]})
        .set(overload.level_of(static_cast<overload::Action>(i)));
  }
  for (std::size_t i = 0; i < overload::kReasonCount; ++i) {
    telemetry::Counter& told = shard.counter(Metric::kRefused, {overload::kReasonNames[i]});
    const auto counted = overload.refusals().count(static_cast<overload::Reason>(i));
    told.add(static_cast<double>(counted) - told.value());
  }
}

void Services::gather_ledger() {
  using telemetry::Metric;
  shard.gauge(Metric::kLedgerWaiting).set(static_cast<double>(ledger->waiting()));
  shard.gauge(Metric::kLedgerLag)
      .set(std::chrono::duration<double>(ledger->writer().lag()).count());
  telemetry::Counter& told = shard.counter(Metric::kLedgerLost);
  told.add(static_cast<double>(ledger->lost()) - told.value());
}

void Services::gather_stores() {
  const auto tell = [this](std::string_view store, bool up) {
    shard.gauge(telemetry::Metric::kStoreUp, {store}).set(up ? 1 : 0);
  };
  if (const auto state = store_state(desk); state.is_kept) {
    tell("config_store", state.trouble.empty());
  }
  if (ledger) tell("ledger", !ledger->writer().is_failing());
}

std::vector<std::string_view> Services::store_troubles() const {
  std::vector<std::string_view> out;
  if (!store_state(desk).trouble.empty()) {
    out.emplace_back(
        "config_store: the database is away; what it had counts, and changes are refused");
  }
  if (ledger && ledger->writer().is_failing()) {
    out.emplace_back("ledger: usage waits in the journals, since the database does not take it");
  }
  return out;
}

void Services::gather_prices() {
  const WallTime at = prices->state().fetched_at.value_or(WallTime());
  shard.gauge(telemetry::Metric::kPriceSheetTime)
      .set(std::chrono::duration<double>(at.time_since_epoch()).count());
}

void Services::count_reload(bool good) {
  const std::lock_guard lock(scrape_mutex);
  shard.counter(telemetry::Metric::kConfigReloads, {good ? "success" : "failure"}).add();
}

}  // namespace bifrost::exchange
