#include "ledger/ledger.h"

#include "base/log.h"
#include "base/try.h"
#include "ledger/left_behind.h"
#include "ledger/recover.h"

#include <algorithm>
#include <utility>

namespace bifrost::ledger {
namespace {

JournalSize size_of(const Settings& settings) {
  constexpr std::size_t kMegabyte = 1024 * 1024;
  JournalSize size;
  const auto bytes = static_cast<std::size_t>(settings.journal_size_mb) * kMegabyte;
  size.granules = (bytes - size.slots * kSlotBytes) / kGranuleBytes;
  return size;
}

// False: it is not understood, and stays.
Result<bool> recover_file(const std::string& path, store::LedgerStore& store) {
  BF_TRY(const MappedFile file, MappedFile::open(path));
  auto left = read_left_behind(file.bytes());
  if (!left) {
    BF_LOG(kError, "ledger", "a journal is left as it is", {"file", path},
           {"what", left.error().message});
    return false;
  }
  if (left->damaged > 0 || left->unknown > 0) {
    BF_LOG(kError, "ledger", "a journal has records that cannot be read", {"file", path},
           {"damaged", left->damaged}, {"unknown", left->unknown});
  }
  BF_TRY(const Recovered done, recover(*std::move(left), store));
  if (done.ended + done.running > 0) {
    BF_LOG(kInfo, "ledger", "a run before had not stored all of its usage", {"ended", done.ended},
           {"cut", done.running});
  }
  return true;
}

Result<void> recover_folder(const RunFolder& folder, store::LedgerStore& store) {
  bool all = true;
  for (const std::string& path : folder.journals()) {
    BF_TRY(const bool understood, recover_file(path, store));
    all = all && understood;
  }
  if (!all) return {};
  folder.remove();
  return store.forget_positions(folder.node());
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(const LedgerPlan& plan, store::LedgerStore& store,
                                             const Clock& clock, Random random) {
  for (const RunFolder& folder : RunFolder::left_behind(plan.folder)) {
    BF_TRY_VOID(recover_folder(folder, store));
  }
  const auto node = static_cast<std::int64_t>(random.next() >> 1);
  BF_TRY(RunFolder folder, RunFolder::make(plan.folder, node));
  std::unique_ptr<Ledger> ledger(new Ledger(std::move(folder), plan, store));  // NOLINT
  ledger->journals_.reserve(plan.workers);
  for (std::size_t i = 0; i < plan.workers; ++i) {
    BF_TRY(auto journal, Journal::create(ledger->folder_.journal_path(i),
                                         {.node = node, .worker = static_cast<std::int32_t>(i)},
                                         size_of(plan.settings), clock));
    ledger->journals_.push_back(std::move(journal));
  }
  ledger->writer_ = std::make_unique<Writer>(ledger->journals_, store, clock);
  return ledger;
}

void Ledger::start() { writer_->start(plan_.settings.write_interval); }

void Ledger::stop() {
  writer_->stop();
  Result<std::size_t> stored = std::size_t{1};
  while (stored && *stored > 0) stored = writer_->step();
  const bool running =
      std::ranges::any_of(journals_, [](const auto& journal) { return journal->running() > 0; });
  if (!stored || running) return;  // the next run's
  folder_.remove();
  ignore(store_.forget_positions(folder_.node()), "a row too many does no harm");
}

std::uint64_t Ledger::waiting() const {
  std::uint64_t sum = 0;
  for (const auto& journal : journals_) sum += journal->waiting();
  return sum;
}

std::uint64_t Ledger::lost() const {
  std::uint64_t sum = 0;
  for (const auto& journal : journals_) sum += journal->lost();
  return sum;
}

}  // namespace bifrost::ledger
