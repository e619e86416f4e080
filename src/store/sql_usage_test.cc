#include "store/sql_usage.h"

#include "base/clock.h"
#include "base/random.h"
#include "store/migrations.h"
#include "store/sql_hours.h"
#include "store/sql_ledger.h"
#include "store/sqlite/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bifrost::store {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kFirstHour = 490'000;

// Of what `only` takes and the times of the question: what a report should say, by its groups.
using Sums = std::map<std::vector<std::string>, UsageSum>;

std::string text_of(UsageKey key, const UsageRow& row) {
  switch (key) {
    case UsageKey::kVirtualKey:
      return row.virtual_key;
    case UsageKey::kTeam:
      return row.team;
    case UsageKey::kCustomer:
      return row.customer;
    case UsageKey::kProvider:
      return row.provider;
    case UsageKey::kProviderKey:
      return row.provider_key;
    case UsageKey::kModel:
      return row.model;
    case UsageKey::kDay:
      return std::to_string(row.time / kHour / 24 * 24 * kHour);
    case UsageKey::kHour:
      return std::to_string(row.time / kHour * kHour);
  }
  return {};
}

bool is_in(const UsageQuestion& question, const UsageRow& row) {
  if (row.time < question.from || row.time >= question.to) return false;
  for (const auto& [key, value] : question.only) {
    if (text_of(key, row) != value) return false;
  }
  return true;
}

Sums slow(const UsageQuestion& question, const std::vector<UsageRow>& rows) {
  Sums out;
  if (question.group_by.empty()) out[{}] = {};
  for (const UsageRow& row : rows) {
    if (!is_in(question, row)) continue;
    std::vector<std::string> groups;
    groups.reserve(question.group_by.size());
    for (const UsageKey key : question.group_by) groups.push_back(text_of(key, row));
    UsageSum& sum = out[groups];
    ++sum.requests;
    sum.failed += (row.flags & UsageRow::kFailed) != 0 ? 1 : 0;
    sum.estimated += (row.flags & UsageRow::kEstimated) != 0 ? 1 : 0;
    sum.unpriced += (row.flags & UsageRow::kUnpriced) != 0 ? 1 : 0;
    sum.input_tokens += row.usage.input;
    sum.cache_read_tokens += row.usage.cache_read;
    sum.cache_write_tokens += row.usage.cache_write;
    sum.cache_write_1h_tokens += row.usage.cache_write_1h;
    sum.input_audio_tokens += row.usage.input_audio;
    sum.input_image_tokens += row.usage.input_image;
    sum.output_tokens += row.usage.output;
    sum.reasoning_tokens += row.usage.reasoning;
    sum.output_audio_tokens += row.usage.output_audio;
    sum.output_image_tokens += row.usage.output_image;
    sum.web_searches += row.usage.web_searches;
    sum.nano_dollars += row.nano_dollars;
  }
  return out;
}

class SqlUsageTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    auto connection = *sqlite::open(path_);
    ASSERT_TRUE(migrate(*connection, migrations(), FakeClock().wall()));
    ledger_.emplace(std::move(connection));
    reports_.emplace(*sqlite::open(path_, {.only_reads = true}));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_.next() % static_cast<std::uint64_t>(bound));
  }
  UsageRow random_row() {
    const auto count = [this] { return below(1'000); };
    const auto name = [this](std::string_view kind) {
      const auto number = below(3);
      return number == 0 ? std::string() : std::string(kind) + std::to_string(number);
    };
    return {.journal = {.node = 1, .worker = 0},
            .sequence = ++sequence_,
            .time = kFirstHour * kHour + below(60 * kHour),
            .virtual_key = name("vk"),
            .team = name("team"),
            .customer = name("customer"),
            .provider = name("provider"),
            .provider_key = name("key"),
            .model = name("model"),
            .usage = {.input = count(),
                      .cache_read = count(),
                      .cache_write = count(),
                      .cache_write_1h = count(),
                      .input_audio = count(),
                      .input_image = count(),
                      .output = count(),
                      .reasoning = count(),
                      .output_audio = count(),
                      .output_image = count(),
                      .web_searches = count()},
            .nano_dollars = count(),
            .flags = static_cast<std::uint32_t>(below(64))};
  }
  // Now and then at the beginning of an hour.
  std::int64_t random_time() {
    const auto hour = below(62) - 1 + kFirstHour;
    const std::int64_t rest = below(3) == 0 ? 0 : below(kHour);
    return hour * kHour + rest;
  }
  UsageQuestion random_question() {
    constexpr std::array kKeys = {
        UsageKey::kVirtualKey,  UsageKey::kTeam,  UsageKey::kCustomer, UsageKey::kProvider,
        UsageKey::kProviderKey, UsageKey::kModel, UsageKey::kDay,      UsageKey::kHour};
    UsageQuestion out{.from = random_time(), .to = random_time(), .limit = 100'000};
    for (const UsageKey key : kKeys) {
      if (below(4) == 0) out.group_by.push_back(key);
      if (!is_time(key) && below(6) == 0) {
        out.only.emplace_back(key, text_of(key, random_row()));
      }
    }
    return out;
  }
  Result<void> append(std::vector<UsageRow> rows) {
    return ledger_->append({.rows = std::move(rows), .positions = {}});
  }
  Sums told(const UsageQuestion& question) {
    const auto lines = reports_->sum(question);
    EXPECT_TRUE(lines) << lines.error().message;
    Sums out;
    for (const UsageLine& line : *lines) {
      std::vector<std::string> groups;
      groups.reserve(line.groups.size());
      for (std::size_t i = 0; i < line.groups.size(); ++i) {
        groups.push_back(is_time(question.group_by[i]) ? std::to_string(line.groups[i].time)
                                                       : line.groups[i].name);
      }
      EXPECT_TRUE(out.emplace(groups, line.sum).second);
    }
    return out;
  }

  Random random_{20'260'131};
  std::int64_t sequence_ = 0;
  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) /
                                  (std::string("bifrost-usage-") +
                                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
  std::string path_ = (folder_ / "config.db").string();
  std::optional<SqlLedger> ledger_;
  std::optional<SqlUsageReports> reports_;
};

TEST_F(SqlUsageTest, SaysWhatTheRowsSayOfAnyQuestion) {
  std::vector<UsageRow> rows;
  constexpr int kRows = 2'000;
  rows.reserve(kRows);
  for (int i = 0; i < kRows; ++i) rows.push_back(random_row());
  ASSERT_TRUE(append(rows));
  for (int i = 0; i < 200; ++i) {
    const UsageQuestion question = random_question();
    EXPECT_EQ(told(question), slow(question, rows)) << "question " << i;
  }
}

TEST_F(SqlUsageTest, GivesPartsOfALongAnswerInOrder) {
  std::vector<UsageRow> rows;
  for (const std::string_view model : {"c", "a", "d", "b"}) {
    rows.push_back(random_row());
    rows.back().model = model;
  }
  ASSERT_TRUE(append(rows));
  const auto part = reports_->sum({.group_by = {UsageKey::kModel}, .limit = 2, .offset = 1});
  ASSERT_TRUE(part && part->size() == 2);
  EXPECT_EQ(part->at(0).groups.at(0).name, "b");
  EXPECT_EQ(part->at(1).groups.at(0).name, "c");
}

TEST_F(SqlUsageTest, SumsUpTheRowsThatWereThereBeforeItsColumns) {
  auto old = *sqlite::open((folder_ / "old.db").string());
  ASSERT_TRUE(migrate(*old, migrations().first(2), FakeClock().wall()));
  ASSERT_TRUE(old->execute(
      "INSERT INTO usage VALUES (1, 0, 1, 7200000000001, 'r', 'vk', '', '', 'openai', 'k', 'm', 1, "
      "2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 11, '[]')"));
  ASSERT_TRUE(migrate(*old, migrations(), FakeClock().wall()));
  SqlUsageReports reports(std::move(old));
  const auto lines = reports.sum({.to = 100 * kHour, .group_by = {UsageKey::kProviderKey}});
  ASSERT_TRUE(lines && lines->size() == 1);
  EXPECT_EQ(lines->at(0).groups.at(0).name, "k");
  EXPECT_EQ(lines->at(0).sum, (UsageSum{.requests = 1,
                                        .failed = 1,
                                        .estimated = 1,
                                        .unpriced = 1,
                                        .input_tokens = 1,
                                        .cache_read_tokens = 2,
                                        .cache_write_tokens = 3,
                                        .cache_write_1h_tokens = 4,
                                        .input_audio_tokens = 5,
                                        .input_image_tokens = 6,
                                        .output_tokens = 7,
                                        .reasoning_tokens = 8,
                                        .output_audio_tokens = 9,
                                        .output_image_tokens = 10,
                                        .web_searches = 11,
                                        .nano_dollars = 12}));
}

TEST_F(SqlUsageTest, HoldsUpNoWriter) {
  ASSERT_TRUE(append({random_row()}));
  auto reader = *sqlite::open(path_, {.only_reads = true});
  ASSERT_TRUE(reader->execute("BEGIN"));
  ASSERT_TRUE(reader->execute("SELECT COUNT(*) FROM usage"));
  EXPECT_TRUE(append({random_row()})) << "while a report is being read";
  EXPECT_FALSE(reader->execute("DELETE FROM usage"));
}

}  // namespace
}  // namespace bifrost::store
