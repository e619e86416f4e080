// Keeps the price sheet up to date: a thread that reads it from its source now and then, and puts
// it in force.
//
// What cannot be read, or is no sheet, changes nothing. Thread-safe.
#pragma once

#include "app/config.h"
#include "app/fetch_url.h"
#include "app/kept_sheet.h"
#include "base/clock.h"
#include "catalog/catalog.h"
#include "catalog/datasheet.h"
#include "catalog/settings.h"
#include "config/environment.h"
#include "exchange/price_sheets.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace bifrost::app {

// Where the sheet comes from, and how it is reached.
struct PriceSource {
  catalog::PricingSettings pricing;
  std::vector<std::string> dns_servers = {};  // have been checked
  provider::GlobalProxySettings proxy = {};   // for it, if that is enabled

  [[nodiscard]] static PriceSource of(const Config& config);
};

class PriceSync final : public exchange::PriceSheets {
 public:
  // Both references outlive it.
  PriceSync(const std::string& app_dir, const config::Environment& environment, const Clock& clock)
      : keeper_(app_dir), clock_(clock), fetcher_(environment) {}
  ~PriceSync() override { stop(); }
  PriceSync(const PriceSync&) = delete;
  PriceSync& operator=(const PriceSync&) = delete;

  // With another one `catalog()` is what was kept of it, until it is read, or else the sheet of the
  // program. Before `start` at once, after it as soon as the thread comes to it.
  void configure(const PriceSource& source);
  // From now on it reads. `changed` puts `catalog()` in force; on its thread.
  void start(std::function<Result<void>()> changed);
  void stop();

  [[nodiscard]] std::shared_ptr<const catalog::Catalog> catalog() const;
  [[nodiscard]] State state() const override;
  Result<State> sync() override;

 private:
  using Lock = std::unique_lock<std::mutex>;
  // A sheet as it came, and what it says.
  struct Fresh {
    KeptSheet kept;
    catalog::Datasheet read;
  };

  void run();
  void turn_to(Lock& lock);
  void read(Lock& lock);
  Result<KeptSheet> fetch(const std::string& source, const FetchTerms& terms);
  Result<Fresh> read_anew(const std::string& source, const FetchTerms& terms);
  void take_up(Fresh fresh);
  void put_in_force();
  void keep(const std::string& source, const KeptSheet& sheet);
  void say(const Result<void>& outcome);

  const SheetKeeper keeper_;
  const Clock& clock_;
  UrlFetcher fetcher_;
  std::function<Result<void>()> changed_;

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  std::condition_variable done_;
  bool started_ = false;
  bool stopping_ = false;
  PriceSource source_;
  bool is_other_ = false;  // than the one that `catalog_` is of
  SteadyTime due_{};
  std::uint64_t asked_ = 0;     // how often it was asked for
  std::uint64_t answered_ = 0;  // of them
  Result<void> outcome_;        // of the last time
  bool failing_ = false;        // and it was said
  State state_;
  std::shared_ptr<const catalog::Catalog> catalog_;  // null: the program's own
  std::jthread thread_;
};

}  // namespace bifrost::app
