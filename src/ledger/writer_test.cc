#include "ledger/writer.h"

#include "ledger/journal_fixture.h"
#include "ledger/memory_ledger_fixture.h"
#include "ledger/verify.h"

#include <thread>
#include <vector>

namespace bifrost::ledger {
namespace {

struct WriterTest : JournalTest {
  void SetUp() override {
    make({.slots = 64, .granules = 65'536});
    journals.push_back(std::move(journal));
    journal = nullptr;
    writer.emplace(journals, store, clock);
  }
  void end_one(std::int64_t nano_dollars) const {
    const Request request(nano_dollars);
    Entry entry = journals.front()->begin();
    entry.hold(request.settlement);
    entry.end(request.settlement);
  }

  std::vector<std::unique_ptr<Journal>> journals;
  MemoryLedger store;
  std::optional<Writer> writer;
};

TEST_F(WriterTest, MovesWhatHasEnded) {
  end_one(1);
  end_one(2);
  EXPECT_EQ(*writer->step(), 2U);
  EXPECT_EQ(*writer->step(), 0U);
  EXPECT_EQ(store.rows().size(), 2U);
  EXPECT_EQ(journals.front()->waiting(), 0U);
  EXPECT_GT(*store.position(kId), store.rows().back().sequence);
}

TEST_F(WriterTest, KeepsWhatTheStoreDoesNotTake) {
  end_one(1);
  store.fail_with(gateway_error(ErrorCode::kInternal, "the disk is full"));
  EXPECT_FALSE(writer->step());
  end_one(2);
  clock.advance(std::chrono::seconds(1'700'000'130) - clock.wall().time_since_epoch());
  EXPECT_FALSE(writer->step());
  EXPECT_EQ(journals.front()->waiting(), 2U);
  store.fail_with(std::nullopt);
  EXPECT_EQ(*writer->step(), 2U);
  EXPECT_EQ(writer->lag(), std::chrono::seconds(7));
  EXPECT_EQ(*writer->step(), 0U);
  EXPECT_EQ(writer->lag(), std::chrono::seconds(0));
  EXPECT_EQ(store.rows().size(), 2U);
}

TEST_F(WriterTest, DoesNotRepeatABatchWhoseAnswerWasLost) {
  end_one(1);
  store.lose_next_answer();
  EXPECT_FALSE(writer->step());
  end_one(2);
  EXPECT_EQ(*writer->step(), 1U);
  EXPECT_EQ(store.rows().size(), 2U);
  EXPECT_EQ(journals.front()->waiting(), 0U);
}

TEST_F(WriterTest, TellsWhatWasUsedBeforeTheFirstRow) {
  writer->open_counters({{.limit = "budget b", .window = kWindow, .used = 100, .opening = 100}});
  end_one(1);
  store.fail_with(gateway_error(ErrorCode::kInternal, "not now"));
  EXPECT_FALSE(writer->step());
  store.fail_with(std::nullopt);
  EXPECT_TRUE(writer->step());
  EXPECT_EQ(store.counters()->front().used, 101);
  EXPECT_TRUE(differences(*store.recount()).empty());
}

TEST_F(WriterTest, WritesWhileRequestsEnd) {
  writer->start(std::chrono::milliseconds(1));
  constexpr int kRequests = 20'000;
  std::thread worker([&] {
    for (int i = 0; i < kRequests; ++i) {
      end_one(1);
      while (!journals.front()->has_room()) std::this_thread::yield();
    }
  });
  worker.join();
  writer->stop();
  while (*writer->step() > 0) {
  }
  EXPECT_EQ(journals.front()->lost(), 0U);
  EXPECT_EQ(store.rows().size(), std::size_t{kRequests});
  EXPECT_EQ(store.counters()->front().used, kRequests);
}

}  // namespace
}  // namespace bifrost::ledger
