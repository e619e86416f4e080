#include "ledger/journal.h"

#include "base/random.h"
#include "ledger/journal_fixture.h"

#include <cstring>
#include <set>
#include <string>
#include <vector>

namespace bifrost::ledger {
namespace {

using store::UsageRow;

TEST_F(JournalTest, GivesBackWhatHasEnded) {
  make();
  end(123, "first");
  std::vector<UsageRow> rows;
  journal->take(rows, 10);
  ASSERT_EQ(rows.size(), 1U);
  const UsageRow& row = rows.front();
  EXPECT_EQ(row.journal, kId);
  EXPECT_EQ(row.sequence, 1);
  EXPECT_EQ(row.time, 1'700'000'123'000'000'000);
  EXPECT_EQ(row.request_id, "first");
  EXPECT_EQ(row.virtual_key, "vk-1");
  EXPECT_EQ(row.team, "team-1");
  EXPECT_EQ(row.customer, "customer-1");
  EXPECT_EQ(row.provider, "openai");
  EXPECT_EQ(row.provider_key, "key-1");
  EXPECT_EQ(row.model, "gpt-4o");
  EXPECT_EQ(row.usage, (llm::Usage{.input = 11, .output = 22, .known = true}));
  EXPECT_EQ(row.nano_dollars, 123);
  EXPECT_EQ(row.flags, UsageRow::kStream);
  ASSERT_EQ(row.limits.size(), 2U);
  EXPECT_EQ(row.limits[0], (store::LimitUse{.limit = "budget b",
                                            .unit = store::UsageUnit::kNanoDollars,
                                            .window = kWindow,
                                            .amount = 123}));
}

TEST_F(JournalTest, GivesItAgainUntilItIsStored) {
  make();
  for (int i = 0; i < 3; ++i) end(i);
  std::vector<UsageRow> rows;
  const std::uint64_t next = journal->take(rows, 2);
  EXPECT_EQ(rows.size(), 2U);
  rows.clear();
  EXPECT_EQ(journal->take(rows, 2), next);
  EXPECT_EQ(journal->waiting(), 3U);
  journal->release(next, 2);
  EXPECT_EQ(journal->waiting(), 1U);
  EXPECT_EQ(store_all(), 1U);
  EXPECT_EQ(store_all(), 0U);
}

TEST_F(JournalTest, GoesRoundItsRing) {
  make();
  std::set<std::int64_t> sequences;
  std::int64_t sum = 0;
  for (int i = 0; i < 2'000; ++i) {
    end(i);
    if (i % 7 != 0) continue;
    std::vector<UsageRow> rows;
    journal->release(journal->take(rows, 1000), rows.size());
    for (const UsageRow& row : rows) {
      EXPECT_TRUE(sequences.insert(row.sequence).second);
      sum += row.nano_dollars;
    }
  }
  store_all();
  EXPECT_EQ(journal->lost(), 0U);
  EXPECT_EQ(
      sum, std::int64_t{1999} * 2000 / 2 - [] {
        std::int64_t last = 0;
        for (int i = 1996; i < 2'000; ++i) last += i;  // behind the last multiple of 7
        return last;
      }());
}

TEST_F(JournalTest, CountsWhatFindsNoRoom) {
  make();
  while (journal->lost() == 0) end(1);
  const std::uint64_t kept = journal->waiting();
  EXPECT_GT(kept, 100U);
  EXPECT_FALSE(journal->has_room());
  end(1);
  EXPECT_EQ(journal->lost(), 2U);
  EXPECT_EQ(store_all(10'000), kept) << "what was there is whole";
  EXPECT_TRUE(journal->has_room());
  end(1);
  EXPECT_EQ(store_all(), 1U);
}

TEST_F(JournalTest, KeepsRoomForThoseThatRun) {
  make({.slots = 1024, .granules = 1024});
  std::vector<std::unique_ptr<Request>> requests;
  std::vector<Entry> running;
  while (journal->has_room()) {
    requests.push_back(std::make_unique<Request>(1));
    running.push_back(journal->begin());
    running.back().hold(requests.back()->settlement);
  }
  for (std::size_t i = 0; i < running.size(); ++i) running[i].end(requests[i]->settlement);
  EXPECT_EQ(journal->lost(), 0U);
  EXPECT_EQ(store_all(10'000), running.size());
}

TEST_F(JournalTest, WritesTheEndOfThoseThatFoundNoSlot) {
  make({.slots = 1, .granules = 1024});
  const Request request(5);
  Entry first = journal->begin();
  Entry second = journal->begin();
  first.hold(request.settlement);
  second.hold(request.settlement);
  second.progress({}, 1);
  second.end(request.settlement);
  EXPECT_EQ(store_all(), 1U);
  EXPECT_EQ(journal->running(), 1U);
}

TEST_F(JournalTest, IsNoRowWhenNothingWasUsed) {
  make();
  {
    Entry entry = journal->begin();
    entry.hold(Request(5).settlement);
  }
  EXPECT_EQ(store_all(), 0U);
  EXPECT_TRUE(left_behind().running.empty());
}

TEST_F(JournalTest, CutsWhatIsTooLong) {
  make();
  Request request(5);
  const std::string model(1'000, 'm');
  request.settlement.model = model;
  Entry entry = journal->begin();
  entry.hold(request.settlement);
  entry.end(request.settlement);
  std::vector<UsageRow> rows;
  journal->take(rows, 10);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().model, std::string(kTextBytesMax, 'm'));
}

TEST_F(JournalTest, HoldsAsManyLimitsAsARequestMayHave) {
  make();
  const std::string name(kTextBytesMax, 'l');
  const std::vector<Share> shares(kSharesMax, Share{.limit = name, .window = kWindow, .amount = 1});
  Request request(5);
  request.settlement.shares = shares;
  Entry entry = journal->begin();
  entry.hold(request.settlement);
  const LeftBehind left = left_behind();
  ASSERT_EQ(left.running.size(), 1U);
  EXPECT_TRUE(left.running.front().flags & UsageRow::kLimitsCut);
  EXPECT_GT(left.running.front().limits.size(), 3U);
  entry.end(request.settlement);
  std::vector<UsageRow> rows;
  journal->take(rows, 10);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().limits.size(), kSharesMax);
}

TEST_F(JournalTest, NeedsItsFolder) {
  const auto made = Journal::create((folder.path() / "none" / "file").string(), kId, {}, clock);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kStoreUnavailable);
}

}  // namespace
}  // namespace bifrost::ledger
