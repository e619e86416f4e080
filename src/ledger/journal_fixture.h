// A journal in a temporary folder, for tests.
#pragma once

#include "base/clock.h"
#include "ledger/journal.h"
#include "ledger/left_behind.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace bifrost::ledger {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "ledger-XXXXXX").string();
    path_ = ::mkdtemp(path.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// All bytes of a journal's file, as another process would find them.
inline std::vector<std::byte> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> text((std::istreambuf_iterator<char>(file)), {});
  std::vector<std::byte> out(text.size());
  std::memcpy(out.data(), text.data(), text.size());
  return out;
}

inline constexpr store::UsageWindow kWindow{.start = 1'700'000'000'000'000'000,
                                            .end = 1'700'003'600'000'000'000};

// A request that cost `nano_dollars`, under a budget and a limit of requests.
struct Request {
  explicit Request(std::int64_t nano_dollars, std::string name = "req") : id(std::move(name)) {
    shares[0].amount = nano_dollars;
    settlement.nano_dollars = nano_dollars;
    settlement.request_id = id;
    settlement.shares = shares;
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  std::string id;
  Share shares[2] = {
      {.limit = "budget b", .unit = store::UsageUnit::kNanoDollars, .window = kWindow, .amount = 0},
      {.limit = "rate r", .unit = store::UsageUnit::kRequests, .window = kWindow, .amount = 1}};
  Settlement settlement{.time = WallTime(std::chrono::seconds(1'700'000'123)),
                        .flags = store::UsageRow::kStream,
                        .usage = {.input = 11, .output = 22, .known = true},
                        .nano_dollars = 0,
                        .request_id = {},
                        .virtual_key = "vk-1",
                        .team = "team-1",
                        .customer = "customer-1",
                        .provider = "openai",
                        .provider_key = "key-1",
                        .model = "gpt-4o",
                        .shares = {}};
};

struct JournalTest : testing::Test {
  static constexpr store::JournalId kId{.node = 77, .worker = 3};

  void make(JournalSize size = {.slots = 4, .granules = 1024}) {
    auto made = Journal::create(path(), kId, size, clock);
    ASSERT_TRUE(made) << made.error().message;
    journal = *std::move(made);
  }
  [[nodiscard]] std::string path() const { return (folder.path() / "worker-3.journal").string(); }

  void end(std::int64_t nano_dollars, std::string name = "req") const {
    const Request request(nano_dollars, std::move(name));
    Entry entry = journal->begin();
    entry.hold(request.settlement);
    entry.end(request.settlement);
  }
  // As the writer does it, whose store never fails.
  std::size_t store_all(std::size_t rows_max = 1000) const {
    std::vector<store::UsageRow> rows;
    const std::uint64_t next = journal->take(rows, rows_max);
    journal->release(next, rows.size());
    return rows.size();
  }
  [[nodiscard]] std::vector<std::byte> bytes() const { return bytes_of(path()); }
  [[nodiscard]] LeftBehind left_behind() const {
    auto left = read_left_behind(bytes());
    EXPECT_TRUE(left) << left.error().message;
    return left ? *std::move(left) : LeftBehind();
  }

  TemporaryFolder folder;
  FakeClock clock;
  std::unique_ptr<Journal> journal;
};

}  // namespace bifrost::ledger
