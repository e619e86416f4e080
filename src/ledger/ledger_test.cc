#include "ledger/ledger.h"

#include "ledger/journal_fixture.h"
#include "ledger/memory_ledger_fixture.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace bifrost::ledger {
namespace {

struct LedgerTest : testing::Test {
  std::unique_ptr<Ledger> open(std::uint64_t seed) {
    auto ledger =
        Ledger::open({.folder = path(), .workers = 2, .settings = {}}, store, clock, Random(seed));
    EXPECT_TRUE(ledger) << ledger.error().message;
    return ledger ? *std::move(ledger) : nullptr;
  }
  [[nodiscard]] std::string path() const { return (folder.path() / "journal").string(); }
  [[nodiscard]] std::size_t runs() const {
    const std::filesystem::directory_iterator all(path());
    return static_cast<std::size_t>(std::distance(begin(all), std::filesystem::end(all)));
  }
  static void end(Journal& journal, std::int64_t nano_dollars) {
    const Request request(nano_dollars);
    Entry entry = journal.begin();
    entry.hold(request.settlement);
    entry.end(request.settlement);
  }
  std::int64_t used() {
    const auto counters = store.counters();
    return counters && !counters->empty() ? counters->front().used : 0;
  }

  TemporaryFolder folder;
  FakeClock clock;
  MemoryLedger store;
};

TEST_F(LedgerTest, CountsWhatAKilledRunLeftOnce) {
  auto killed = open(1);
  end(killed->journal(0), 1);
  EXPECT_TRUE(killed->writer().step());
  end(killed->journal(0), 10);
  end(killed->journal(1), 100);
  Entry running = killed->journal(1).begin();
  running.hold(Request(1'000).settlement);
  EXPECT_EQ(killed->waiting(), 2U);
  std::filesystem::copy(path(), folder.path() / "copy", std::filesystem::copy_options::recursive);
  running.drop();
  killed.reset();
  std::filesystem::remove_all(path());
  std::filesystem::rename(folder.path() / "copy", path());

  auto next = open(2);
  EXPECT_EQ(used(), 1'111);
  EXPECT_EQ(store.rows().size(), 4U);
  EXPECT_EQ(runs(), 1U);
  next->stop();
  EXPECT_EQ(used(), 1'111);
  EXPECT_EQ(runs(), 0U);
}

TEST_F(LedgerTest, LeavesTheJournalsOfARunThatLives) {
  auto first = open(1);
  end(first->journal(0), 1);
  auto second = open(2);
  EXPECT_EQ(store.rows().size(), 0U);
  EXPECT_EQ(runs(), 2U);
  first->stop();
  second->stop();
  EXPECT_EQ(used(), 1);
}

TEST_F(LedgerTest, KeepsWhatItCannotStoreAtItsEnd) {
  auto first = open(1);
  end(first->journal(0), 1);
  store.fail_with(gateway_error(ErrorCode::kInternal, "away"));
  first->stop();
  first.reset();
  EXPECT_EQ(runs(), 1U);
  store.fail_with(std::nullopt);
  auto second = open(2);
  EXPECT_EQ(used(), 1);
}

TEST_F(LedgerTest, LeavesAJournalThatItDoesNotUnderstand) {
  std::filesystem::create_directories(path() + "/00000000000000aa");
  std::ofstream(path() + "/00000000000000aa/worker-0.journal") << "something else";
  auto ledger = open(1);
  ledger->stop();
  EXPECT_TRUE(std::filesystem::exists(path() + "/00000000000000aa/worker-0.journal"));
}

TEST_F(LedgerTest, SaysWhyItsFolderCannotBeUsed) {
  std::ofstream(path()) << "a file";
  const auto ledger = Ledger::open({.folder = path()}, store, clock, Random(1));
  ASSERT_FALSE(ledger);
  EXPECT_EQ(ledger.error().code, ErrorCode::kStoreUnavailable);
  EXPECT_NE(ledger.error().message.find(path()), std::string::npos);
}

}  // namespace
}  // namespace bifrost::ledger
