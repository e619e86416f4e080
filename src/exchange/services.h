// What all requests of the process share: one of it, made before the workers and gone after them.
#pragma once

#include "exchange/desk.h"
#include "exchange/price_sheets.h"
#include "governance/attempts.h"
#include "governance/learnt_use.h"
#include "governance/limit_book.h"
#include "governance/operators.h"
#include "ledger/ledger.h"
#include "net/blocking_pool.h"
#include "overload/control.h"
#include "overload/pulse.h"
#include "record/key_states.h"
#include "routing/session_keys.h"
#include "server/server.h"
#include "store/access_store.h"
#include "store/usage_report.h"
#include "telemetry/registry.h"
#include "upstream/gate.h"
#include "upstream/network.h"
#include "upstream/request_budget.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::exchange {

inline constexpr std::size_t kScrapesMax = 8;  // texts that are made or not read yet

// For work on large texts: half the cores, so that the workers keep theirs. How many such texts
// there are is bounded by memory.
std::size_t heavy_threads();

struct Services {
  telemetry::Registry& metrics;
  telemetry::Shard& shard;  // of what belongs to no worker; changed under scrape_mutex only
  std::string version;
  Desk* desk = nullptr;           // null: nothing can be changed
  PriceSheets* prices = nullptr;  // null: there are the program's own
  upstream::Gates gates = {};
  governance::LimitBook limits = {};
  governance::LearntUse learnt_use = {};
  routing::SessionKeys session_keys = routing::SessionKeys();
  upstream::RetryBudgets retry_budgets = {};
  overload::Control overload = {};
  overload::Pulse pulse = {};
  server::Callers callers = server::Callers(overload.refusals());
  server::Callers operators = server::Callers(overload.refusals());
  record::KeyStates key_states{metrics.add_shard()};
  std::atomic<bool> draining{false};                     // /health says so
  std::unique_ptr<ledger::Ledger> ledger = nullptr;      // null: usage is not kept
  std::unique_ptr<store::UsageReports> usage = nullptr;  // null together with it; for `reports`
  std::unique_ptr<store::AccessStore> access = nullptr;  // null: there is no database
  std::unique_ptr<store::AccessStore> access_read = nullptr;  // for `reports`; null: the other one
  governance::Attempts attempts = {};                         // of operators
  governance::PasswordCheck passwords = {};
  std::mutex scrape_mutex = {};
  std::shared_ptr<upstream::Gate> scrapes_open = std::make_shared<upstream::Gate>(
      upstream::GateLimits{.in_flight_max = kScrapesMax, .waiting_max = 0, .drop_excess = true});
  // The last ones: they work with the others.
  net::BlockingPool heavy{{.name = "heavy", .threads = heavy_threads(), .waiting_max = 1024}};
  net::BlockingPool scraper{{.name = "metrics"}};
  net::BlockingPool management{{.name = "management"}};              // waits for the database
  net::BlockingPool reports{{.name = "reports", .waiting_max = 8}};  // and this one for long

  // The metrics of all workers as one text, made beside them. Its place is held until it was read.
  struct Scrape {
    upstream::Permit place;
    std::string text;
  };
  // Fails with kQueueFull beyond kScrapesMax.
  net::Task<Result<Scrape>> scrape(net::CallScope& scope);
  void count_reload(bool good);

  // What is lost of what outlives the process, a sentence each; for anybody, so that they name no
  // places. Empty: nothing. From any thread.
  [[nodiscard]] std::vector<std::string_view> store_troubles() const;

 private:
  std::string gather();  // on any thread
  void gather_overload();
  void gather_ledger();
  void gather_stores();
  void gather_prices();
};

}  // namespace bifrost::exchange
