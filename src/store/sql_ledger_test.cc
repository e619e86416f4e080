#include "store/sql_ledger.h"

#include "base/clock.h"
#include "store/migrations.h"
#include "store/sqlite/connection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace bifrost::store {
namespace {

constexpr JournalId kJournal{.node = 77, .worker = 1};
constexpr UsageWindow kWindow{.start = 1'000, .end = 2'000};
constexpr UsageWindow kNext{.start = 2'000, .end = 3'000};

class SqlLedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto connection = *sqlite::open(":memory:");
    ASSERT_TRUE(migrate(*connection, migrations(), FakeClock().wall()));
    connection_ = connection.get();
    ledger_.emplace(std::move(connection));
  }
  static UsageRow row(std::int64_t sequence, std::int64_t nano_dollars,
                      UsageWindow window = kWindow) {
    return {.journal = kJournal,
            .sequence = sequence,
            .time = std::int64_t{7'200} * 1'000'000'000 + sequence,
            .request_id = "r",
            .virtual_key = "vk",
            .provider = "openai",
            .model = "gpt-4o",
            .usage = {.input = 3, .output = 4, .known = true},
            .nano_dollars = nano_dollars,
            .limits = {{.limit = "budget b",
                        .unit = UsageUnit::kNanoDollars,
                        .window = window,
                        .amount = nano_dollars},
                       {.limit = "rate r", .amount = 1}}};
  }
  Result<void> append(std::vector<UsageRow> rows, std::int64_t next) {
    return ledger_->append(
        {.rows = std::move(rows), .positions = {{.journal = kJournal, .next = next}}});
  }
  std::int64_t number(std::string_view query) {
    const auto rows = connection_->execute(query);
    EXPECT_TRUE(rows && rows->size() == 1);
    return rows->front().integer(0);
  }
  std::int64_t used(std::string_view limit, UsageWindow window = kWindow) {
    for (const LimitCounter& counter : *ledger_->counters()) {
      if (counter.limit == limit && counter.window == window) return counter.used;
    }
    return -1;
  }

  bool adds_up() {
    const auto all = ledger_->recount();
    EXPECT_TRUE(all && !all->empty());
    return std::ranges::all_of(*all,
                               [](const Recount& each) { return each.used == each.counter.used; });
  }

  sql::Connection* connection_ = nullptr;
  std::optional<SqlLedger> ledger_;
};

TEST_F(SqlLedgerTest, AddsUp) {
  ASSERT_TRUE(append({row(1, 10), row(2, 20)}, 3));
  ASSERT_TRUE(append({row(3, 30)}, 4));
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage"), 3);
  EXPECT_EQ(number("SELECT SUM(nano_dollars) FROM usage"), 60);
  EXPECT_EQ(number("SELECT nano_dollars FROM usage_hourly WHERE hour = 2"), 60);
  EXPECT_EQ(number("SELECT input_tokens FROM usage_hourly"), 9);
  EXPECT_EQ(used("budget b"), 60);
  EXPECT_EQ(used("rate r", UsageWindow()), 3);
  EXPECT_EQ(*ledger_->position(kJournal), 4);
  EXPECT_EQ(*ledger_->position({.node = 1, .worker = 1}), 0);
  EXPECT_TRUE(adds_up());
}

TEST_F(SqlLedgerTest, TakesAllOrNothing) {
  ASSERT_TRUE(append({row(1, 10)}, 2));
  const auto twice = append({row(2, 20), row(1, 10)}, 3);
  ASSERT_FALSE(twice);
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage"), 1);
  EXPECT_EQ(used("budget b"), 10);
  EXPECT_EQ(*ledger_->position(kJournal), 2);
}

TEST_F(SqlLedgerTest, ForgetsWindowsThatAreOver) {
  ASSERT_TRUE(append({row(1, 10)}, 2));
  ASSERT_TRUE(append({row(2, 5, kNext)}, 3));
  EXPECT_EQ(used("budget b", kWindow), -1);
  EXPECT_EQ(used("budget b", kNext), 5);
}

TEST_F(SqlLedgerTest, FindsACounterThatIsWrong) {
  ASSERT_TRUE(ledger_->open_counters(
      {{.limit = "budget b", .window = kWindow, .used = 100, .opening = 100}}));
  ASSERT_TRUE(append({row(1, 10)}, 2));
  ASSERT_TRUE(ledger_->open_counters(
      {{.limit = "budget b", .window = kWindow, .used = 900, .opening = 900}}));
  EXPECT_EQ(used("budget b"), 110) << "what is there stays";
  EXPECT_TRUE(adds_up());
  ASSERT_TRUE(connection_->execute("UPDATE limit_usage SET used = used - 1"));
  EXPECT_FALSE(adds_up());
}

TEST_F(SqlLedgerTest, ReadsMoreRowsThanAPage) {
  std::vector<UsageRow> rows;
  constexpr int kRows = 12'345;
  rows.reserve(kRows);
  for (int i = 1; i <= kRows; ++i) rows.push_back(row(i, i));
  ASSERT_TRUE(append(std::move(rows), kRows + 1));
  EXPECT_TRUE(adds_up());
}

TEST_F(SqlLedgerTest, ForgetsPositions) {
  ASSERT_TRUE(append({row(1, 10)}, JournalPosition::kFinished));
  EXPECT_EQ(*ledger_->position(kJournal), JournalPosition::kFinished);
  ASSERT_TRUE(ledger_->forget_positions(kJournal.node));
  EXPECT_EQ(*ledger_->position(kJournal), 0);
}

TEST_F(SqlLedgerTest, KeepsNoTextThatADatabaseRefuses) {
  UsageRow odd = row(1, 10);
  odd.model = std::string("m\0x\xff\xc3\xa9\xe2\x82", 8);
  ASSERT_TRUE(append({odd}, 2));
  const auto rows = connection_->execute("SELECT model FROM usage");
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->front().text(0), "m?x?\xc3\xa9??");
}

}  // namespace
}  // namespace bifrost::store
