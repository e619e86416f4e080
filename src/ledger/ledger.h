// The ledger of a process: its journals, and what others left behind.
//
// The journals of a run stand in a folder of their own below `folder`, which the run locks. At its
// start a run moves what it finds in folders that nobody locks into the store, so whatever a
// process held when it was killed is counted by the next one, once.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/journal.h"
#include "ledger/run_folder.h"
#include "ledger/settings.h"
#include "ledger/writer.h"
#include "store/ledger_store.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::ledger {

struct LedgerPlan {
  std::string folder;  // made where it is missing
  std::size_t workers = 1;
  Settings settings;
};

class Ledger {
 public:
  // Moves what was left behind, then makes the journals. `store` and `clock` outlive it. Fails
  // with kStoreUnavailable when the folder cannot be used, and with the store's error.
  static Result<std::unique_ptr<Ledger>> open(const LedgerPlan& plan, store::LedgerStore& store,
                                              const Clock& clock, Random random);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  ~Ledger() = default;

  [[nodiscard]] Journal& journal(std::size_t worker) { return *journals_[worker]; }
  [[nodiscard]] Writer& writer() { return *writer_; }

  void start();
  // Moves what has ended; when nothing is left, the journals go too. Only after the workers.
  void stop();

  // Of all journals, from any thread.
  [[nodiscard]] std::uint64_t waiting() const;
  [[nodiscard]] std::uint64_t lost() const;

 private:
  Ledger(RunFolder folder, const LedgerPlan& plan, store::LedgerStore& store)
      : folder_(std::move(folder)), plan_(plan), store_(store) {}

  RunFolder folder_;
  const LedgerPlan plan_;
  store::LedgerStore& store_;
  std::vector<std::unique_ptr<Journal>> journals_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace bifrost::ledger
