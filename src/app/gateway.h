// The running program: workers, the configuration they run on, and the end of it all.
//
// Belongs to the main thread, which waits for signals while the workers work:
//
//   SIGTERM, SIGINT   /health fails, requests are still accepted for a while, on connections that
//                     end with their answer; then idle ones close and what runs may finish, up to
//                     a limit. A second one ends at once.
//   SIGHUP            the configuration is read again; so it is when the file changes.
#pragma once

#include "app/configuration.h"
#include "app/price_sync.h"
#include "app/setup.h"
#include "app/store_watch.h"
#include "app/watch.h"
#include "app/worker.h"
#include "base/clock.h"
#include "store/ledger_store.h"
#include "telemetry/registry.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace bifrost::app {

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string config_path;               // empty: none, providers come from the environment
  std::string app_dir = "bifrost-data";  // folder of the gateway's own files
  std::size_t workers = 0;               // 0: one per core
};

class Gateway {
 public:
  // Reads the configuration and listens. `environment` outlives the gateway.
  static Result<std::unique_ptr<Gateway>> create(const ServeOptions& options,
                                                 const config::Environment& environment);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Serves until a signal says to stop; the exit status of the program. Signals must be blocked
  // in every thread: see block_signals.
  int run();

  [[nodiscard]] const net::Address& address() const { return workers_.front()->address(); }
  [[nodiscard]] SetupPtr setup() const { return configuration_->setup(); }

 private:
  // When and what a file was, to see that it changed.
  struct FileStamp {
    std::int64_t modified_ns = 0;
    std::uint64_t inode = 0;
    std::int64_t size = -1;
    bool operator==(const FileStamp&) const = default;
  };

  Gateway(const ServeOptions& options, const config::Environment& environment,
          std::unique_ptr<Configuration> configuration,
          std::unique_ptr<telemetry::Registry> metrics);
  Result<void> start();
  Result<void> begin_ledger(const Config& config, std::size_t workers);
  void end_ledger();
  Result<void> open_admin_port(const exchange::SnapshotPtr& snapshot);
  [[nodiscard]] Result<void> check_descriptors(std::size_t workers) const;
  void divide_descriptors();
  int wait(std::chrono::nanoseconds limit);
  void look();
  Result<exchange::SnapshotPtr> snapshot_of(const Setup& setup);
  Result<Configuration::PutInForce> prepare(const Setup& setup);
  void reload();
  int go_down();
  bool end_admin_port();
  bool wait_until_drained(std::chrono::nanoseconds limit, bool second_signal_ends);
  [[nodiscard]] FileStamp stamp() const;
  [[nodiscard]] Lasting lasting() {
    return {.gates = state_.gates, .rules = rules_, .catalog = prices_.catalog()};
  }

  ServeOptions options_;
  const config::Environment& environment_;
  const SystemClock& clock_;
  std::unique_ptr<Configuration> configuration_;
  std::unique_ptr<telemetry::Registry> metrics_;
  std::unique_ptr<store::LedgerStore> ledger_store_;
  PriceSync prices_;
  exchange::Services state_;
  governance::RulesBuilder rules_{state_.limits};
  Watch watch_{state_, clock_};
  FileStamp stamp_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::string> warnings_;  // that were logged of the configuration in force; for who
                                       // changes it, under Configuration's lock
  StoreWatch store_watch_{*configuration_};
  std::unique_ptr<Worker> admin_;  // null: operators come to the others
};

// To be called before any thread is started: signals are for `run` to take, and writing to a closed
// socket is an error, not the end of the program.
void block_signals();

}  // namespace bifrost::app
