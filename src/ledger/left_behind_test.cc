#include "ledger/left_behind.h"

#include "base/random.h"
#include "ledger/journal_fixture.h"
#include "ledger/memory_ledger_fixture.h"
#include "ledger/recover.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace bifrost::ledger {
namespace {

using store::UsageRow;

TEST_F(JournalTest, IsReadByWhoComesAfter) {
  make();
  end(5, "ended");
  Entry running = journal->begin();
  running.hold(Request(1'000, "running").settlement);
  const LeftBehind left = left_behind();
  EXPECT_EQ(left.id, kId);
  ASSERT_EQ(left.ended.size(), 1U);
  EXPECT_EQ(left.ended.front().request_id, "ended");
  ASSERT_EQ(left.running.size(), 1U);
  EXPECT_EQ(left.running.front().request_id, "running");
  EXPECT_GT(left.next, left.ended.front().sequence);
  EXPECT_EQ(left.damaged, 0U);
}

TEST_F(JournalTest, ChargesWhoRanWithWhatWasSeenLast) {
  make();
  Entry running = journal->begin();
  running.hold(Request(1'000).settlement);
  for (int i = 1; i <= 5; ++i) running.progress({.input = 11, .output = i}, 100 + i);
  LeftBehind left = left_behind();
  ASSERT_EQ(left.running.size(), 1U);
  EXPECT_EQ(left.running.front().usage.output, 5);
  EXPECT_EQ(left.running.front().nano_dollars, 105);
  EXPECT_EQ(left.running.front().limits[0].amount, 105);
  EXPECT_EQ(left.running.front().limits[1].amount, 1);
  EXPECT_TRUE(left.running.front().flags & UsageRow::kRecovered);
}

TEST_F(JournalTest, ForgetsTheProgressOfWhoHadTheSlotBefore) {
  make({.slots = 1, .granules = 1024});
  {
    Entry first = journal->begin();
    first.hold(Request(1).settlement);
    first.progress({.output = 99}, 99);
  }
  Entry second = journal->begin();
  second.hold(Request(7).settlement);
  const LeftBehind left = left_behind();
  ASSERT_EQ(left.running.size(), 1U);
  EXPECT_EQ(left.running.front().nano_dollars, 7);
}

// The process died between the two steps of an end.
TEST_F(JournalTest, CountsWhoHasEndedOnceWhateverItsSlotSays) {
  make();
  Entry entry = journal->begin();
  entry.hold(Request(5).settlement);
  const std::vector<std::byte> before = bytes();
  entry.end(Request(5).settlement);
  std::vector<std::byte> file = bytes();
  std::memcpy(file.data() + kHeaderBytes, before.data() + kHeaderBytes, kSlotBytes);
  const auto left = read_left_behind(file);
  ASSERT_TRUE(left);
  EXPECT_EQ(left->ended.size(), 1U);
  EXPECT_TRUE(left->running.empty());
}

// Whatever instruction was the last: a record is there or not, and its request is charged.
TEST_F(JournalTest, ReadsAnEndThatWasTorn) {
  make({.slots = 1, .granules = 512});
  Entry entry = journal->begin();
  entry.hold(Request(50).settlement);
  const std::vector<std::byte> before = bytes();
  entry.end(Request(5).settlement);
  const std::vector<std::byte> after = bytes();
  const std::size_t ring = kHeaderBytes + kSlotBytes;
  for (std::size_t written = 0; written < 600; ++written) {
    std::vector<std::byte> torn = before;
    std::copy_n(after.begin() + static_cast<std::ptrdiff_t>(ring), written,
                torn.begin() + static_cast<std::ptrdiff_t>(ring));
    const auto left = read_left_behind(torn);
    ASSERT_TRUE(left);
    EXPECT_EQ(left->ended.size() + left->running.size(), 1U) << written;
  }
}

TEST_F(JournalTest, ReadsAProgressThatWasTorn) {
  make({.slots = 1, .granules = 512});
  Entry entry = journal->begin();
  entry.hold(Request(50).settlement);
  entry.progress({.output = 1}, 1);
  entry.progress({.output = 2}, 2);
  const std::vector<std::byte> before = bytes();
  entry.progress({.output = 3}, 3);
  const std::vector<std::byte> after = bytes();
  const std::size_t at = kHeaderBytes + kProgressAt;
  for (std::size_t written = 0; written < 2 * sizeof(Progress); ++written) {
    std::vector<std::byte> torn = before;
    std::copy_n(after.begin() + static_cast<std::ptrdiff_t>(at), written,
                torn.begin() + static_cast<std::ptrdiff_t>(at));
    const auto left = read_left_behind(torn);
    ASSERT_TRUE(left && left->running.size() == 1);
    EXPECT_GE(left->running.front().nano_dollars, 2) << written;
    EXPECT_LE(left->running.front().nano_dollars, 3) << written;
  }
}

TEST_F(JournalTest, NeverReadsWhatWasDamaged) {
  make({.slots = 2, .granules = 512});
  for (int i = 1; i <= 20; ++i) end(i);
  Entry running = journal->begin();
  running.hold(Request(1'000).settlement);
  const std::vector<std::byte> whole = bytes();
  Random random(7);
  for (int round = 0; round < 3'000; ++round) {
    std::vector<std::byte> file = whole;
    const std::size_t at = kHeaderBytes + random.next() % (file.size() - kHeaderBytes);
    file[at] ^= static_cast<std::byte>(1U << (random.next() % 8));
    const auto left = read_left_behind(file);
    ASSERT_TRUE(left);
    EXPECT_GE(left->ended.size() + left->running.size(), 20U) << "one is gone at most";
    for (const UsageRow& row : left->ended) {
      EXPECT_TRUE(row.nano_dollars >= 1 && row.nano_dollars <= 20 && row.model == "gpt-4o");
      EXPECT_EQ(row.limits.front().amount, row.nano_dollars);
    }
  }
}

TEST_F(JournalTest, LeavesWhatIsNoJournalOfItsOwn) {
  make({.slots = 1, .granules = 512});
  const std::vector<std::byte> whole = bytes();
  EXPECT_FALSE(read_left_behind(std::span(whole).first(kHeaderBytes)));
  EXPECT_FALSE(read_left_behind(std::span(whole).first(whole.size() - 1)));
  for (std::size_t at = 0; at < sizeof(Header); ++at) {
    std::vector<std::byte> file = whole;
    file[at] ^= std::byte{4};
    EXPECT_FALSE(read_left_behind(file)) << at;
  }
  std::vector<std::byte> file = whole;
  Header header;
  std::memcpy(&header, file.data(), sizeof(header));
  header.version = kVersion + 1;
  header.checksum =
      checksum(std::as_bytes(std::span(&header, 1)).first(offsetof(Header, checksum)));
  std::memcpy(file.data(), &header, sizeof(header));
  const auto newer = read_left_behind(file);
  ASSERT_FALSE(newer);
  EXPECT_NE(newer.error().message.find("another version"), std::string::npos);
}

TEST_F(JournalTest, IsEmptyWhenItWasNeverBegun) {
  MemoryLedger store;
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, 2 * kHeaderBytes}) {
    const auto left = read_left_behind(std::vector<std::byte>(bytes));
    ASSERT_TRUE(left);
    EXPECT_TRUE(left->ended.empty() && left->running.empty());
    EXPECT_TRUE(recover(*left, store));
  }
}

TEST_F(JournalTest, SkipsRecordsOfAnotherKind) {
  make({.slots = 1, .granules = 512});
  end(1);
  end(2);
  std::vector<std::byte> file = bytes();
  std::byte* const record = file.data() + kHeaderBytes + kSlotBytes + kGranuleBytes;
  RecordHead head;
  std::memcpy(&head, record, sizeof(head));
  head.kind = kKindEnded + 1;
  std::memcpy(record, &head, sizeof(head));
  head.checksum = checksum({record + sizeof(head.checksum), head.bytes - sizeof(head.checksum)});
  std::memcpy(record, &head, sizeof(head));
  const auto left = read_left_behind(file);
  ASSERT_TRUE(left);
  EXPECT_EQ(left->unknown, 1U);
  ASSERT_EQ(left->ended.size(), 1U);
  EXPECT_EQ(left->ended.front().nano_dollars, 2);
}

TEST_F(JournalTest, IsRecoveredOnce) {
  make();
  for (int i = 1; i <= 10; ++i) end(i);
  Entry running = journal->begin();
  running.hold(Request(1'000).settlement);
  running.progress({.output = 3}, 7);
  MemoryLedger store;
  for (int i = 0; i < 3; ++i) {
    const auto done = recover(left_behind(), store);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->ended + done->running, i == 0 ? 11U : 0U);
  }
  EXPECT_EQ(store.rows().size(), 11U);
  const auto counters = store.counters();
  ASSERT_TRUE(counters);
  ASSERT_EQ(counters->size(), 2U);
  EXPECT_EQ(counters->front().used, 55 + 7);
  EXPECT_EQ(store.recount()->front().used, 55 + 7);
}

TEST_F(JournalTest, IsRecoveredBehindWhatWasStored) {
  make();
  for (int i = 1; i <= 10; ++i) end(i);
  MemoryLedger store;
  store::LedgerBatch batch;
  const auto next = journal->take(batch.rows, 4);
  batch.positions.push_back({.journal = kId, .next = static_cast<std::int64_t>(next)});
  ASSERT_TRUE(store.append(batch));
  const auto done = recover(left_behind(), store);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->ended, 6U);
  EXPECT_EQ(store.rows().size(), 10U);
}

TEST_F(JournalTest, IsRecoveredInPieces) {
  make({.slots = 4, .granules = 65'536});
  for (int i = 1; i <= 5'000; ++i) end(i);
  MemoryLedger store;
  const auto done = recover(left_behind(), store);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->ended, 5'000U);
  EXPECT_EQ(store.counters()->front().used, 5'000 * 5'001 / 2);
}

}  // namespace
}  // namespace bifrost::ledger
